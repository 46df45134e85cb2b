-- A bank for rounds.lua.
plant "bank_of_512_at_19200" { strings = 16, modules = 32, baud = 19200 }
