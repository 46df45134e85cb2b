-- A year of float: a block whose water goes says so by nothing but its resistance, month by month,
-- against what its like had when they were new.

local NEW = 7.9 -- mOhm

scenario "a year of float finds the one block that dries out, by its resistance" {
  tags     = { "long" },
  plant    = "two_strings_of_nine",
  settings = { ["bus.round_period"] = 300, ["impedance.reference"] = NEW },

  run = function(plant)
    local dry = plant.string[2].module[6]
    settle()
    expect(dry.resistance):is_near(NEW, 0.4)
    expect.setting "impedance.high_warn":is(1.3 * NEW)
    expect.setting "impedance.high_alarm":is(1.5 * NEW)
    dry:dry_out { water = 30, over = days(365) }

    note "a tenth of its water: a third more is not there yet"
    wait(days(90))
    expect(plant):is_quiet()
    expect(dry.resistance):is_above(1.1 * NEW)

    within(days(90), function() expect(plant):has "resist_warn_high" end)
    note "a warning; then the alarm, in time to order a block"
    within(days(120), function() expect(dry):has "resist_alarm_high" end)
    wait(days(161))
    expect(dry.resistance):is_above(1.85 * NEW)

    note "it alone, and nothing else of it is out of the ordinary"
    for position, module in ipairs(plant.module) do
      if position ~= 15 then
        expect(module):is_quiet()
        expect(module.resistance):is_near(NEW, 0.5)
      end
    end
    expect(dry):has_not "voltage_low"
    expect(dry):has_not "temperature_high"
    expect(plant):has_not "thermal_runaway"
    expect.trap "resist_warn_high"
    expect.trap { removed = "resist_warn_high" }
    expect.trap "resist_alarm_high"

    note "a new one in its place ends it"
    dry:heal "dry_out"
    within(days(1), function() expect(plant):is_quiet() end)
  end,
}
