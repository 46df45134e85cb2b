-- A missed answer is noise, not a loss: a module is asked three times a round, and lost after
-- three rounds.

scenario "eight missed answers are no loss, nine are" {
  tags = { "modules", "bus" },
  needs = { "virtual_time" }, -- milliseconds, or the first instant, are what it is about
  plant = "guide_dashboard",

  run = function(plant)
    local module = plant.string[1].module[4]
    settle()

    module:mute { answers = 8 }
    throughout(rounds(6), function()
      expect(module):is_quiet()
      expect(module.voltage):is(12.941)
    end)
    expect.no_trap()

    module:mute { answers = 9 }
    within(rounds(5), function()
      expect(module):has "module_lost"
    end)
    expect.trap "system_error"
    within(rounds(3), function()
      expect(plant):is_quiet()
    end)
    expect.trap { removed = "system_error" }
    expect.no_trap()
  end,
}
