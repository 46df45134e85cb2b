-- A telecom battery: two strings of six gel cells of 2 V, 1000 Ah, on modules made for them.

plant "telecom" {
  strings         = 2,
  modules         = 6,
  module_type     = "c40",
  battery_type    = "victron-opzv-1000",
  current_sensors = 2,
  sensor_range    = 1000,
  gx_r_aux        = 1,
  exact           = true,
  breaker         = { { output = 1 }, { output = 2 } },
  charger         = { compensation = -3 },
  settings        = { ["impedance.reference"] = 0.32, ["string_voltage.low_alarm"] = 10.8,
                      ["string_voltage.low_warn"] = 11.1 },
}
