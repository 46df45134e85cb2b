-- Fifty blocks at the end of a corridor: the line's last dozen is up to five metres beyond what the
-- guide allows, and somebody wired it all the same.

plant "long_line" {
  modules = 50,
  exact   = true,
  baud    = 115200,

  wiring = {
    allow = "E",
    line  = { { at = "webmanager", cable = 35, modules = { 1, 50 } } },
  },
}
