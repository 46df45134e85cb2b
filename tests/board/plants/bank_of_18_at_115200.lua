-- A bank for rounds.lua.
plant "bank_of_18_at_115200" { strings = 1, modules = 18, baud = 115200 }
