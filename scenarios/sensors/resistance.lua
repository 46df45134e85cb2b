-- The resistance is measured by a small current. A large ripple from the charger drowns it: the
-- values jump, though no block has changed.

scenario "under ripple one module's resistance jumps in and out of its limits" {
  tags = { "arm", "sensors" },
  plant = "guide_dashboard",
  settings = {
    ["impedance.poll_rate"] = 1,
    ["impedance.high_warn"] = 5.6,
    ["impedance.high_alarm"] = 6,
  },

  run = function(plant)
    local module, quiet = plant.string[1].module[4], plant.string[1].module[5]
    settle()
    module:resistance_noisy { scatter = 40 }
    note "without ripple it is as good as the others"
    throughout(minutes(5), function()
      expect(module.resistance):is(5.39)
    end, { every = seconds(20) })

    note "8 A of ripple in 50 Ah: up to 64 % off; twice in a row beyond the limit is an alarm"
    plant.string[1].current_ac = 8
    within(hours(1), function() expect(module):has "resist_alarm_high" end)
    within(minutes(10), function() expect(module):has_not "resist_alarm_high" end)
    within(minutes(10), function() expect(module.resistance):is_below(5) end)
    expect(quiet.resistance):is(4.58)
    expect(quiet):is_quiet()
    plant.string[1].current_ac = 0
    within(minutes(3), function()
      expect(plant):is_quiet()
      expect(module.resistance):is(5.39)
    end)
  end,
}
