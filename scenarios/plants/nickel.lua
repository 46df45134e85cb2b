-- One string of nickel-cadmium: ten cells of 1.2 V make a block of 12 V. No current sensor.

plant "nickel" {
  strings     = 1,
  modules     = 4,
  module_type = "c20",
  chemistry   = "nicd",
  cells       = 10,
  capacity    = 50,
  exact       = true,
  module      = { voltage = 13.4, temperature = 22 },
}
