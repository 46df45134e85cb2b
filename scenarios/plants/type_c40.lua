-- Four blocks on modules of type C40, floating, measured exactly.

plant "type_c40" {
  strings     = 1,
  modules     = 4,
  module_type = "c40",
  capacity    = 50,
  exact       = true,
}
