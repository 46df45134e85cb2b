-- Four blocks on modules of type C21, floating, measured exactly.

plant "type_c21" {
  strings     = 1,
  modules     = 4,
  module_type = "c21",
  capacity    = 50,
  exact       = true,
}
