-- The bus is asked in rounds, and a round starts no sooner than its period after the one before.

for _, period in ipairs { 5, 20 } do
  scenario(("rounds every %d seconds"):format(period)) {
    tags = { "arm", "bus" },
    plant = "guide_dashboard",
    settings = { ["bus.round_period"] = period },

    run = function(plant)
      local module = plant.string[1].module[1]
      settle()
      for lap = 1, 4 do
        -- A round of twenty devices takes less than half a second of it.
        wait(rounds(1))
        local voltage = 12.941 + lap / 100
        local before = 12.941 + (lap - 1) / 100
        module.voltage = voltage
        note "until the next round nobody asks"
        throughout(seconds(period - 0.6), function()
          expect(module.voltage):is(before)
        end, { every = seconds(1) })
        note "and then somebody does"
        within(seconds(0.8), function()
          expect(module.voltage):is(voltage)
        end)
      end
    end,
  }
end

scenario "a silent module costs the others no round" {
  tags = { "arm", "bus" },
  plant = "guide_dashboard",

  run = function(plant)
    local module = plant.string[2].module[9]
    settle()
    plant.string[1].module[1]:unplug()
    plant.string[1].module[2]:unplug()
    wait(rounds(5))
    for lap = 1, 5 do
      module.voltage = 12.94 + lap / 100
      within(seconds(2.1), function()
        expect(module.voltage):is(12.94 + lap / 100)
      end)
    end
  end,
}

scenario "at a sixteenth of the speed everything is measured all the same" {
  tags = { "arm", "bus" },
  plant = "slow_bus",

  run = function(plant)
    note "asked too fast, it would lose them all in three rounds"
    within(seconds(2), function()
      for _, module in ipairs(plant.module) do
        expect(module.voltage):is(13.5)
      end
    end)
    settle()
    plant.module[2].voltage = 13.61
    within(rounds(2), function()
      expect(plant.module[2].voltage):is(13.61)
    end)
    expect(plant):is_quiet()
  end,
}
