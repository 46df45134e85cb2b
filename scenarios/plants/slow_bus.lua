-- A bus at a sixteenth of its usual speed, for a very long cable.

plant "slow_bus" {
  strings = 1,
  modules = 2,
  baud    = 1200,
  exact   = true,
  module  = { voltage = 13.5, temperature = 24 },
}
