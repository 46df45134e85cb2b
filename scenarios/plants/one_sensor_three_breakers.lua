-- Three strings in parallel with one current sensor in the cable that they share. Each has a
-- breaker, and a runaway opens it.

plant "one_sensor_three_breakers" {
  strings         = 3,
  modules         = 2,
  module_type     = "c20",
  capacity        = 50,
  current_sensors = 1,
  sensor_for_all  = true,
  gx_r_aux        = 1,
  breaker         = { { output = 1 }, { output = 2 }, { output = 3 } },
  settings        = { ["runaway.action"] = "open_breaker" },
  exact           = true,
}
