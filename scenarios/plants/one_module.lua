-- The smallest plant there is: one 12 V block, floating.

plant "one_module" {
  strings     = 1,
  modules     = 1,
  module_type = "c20",
  capacity    = 50,
}
