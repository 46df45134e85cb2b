-- Two strings of three single cells of 2 V, on modules made for them.

plant "cells_of_two_volts" {
  strings     = 2,
  modules     = 3,
  module_type = "c40",
  capacity    = 200,
  exact       = true,
  module      = { voltage = 2.25, temperature = 22 },
}
