-- Heat that is none of the battery's own, and current that makes no heat: what looks like a runaway
-- and must neither be called one nor open a breaker. The plain alarms that are true are told.

-- As long as that nobody cries wolf.
local function expect_calm(plant, duration)
  throughout(duration, function()
    expect(plant):has_not "thermal_runaway"
    expect(plant):has_not "battery_breaker_open"
    expect(plant.gx_r_aux[1].output[1]):is "off"
    expect(plant.gx_r_aux[1].output[2]):is "off"
  end, { every = minutes(5) })
end

scenario "a recharge after an outage: much current, some kelvin, no runaway" {
  tags     = { "safety", "look_alike" },
  plant    = "two_strings_of_nine",
  settings = { ["bus.round_period"] = 10 },

  run = function(plant)
    local string, module = plant.string[1], plant.string[1].module[5]
    settle()
    plant.charger.on, plant.load.current = false, 40
    within(minutes(1), function() expect(plant):has "discharging" end)
    wait(minutes(75))
    expect(module):has "voltage_low"
    expect(plant):has "string_volt_low"
    plant.charger.on, plant.load.current = true, 0
    within(minutes(2), function() expect.modbus(1000):is(0x0031) end)
    local before = module.temperature.value

    note "a fifth of the capacity in amperes: thirty times what makes a runaway suspect"
    expect(string.current):is_near(10, 0.2)
    expect_calm(plant, hours(8))
    assert(module.temperature < before + 6.5, "it was work, not a fire")
    expect(string.current):is_above(0.25)
    expect(plant):has_not "temperature_high"
    expect_calm(plant, hours(16))
    within(hours(1), function() expect(plant):is_quiet() end)
    expect.modbus(1000):is_above(0x003F)
    expect.trap_count { added = "thermal_runaway" }:is(0)
  end,
}

scenario "the cooling of the room fails: all blocks and the room together" {
  tags     = { "safety", "look_alike" },
  plant    = "two_strings_of_nine",
  settings = { ["bus.round_period"] = 30 },

  run = function(plant)
    local module = plant.string[2].module[5]
    settle()
    plant:cooling_failed { over = hours(3) }
    expect_calm(plant, hours(24))
    note "15 K above the day before: hot, and told so"
    expect(module):has "temperature_high"
    expect(plant.string[1].module[1]):has "temperature_high"
    expect(plant):has "general_alarm"
    expect(module.temperature):is_near(39.6, 0.8)
    note "the blocks take three times the float current for it, and that is still very little"
    expect(plant.string[1].current):is_near(0.056, 0.02)

    plant:heal "cooling_failed"
    expect_calm(plant, hours(18))
    expect(plant):is_quiet()
  end,
}

scenario "the sun on a row: three blocks far hotter than the rest" {
  tags     = { "safety", "look_alike" },
  plant    = "two_strings_of_nine",
  settings = { ["bus.round_period"] = 30 },

  run = function(plant)
    local string = plant.string[1]
    settle()
    for i = 1, 3 do
      string.module[i]:sun { by = 20, at = hours(1), over = hours(2) }
    end
    expect_calm(plant, hours(10))
    expect(string.module[2]):has "temperature_high"
    expect(string.module[8]):is_quiet()
    note "more than 10 K above the others, which would do, if there were a current"
    expect(string.module[2].temperature):is_above(37)
    expect(string.module[8].temperature):is_below(27)
    expect(string.current):is_below(0.1)
    note "evening"
    for i = 1, 3 do
      string.module[i]:sun { by = 0, over = hours(1) }
    end
    expect_calm(plant, hours(14))
    expect(plant):is_quiet()
  end,
}

scenario "a detached probe during a recharge: its block seems cool, no other seems hot" {
  tags     = { "safety", "look_alike", "sensors" },
  plant    = "two_strings_of_nine",
  settings = { ["bus.round_period"] = 10 },

  run = function(plant)
    local string = plant.string[1]
    local loose, well = string.module[5], string.module[6]
    settle()
    loose:probe_detached()
    plant.charger.on, plant.load.current = false, 40
    wait(minutes(75))
    plant.charger.on, plant.load.current = true, 0
    expect_calm(plant, hours(2))
    note "it feels the room, its neighbour what a recharge makes of a block"
    expect(loose.temperature):is_near(24, 0.5)
    expect(well.temperature):is_above(26)
    expect(string.current):is_above(1)
    expect_calm(plant, hours(6))
  end,
}

scenario "a probe on the wrong block tells the heat of a string that carries nothing" {
  tags     = { "safety", "look_alike", "sensors" },
  plant    = "two_strings_of_nine",
  settings = { ["bus.round_period"] = 10 },

  run = function(plant)
    local wrong, hot = plant.string[1].module[3], plant.string[2].module[5]
    settle()
    wrong:probe_misplaced { on = 14 }
    hot:sun { by = 22 }
    note "module 3 tells what block 14 has: more than 10 K above its own string"
    within(hours(10), function()
      expect(wrong):has "temperature_high"
      expect(hot):has "temperature_high"
    end)
    expect_calm(plant, hours(6))
    expect(wrong.temperature):is_near(hot.temperature.value, 1)
    expect(plant.string[1].module[4].temperature):is_below(26)
    wrong:heal()
    within(rounds(4), function() expect(wrong):is_quiet() end)
    expect(hot):has "temperature_high"
  end,
}

scenario "a current sensor whose zero drifts sees a charge that heats nothing" {
  tags     = { "safety", "look_alike", "sensors" },
  plant    = "two_strings_of_nine",
  settings = { ["bus.round_period"] = 30 },

  run = function(plant)
    settle()
    plant.current_sensor[1]:zero_drift { by = 2, over = hours(6) }
    within(hours(5), function() expect(plant.string[1].flow):is "charge" end)
    expect_calm(plant, hours(20))
    expect(plant.string[1].current):is_near(2, 0.1)
    expect(plant.string[1].module[5].temperature):is_near(24.3, 0.5)
    expect(plant):is_quiet()
    plant.current_sensor[1]:heal()
    within(rounds(4), function() expect(plant.string[1].flow):is "float" end)
  end,
}

scenario "a reversed current sensor calls the recharge a discharge, and nothing else" {
  tags     = { "safety", "look_alike", "sensors" },
  plant    = "two_strings_of_nine",
  settings = { ["bus.round_period"] = 10 },

  run = function(plant)
    settle()
    plant.current_sensor[1]:reversed()
    plant.charger.on, plant.load.current = false, 40
    wait(minutes(75))
    note "one string says charge, the other discharge: the bank discharges"
    expect(plant.string[1].current):is_near(20, 0.5)
    expect(plant.string[2].current):is_near(-20, 0.5)
    expect(plant):has "discharging"
    plant.charger.on, plant.load.current = true, 0
    wait(minutes(5))
    expect(plant.string[1].current):is_near(-10, 0.3)
    expect(plant):has "discharging"
    expect_calm(plant, hours(8))
    within(hours(8), function() expect(plant):has_not "discharging" end)
  end,
}
