-- Four blocks on modules of type C23, floating, measured exactly.

plant "type_c23" {
  strings     = 1,
  modules     = 4,
  module_type = "c23",
  capacity    = 50,
  exact       = true,
}
