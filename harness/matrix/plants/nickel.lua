-- Switchgear: two strings of six vented nickel-cadmium cells.

plant "nickel" {
  strings         = 2,
  modules         = 6,
  module_type     = "c40",
  battery_type    = "nicd-104ah-l-type",
  current_sensors = 2,
  sensor_range    = 200,
  gx_r_aux        = 1,
  exact           = true,
  breaker         = { { output = 1 }, { output = 2 } },
  charger         = { compensation = -3 },
  settings        = { ["impedance.reference"] = 0.6, ["voltage.low_alarm"] = 1.1,
                      ["voltage.low_warn"] = 1.15, ["voltage.high_warn"] = 1.5,
                      ["string_voltage.low_alarm"] = 6.6, ["string_voltage.low_warn"] = 6.9,
                      ["string_voltage.high_alarm"] = 10, ["string_voltage.high_warn"] = 9.3 },
}
