-- Two current sensors whose DIP switches both say 1, and two GX_R_AUX with 1 as well.

plant "equal_dip_switches" {
  strings         = 2,
  modules         = 2,
  current_sensors = 2,
  gx_r_aux        = 2,
  dip             = { current_sensor = { 1, 1 }, gx_r_aux = { 1, 1 } },
  string          = { { current = 3 }, { current = 4 } },
}
