-- Three lines of two blocks on one box: by the wall, a little too far, and much too far. Only for
-- scenarios that allow it.

plant "three_corridors" {
  modules = 6,
  exact   = true,

  wiring = {
    box  = { {} },
    line = {
      { cable = 1, modules = { 1, 2 } },
      { cable = 52, modules = { 3, 4 } },
      { cable = 74, modules = { 5, 6 } },
    },
  },
}
