-- Three strings of nine 12 V blocks of 50 Ah on one bus, of a telephone exchange: the load hangs on
-- it all the time, and the charger carries it.

plant "three_strings" {
  strings         = 3,
  modules         = 9,
  module_type     = "c20",
  capacity        = 50,
  current_sensors = 3,
  sensor_range    = 200,
  ambient         = 24,
  charger         = { voltage = 9 * 13.62, limit = 60 },
  load            = { power = 3000 },
  settings        = { ["bus.round_period"] = 5 },
}
