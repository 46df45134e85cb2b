-- Three strings in parallel, and one current sensor in the cable that they share.

plant "one_sensor_for_all" {
  strings         = 3,
  modules         = 2,
  module_type     = "c20",
  capacity        = 50,
  current_sensors = 1,
  sensor_for_all  = true,
  exact           = true,
}
