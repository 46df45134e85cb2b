-- Four blocks on modules of type C41, floating, measured exactly.

plant "type_c41" {
  strings     = 1,
  modules     = 4,
  module_type = "c41",
  capacity    = 50,
  exact       = true,
}
