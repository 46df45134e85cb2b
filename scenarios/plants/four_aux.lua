-- Two blocks, and all the GX_R_AUX that there can be: sixteen inputs, sixteen outputs.

plant "four_aux" {
  strings  = 1,
  modules  = 2,
  capacity = 50,
  gx_r_aux = 4,
  exact    = true,
}
