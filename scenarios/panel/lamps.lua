-- Two status lamps: red while the webmanager boots and while anything that it should hear is
-- silent, green blinking slowly while it works. The lamp of the common alarm says nothing before
-- the webmanager knows.

scenario "the lamps through start, a loss and its end" {
  tags = { "arm", "panel" },
  plant = "two_strings_of_nine",

  run = function(plant)
    local panel = plant.webmanager
    expect(panel.red_led):is "on"
    expect(panel.green_led):is "off"
    expect(panel.alarm_led):is "off"

    note "running: all is well"
    settle()
    expect(panel.red_led):is "off"
    expect(panel.green_led):is "flashing_slowly"
    expect(panel.alarm_led):is "green"
    expect(panel.buzzer):is "off"

    note "each kind of device, silent and back"
    for _, device in ipairs { plant.module[4], plant.current_sensor[2], plant.gx_r_aux[1] } do
      device:unplug()
      within(rounds(5), function()
        expect(panel.red_led):is "on"
        expect(panel.green_led):is "flashing_slowly"
      end)
      device:plug()
      within(rounds(3), function()
        expect(panel.red_led):is "off"
      end)
      -- Its resistance and the like are measured again.
      within(rounds(3), function()
        expect(plant):is_quiet()
      end)
    end
    expect(panel.alarm_led):is "green"
  end,
}

scenario "a block that is out of its limits is no lost communication" {
  tags = { "arm", "panel" },
  plant = "two_strings_of_nine",

  run = function(plant)
    settle()
    plant.module[4].voltage = 16
    within(rounds(3), function()
      expect(plant.webmanager.alarm_led):is "red"
    end)
    expect(plant.webmanager.red_led):is "off"
    expect(plant.webmanager.green_led):is "flashing_slowly"
  end,
}
