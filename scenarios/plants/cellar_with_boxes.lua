-- Two shelves of forty blocks. The splitting box of the near shelf has two lines; the box beside
-- it serves the far shelf with a line and with a ring, whose last cable comes back to the box.

plant "cellar_with_boxes" {
  strings         = 2,
  modules         = 40,
  current_sensors = 2,
  gx_r_aux        = 2,
  exact           = true,
  baud            = 115200,

  wiring = {
    power_supply = "12V2A",
    box = { { at = "webmanager", cable = 6 }, { at = "box[1]", cable = 1 } },
    line = {
      { at = "box[1]", cable = 2, modules = { 1, 20 } },
      { at = "box[1]", cable = 4, modules = { 21, 40 } },
      { at = "box[2]", cable = 10, modules = { 41, 60 }, between = 0.3 },
      { at = "box[2]", cable = 15, modules = { 61, 80 }, ring = true, back = 18 },
    },
    current_sensor = { { at = "webmanager", cable = 3 }, { at = "current_sensor[1]", cable = 1 } },
    gx_r_aux       = { { at = "current_sensor[2]", cable = 1 },
                       { at = "module[60]", cable = 2, contacts = 20 } },
    com2 = 8,
  },
}
