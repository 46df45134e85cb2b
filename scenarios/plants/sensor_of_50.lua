-- One string whose current sensor measures up to 50 A, without noise.
plant "sensor_of_50" {
  modules = 2, current_sensors = 1, exact = true,
}
