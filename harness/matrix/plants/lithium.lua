-- Solar storage: two strings of four lithium iron phosphate blocks of 12.8 V, 100 Ah.

plant "lithium" {
  strings         = 2,
  modules         = 4,
  battery_type    = "victron-lfp-12.8-100-ng",
  current_sensors = 2,
  gx_r_aux        = 1,
  exact           = true,
  breaker         = { { output = 1 }, { output = 2 } },
  settings        = { ["impedance.reference"] = 2 },
}
