-- Four 12 V blocks of 50 Ah on 54 V, in a shelter of 24 degC, with a current sensor: the smallest
-- bank that is a system.

plant "telecom_48_v" {
  modules         = 4,
  module_type     = "c20",
  capacity        = 50,
  current_sensors = 1,
}
