-- What stands behind a UPS: two strings of nine 12 V blocks of 50 Ah, for ten minutes of 22 kW. The
-- mains are away while the charger is off and the load is on.

plant "ups_bank" {
  strings         = 2,
  modules         = 9,
  module_type     = "c20",
  capacity        = 50,
  current_sensors = 2,
  sensor_range    = 200,
  ambient         = 24,
  charger         = { voltage = 9 * 13.62, limit = 20 },
  settings        = { ["bus.round_period"] = 5 },
}
