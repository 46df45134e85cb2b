-- One string whose breaker is wired normally closed: output on = closed, off = open.

plant "breaker_nc" {
  strings         = 1,
  modules         = 9,
  module_type     = "c20",
  capacity        = 50,
  current_sensors = 1,
  gx_r_aux        = 1,
  exact           = true,
  charger         = { voltage = 9 * 13.5, limit = 20 },
  breaker         = { { output = 3, wiring = "nc" } },
  settings        = { ["runaway.action"] = "open_breaker" },
}
