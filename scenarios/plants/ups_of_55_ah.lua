-- A small UPS of ten blocks of a type that was fitted to its data sheet.

plant "ups_of_55_ah" {
  modules         = 10,
  battery_type    = "leoch-us12-55",
  current_sensors = 1,
  sensor_range    = 200,
  exact           = true,
}
