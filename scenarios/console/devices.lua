-- What only the operator sees of a device: whether it answers, what it says that it is, and what a
-- current sensor measures before it is anybody's string.

scenario "each device tells whether it answers" {
  tags = { "arm", "console" },
  plant = "two_strings_of_nine",

  run = function(plant)
    local module, sensor, unit = plant.module[4], plant.current_sensor[2], plant.gx_r_aux[1]
    settle()
    for _, device in ipairs { module, sensor, unit } do
      expect(device.link):is "present"
      device:unplug()
    end
    within(rounds(5), function()
      for _, device in ipairs { module, sensor, unit } do
        expect(device.link):is "lost"
      end
    end)
    for _, device in ipairs { module, sensor, unit } do
      device:plug()
    end
    within(rounds(3), function()
      for _, device in ipairs { module, sensor, unit } do
        expect(device.link):is "present"
      end
    end)
  end,
}

scenario "each module tells what it is" {
  tags = { "arm", "console" },
  plant = "cells_of_two_volts",

  run = function(plant)
    plant.module[5]:replace { hardware_revision = "04.01", software_revision = "01.02.03" }
    settle()
    for n, module in ipairs(plant.module) do
      expect(module.type):is "c40"
      expect(module.hardware):is(n == 5 and 0x0401 or 0x0302) -- 04.01, 03.02
      expect(module.software):is(n == 5 and 0x010203 or 0x030400) -- 01.02.03, 03.04.00
    end
  end,
}

scenario "a current sensor tells what it measures" {
  tags = { "arm", "console", "current" },
  plant = "guide_dashboard",

  run = function(plant)
    local string, sensor = plant.string[2], plant.current_sensor[2]
    settle()
    string.current, string.current_ac = -7.46, 0.35
    within(rounds(3), function()
      expect(sensor.current):is(-7.46)
      expect(sensor.current_ac):is(0.35)
      expect(plant.current_sensor[1].current):is(0)
    end)
  end,
}
