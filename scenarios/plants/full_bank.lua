-- As much as one webmanager takes: 512 modules in 16 strings, 16 current sensors, 4 GX_R_AUX.

plant "full_bank" {
  strings         = 16,
  modules         = 32,
  module_type     = "c20",
  capacity        = 50,
  current_sensors = 16,
  gx_r_aux        = 4,
  baud            = 115200,
}
