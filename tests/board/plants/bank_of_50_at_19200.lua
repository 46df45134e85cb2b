-- A bank for rounds.lua.
plant "bank_of_50_at_19200" { strings = 1, modules = 50, baud = 19200 }
