-- A small UPS: two strings of four AGM blocks of 12 V, 55 Ah.

plant "ups" {
  strings         = 2,
  modules         = 4,
  battery_type    = "leoch-us12-55",
  current_sensors = 2,
  gx_r_aux        = 1,
  exact           = true,
  breaker         = { { output = 1 }, { output = 2 } },
  charger         = { compensation = -3 },
  settings        = { ["impedance.reference"] = 7.5 },
}
