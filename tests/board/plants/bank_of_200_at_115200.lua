-- A bank for rounds.lua.
plant "bank_of_200_at_115200" { strings = 4, modules = 50, baud = 115200 }
