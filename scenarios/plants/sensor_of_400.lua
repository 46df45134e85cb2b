-- One string whose current sensor measures up to 400 A, without noise.
plant "sensor_of_400" {
  modules = 2, current_sensors = 1, sensor_range = 400, capacity = 1000, exact = true,
}
