-- A webmanager that was switched on in configuration mode: its address is the default one.
plant "switch_in_the_middle" {
  modules = 2,
  panel = { slide_switch = "middle" },
}
