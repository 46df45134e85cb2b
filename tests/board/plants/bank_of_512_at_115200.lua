-- A bank for rounds.lua.
plant "bank_of_512_at_115200" { strings = 16, modules = 32, baud = 115200 }
