-- A bank for rounds.lua.
plant "bank_of_200_at_19200" { strings = 4, modules = 50, baud = 19200 }
