-- Two strings of nine 12 V blocks of 50 Ah, full and floating at 13.5 V a block in a room of
-- 24 degC; a current sensor and a breaker for each, and a runaway opens the breaker.

plant "two_strings_of_nine" {
  strings         = 2,
  modules         = 9,
  module_type     = "c20",
  capacity        = 50,
  current_sensors = 2,
  gx_r_aux        = 1,
  ambient         = 24,
  charger         = { voltage = 9 * 13.5, limit = 20 },

  breaker = {
    { output = 1, wiring = "no" },
    { output = 2, wiring = "no" },
  },

  settings = { ["runaway.action"] = "open_breaker" },
}
