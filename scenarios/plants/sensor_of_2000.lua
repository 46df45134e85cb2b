-- One string whose current sensor measures up to 2000 A, without noise.
plant "sensor_of_2000" {
  modules = 2, current_sensors = 1, sensor_range = 2000, capacity = 1000, exact = true,
}
