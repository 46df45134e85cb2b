-- A block dries for a season: its resistance tells it against the reference of a new one, weeks
-- before anything else does.

scenario "one block dries out: its resistance tells, long before it is warm" {
  tags     = { "float" },
  plant    = "two_strings_of_nine",
  settings = {
    ["bus.round_period"] = 600, ["equalizing.paused"] = "yes", ["impedance.reference"] = 7.7,
    ["impedance.poll_rate"] = 1440,
  },

  run = function(plant)
    local string = plant.string[1]
    local dry, well = string.module[4], string.module[8]
    settle()
    note "from next week on it loses a quarter of its water"
    dry:dry_out { water = 25, at = days(7), over = days(60) }
    throughout(days(20), function() expect(plant):is_quiet() end, { every = days(1) })
    expect(dry.resistance):is_above(8.5)
    expect(well.resistance):is_near(7.73, 0.25)

    within(days(16), function() expect(plant):has "resist_warn_high" end)
    expect(dry):is_quiet()
    expect(dry.voltage):is_above(13)
    within(days(20), function() expect(dry):has "resist_alarm_high" end)
    expect.traps_in_order {
      { added = "resist_warn_high" }, { removed = "resist_warn_high" },
      { added = "resist_alarm_high" },
    }
    wait(days(22))
    note "at last it takes more current for less voltage; it is not even warm"
    expect(dry.resistance):is_near(13.4, 0.6)
    expect(dry.voltage):is_below(13.2)
    expect(well.voltage):is_above(13.52)
    expect(well):is_quiet()
    expect(dry.temperature):is_near(24.5, 0.6)
    expect(string.current):is_near(0.05, 0.04)
    expect(plant):has_not "temperature_warn_high"
    expect.trap_count { added = "resist_alarm_high" }:is(1)

    note "replaced"
    dry:heal "dry_out"
    within(days(3), function() expect(plant):is_quiet() end)
  end,
}
