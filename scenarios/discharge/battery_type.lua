-- A plant of a battery type behaves as that type's data sheet says.

scenario "blocks of a fitted type carry their load as long as the sheet says" {
  tags = { "arm", "discharge", "battery" },
  plant = "ups_of_55_ah",
  settings = { ["bus.round_period"] = 10 },

  run = function(plant)
    settle()
    note "what the webmanager is told of them follows from the type"
    expect.setting "battery.cells":is(6)
    expect.setting "battery.chemistry":is "lead"
    expect.setting "battery.capacity":is(53.4)
    expect(plant.module[1].resistance):is_near(7.5, 0.2)

    note "the sheet: 31.9 A for an hour, to 1.60 V a cell"
    plant.charger.on = false
    plant.load.current = 31.9
    wait(minutes(56))
    for _, module in ipairs(plant.string[1].module) do
      expect(module.voltage):is_above(6 * 1.60)
    end
    within(minutes(10), function()
      expect(plant.module[1].voltage):is_below(6 * 1.60)
    end)
  end,
}
