-- Two strings with a breaker each and no current sensor: voltages tell what flows.

plant "two_breakers_no_sensor" {
  strings     = 2,
  modules     = 3,
  module_type = "c20",
  capacity    = 50,
  gx_r_aux    = 1,
  breaker     = { { output = 1 }, { output = 2 } },
  settings    = { ["impedance.poll_rate"] = 10 },
  exact       = true,
}
