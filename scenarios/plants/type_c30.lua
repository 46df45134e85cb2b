-- Four blocks on modules of type C30, floating, measured exactly.

plant "type_c30" {
  strings     = 1,
  modules     = 4,
  module_type = "c30",
  capacity    = 50,
  exact       = true,
}
