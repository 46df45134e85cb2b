-- One string whose current sensor measures up to 200 A, without noise.
plant "sensor_of_200" {
  modules = 2, current_sensors = 1, sensor_range = 200, capacity = 1000, exact = true,
}
