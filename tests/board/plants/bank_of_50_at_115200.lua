-- A bank for rounds.lua.
plant "bank_of_50_at_115200" { strings = 1, modules = 50, baud = 115200 }
