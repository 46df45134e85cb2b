-- Two strings of blocks of 500 Ah: a hundredth of their capacity is five amperes.

local block = { voltage = 13.5, resistance = 4.6 }
local string_of_four = { current = 0, module = { block, block, block, block } }

plant "big_blocks" {
  strings         = 2,
  modules         = 4,
  module_type     = "c20",
  capacity        = 500,
  current_sensors = 2,
  exact           = true,
  string          = { string_of_four, string_of_four },
}
