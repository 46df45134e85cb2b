-- One string whose current sensor measures up to 1000 A, without noise.
plant "sensor_of_1000" {
  modules = 2, current_sensors = 1, sensor_range = 1000, capacity = 1000, exact = true,
}
