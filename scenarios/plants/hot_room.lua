-- One string of nine 12 V blocks of 50 Ah on float at 2.27 V a cell, in a room of 35 degC. Those
-- who run it know the room: the temperature alarm is at 45 degC. A runaway opens the breaker.

plant "hot_room" {
  strings         = 1,
  modules         = 9,
  module_type     = "c20",
  capacity        = 50,
  current_sensors = 1,
  gx_r_aux        = 1,
  ambient         = 35,
  charger         = { voltage = 9 * 13.62, limit = 5 },
  breaker         = { { output = 1, wiring = "no" } },

  settings = {
    ["temperature.high_warn"]  = 40,
    ["temperature.high_alarm"] = 45,
    ["runaway.action"]         = "open_breaker",
    ["bus.round_period"]       = 30,
  },
}
