-- A webmanager that gets its address from the network.
plant "switch_on_the_right" {
  modules = 2,
  panel = { slide_switch = "right" },
}
