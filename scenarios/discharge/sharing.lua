-- Strings on one bus share a load by what each opposes to it. Who carries too little is found by
-- his deviation from the mean, and the others have to carry it.

-- The charger stops while the load goes on: 10 A and more for each string.
local function blackout(plant, power)
  plant.charger.on, plant.load.power = false, power
  within(seconds(20), function() expect(plant):has "discharging" end)
end

local function mains(plant)
  plant.charger.on, plant.load.power = true, 3000
end

scenario "equal strings share a load evenly, and nobody deviates" {
  tags  = { "discharge", "current" },
  plant = "three_strings",

  run = function(plant)
    settle()
    blackout(plant, 9000)
    throughout(minutes(20), function()
      expect(plant):has_not "string_curr_deviation_discharge_warn"
      expect(plant):has_not "string_curr_deviation_discharge"
    end)
    for _, string in ipairs(plant.string) do
      expect(string.current):is_near(plant.string[1].current.value, 0.5)
      expect(string.current):is_below(-20)
    end
    mains(plant)
    within(minutes(1), function() expect(plant):has_not "discharging" end)
    throughout(hours(1), function()
      expect(plant):has_not "string_curr_deviation_charge_warn"
    end)
  end,
}

scenario "a string on a bad cable carries less, and catches up at the end" {
  tags  = { "discharge", "current" },
  plant = "three_strings",

  run = function(plant)
    local bad = plant.string[2]
    bad:uneven { cable = 80 }
    settle()
    blackout(plant, 9000)
    within(minutes(1), function()
      expect(plant):has "string_curr_deviation_discharge_warn"
      expect(bad):has_not "string_curr_deviation_discharge"
    end)
    expect(bad.current):is_above(plant.string[1].current.value + 8)
    expect(plant.string[1].current):is_near(plant.string[3].current.value, 0.5)
    expect(plant):has_not "general_alarm"
    note "the others sink faster, and it comes to carry as much as they"
    within(minutes(30), function()
      expect(plant):has_not "string_curr_deviation_discharge_warn"
    end)

    note "a new cable"
    mains(plant)
    wait(hours(24))
    bad:heal "uneven"
    blackout(plant, 9000)
    throughout(minutes(3), function()
      expect(plant):has_not "string_curr_deviation_discharge_warn"
    end)
    expect(bad.current):is_near(plant.string[1].current.value, 1)
    expect(bad.current):is_below(-20)
  end,
}

scenario "a blown fuse is found by a string without a current, on load and on recharge" {
  tags  = { "discharge", "current", "float" },
  plant = "three_strings",

  run = function(plant)
    local blown = plant.string[3]
    settle()
    note "on float it is easily missed: its blocks go to rest, within a day"
    operator "set bus.round_period 30"
    blown:fuse_blown { at = minutes(10) }
    wait(hours(20))
    expect(blown.current):is_near(0, 0.1)
    expect(blown.module[5].voltage):is_near(12.9, 0.12)
    expect(plant.string[1].module[5].voltage):is_near(13.62, 0.1)
    expect(blown.flow):is "none"
    expect(plant):has_not "voltage_low"

    operator "set bus.round_period 5"
    wait(minutes(1))
    blackout(plant, 9000)
    within(minutes(1), function() expect(plant):has "string_curr_deviation_discharge" end)
    expect(blown.current):is_near(0, 0.1)
    expect(plant.string[1].current):is_below(-30)
    wait(minutes(20))
    expect(blown.module[5].voltage):is_above(12.7)

    note "replaced, it helps at once"
    blown:heal()
    within(minutes(1), function() expect(blown.current):is_below(-25) end)
    mains(plant)
    within(minutes(1), function()
      expect(plant):has_not "discharging"
      expect(plant.string[1].flow):is "charge"
    end)
  end,
}

scenario "an open cell: the string floats as if nothing were, and carries nothing when it must" {
  tags     = { "discharge", "float" },
  plant    = "three_strings",
  settings = { ["impedance.poll_rate"] = 30 },

  run = function(plant)
    local string, module = plant.string[1], plant.string[1].module[7]
    settle()
    module:cell_open { cell = 4, at = minutes(30) }
    note "only the resistance tells, off its scale"
    within(minutes(70), function() expect(module):has "resist_alarm_high" end)
    expect(module.resistance):is(60)
    expect(module.voltage):is_near(13.62, 0.4)
    expect(module):has_not "voltage_high"

    blackout(plant, 9000)
    within(minutes(1), function()
      expect(plant):has "string_curr_deviation_discharge"
      expect(string.current):is_near(0, 0.1)
    end)
    note "the others of its string stay where they are, and the broken block is dragged down"
    wait(minutes(20))
    expect(string.module[2].voltage):is_above(13.2)
    expect(module):has "voltage_low"
    expect(module.voltage):is_below(6)
    expect(plant.string[2].current):is_below(-35)
  end,
}
