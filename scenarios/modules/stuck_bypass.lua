-- A bypass transistor that fails: shorted it is always on, open it never is.

scenario "a bypass stuck on is an error, and drains its block" {
  tags = { "modules", "equalizing" },
  plant = "two_strings_of_nine",

  run = function(plant)
    local module = plant.string[1].module[4]
    settle()
    local before = module.voltage.value
    module:stuck_bypass()
    within(rounds(6), function()
      expect(plant):has "equalizing"
      expect(module):has "general_alarm"
      expect(module.bypass):is(100)
    end)
    wait(hours(8))
    note "0.15 A around it for hours: it is below the others"
    expect(module.voltage):is_below(before - 0.02)
    module:heal()
    within(rounds(6), function() expect(plant):has_not "equalizing" end)
  end,
}

scenario "a bypass stuck off is only seen once it is wanted" {
  tags = { "modules", "equalizing" },
  plant = "guide_dashboard",

  run = function(plant)
    local module = plant.string[2].module[4]
    settle()
    module:stuck_bypass { level = 0 }
    throughout(minutes(5), function() expect(plant):is_quiet() end, { every = seconds(5) })
    module.voltage = 13.2
    within(rounds(6), function()
      expect(plant):has "equalizing"
      expect(module):has "general_alarm"
    end)
    module:heal()
    within(rounds(6), function()
      expect(plant):is_quiet()
      expect(module.bypass):is_above(80)
    end)
  end,
}
