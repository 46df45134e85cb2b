-- A repeater carries the bus to a far cellar. It is the only part of the wiring that needs power.

scenario "a repeater without power loses everything behind it" {
  tags = { "arm", "wiring" },
  plant = "far_cellar",

  run = function(plant)
    settle()
    expect(plant):is_quiet()

    note "its plug is pulled"
    plant.repeater:unplug()
    within(minutes(1), function()
      expect(plant):has "communication_lost"
      expect(plant):has "sensor_communication_lost"
    end)
    for _, module in ipairs(plant.module) do
      expect(module):has "module_lost"
    end

    note "the unit beside the webmanager does not need it"
    plant.gx_r_aux[1].input[2].level = "alarm"
    within(rounds(3), function()
      expect(plant.gx_r_aux[1].input[1]):is "normal"
      expect(plant.gx_r_aux[1].input[2]):is "alarm"
    end)

    note "power again: all is read anew"
    plant.module[20].voltage = 12.8
    plant.repeater:plug()
    within(rounds(3), function()
      expect(plant):is_quiet()
      expect(plant.module[20].voltage):is(12.8)
    end)
  end,
}
