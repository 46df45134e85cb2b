-- The battery stands eighty metres from the webmanager: a repeater between them, and distances
-- count from there.

plant "far_cellar" {
  strings         = 2,
  modules         = 10,
  current_sensors = 1,
  sensor_for_all  = true,
  gx_r_aux        = 1,
  exact           = true,

  wiring = {
    repeater = { at = "webmanager", cable = 80 },
    box      = { { at = "repeater", cable = 10 } },
    line     = {
      { at = "box[1]", cable = 40, modules = { 1, 10 } },
      { at = "box[1]", cable = 3, modules = { 11, 20 }, ring = true, back = 4 },
    },
    current_sensor = { { at = "repeater", cable = 10 } },
    gx_r_aux       = { { at = "webmanager", cable = 1 } },
  },
}
