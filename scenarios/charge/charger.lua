-- A charger that gives too much, too little, nothing, or more than direct current. All blocks show
-- it alike: that is how its faults are told from theirs.

scenario "a charger set too high: all blocks high, gas and heat, and the current many times more" {
  tags     = { "arm", "charge", "charger" },
  plant    = "two_strings_of_nine",
  settings = { ["bus.round_period"] = 30 },

  run = function(plant)
    local string, module = plant.string[2], plant.string[2].module[5]
    settle()
    wait(hours(1))
    local float = string.current.value
    plant.charger:too_high { by = 0.22, at = hours(1), over = hours(2) }
    throughout(hours(1), function() expect(plant):is_quiet() end, { every = minutes(5) })
    note "2.47 V a cell at last"
    within(hours(2), function()
      expect(plant):has "string_volt_high_warn"
      expect(plant):has "voltage_warn_high"
    end)
    wait(hours(4))
    for _, each in ipairs(plant.module) do
      expect(each.voltage):is_near(6 * 2.47, 0.12)
    end
    expect(string.current):is_above(8 * float)
    expect(string.current):is_below(30 * float)
    note "no charge by the books: below an ampere"
    expect(string.flow):is "float"
    wait(hours(8))
    expect(module.temperature):is_above(27)
    expect(plant):has_not "thermal_runaway"

    plant.charger:too_high { by = 0.4 }
    within(minutes(30), function()
      expect(module):has "voltage_high"
      expect(plant):has "string_volt_high"
    end)
    plant.charger:heal "too_high"
    within(hours(6), function() expect(plant):is_quiet() end)
  end,
}

-- Undercharging: a user sees no alarm at the usual levels, for rest is above them.
scenario "a charger set too low: its blocks do not float, and lose what they have" {
  tags     = { "charge", "charger" },
  plant    = "two_strings_of_nine",
  settings = {
    ["bus.round_period"] = 30, ["voltage.low_warn"] = 13.2, ["string_voltage.low_warn"] = 118.8,
  },

  run = function(plant)
    local string = plant.string[1]
    settle()
    expect(plant):is_quiet()
    plant.charger:too_low { by = 0.12, over = minutes(30) }
    note "the levels of whoever knows what float has to be tell it within hours"
    within(hours(6), function()
      expect(plant):has "voltage_warn_low"
      expect(plant):has "string_volt_low_warn"
    end)
    expect(plant):has_not "discharging"
    within(hours(24), function() expect(string.flow):is "none" end)
    expect(string.current):is_near(0, 0.05)
    within(hours(2), function()
      expect.modbus(1000):is_below(0x0040) -- neither float nor a bypass that is still on
    end)
    wait(days(6))
    for _, module in ipairs(plant.module) do
      expect(module.voltage):is_near(12.83, 0.1)
    end
    note "set right, it takes what was lost"
    plant.charger:heal()
    within(rounds(3), function() expect(string.flow):is "charge" end)
    within(hours(8), function() expect(plant):is_quiet() end)
  end,
}

scenario "a charger that fails: without a load the blocks go to rest, with one they carry it" {
  tags     = { "charge", "charger", "discharge" },
  plant    = "two_strings_of_nine",
  settings = { ["bus.round_period"] = 30 },

  run = function(plant)
    local string, module = plant.string[1], plant.string[1].module[5]
    settle()
    plant.charger:failed()
    wait(hours(24))
    expect(module.voltage):is_near(12.85, 0.06)
    expect(string.flow):is "none"
    expect(string.current):is_near(0, 0.05)
    expect(plant):is_quiet()

    note "three amperes of lamps are a discharge, and nobody is there to end it"
    plant.load.current = 3
    within(minutes(2), function() expect(plant):has "discharging" end)
    within(hours(20), function() expect(plant):has "string_volt_low_warn" end)
    within(hours(8), function() expect(module):has "voltage_low" end)
    -- From 12 V of one to 11.67 V of all it takes eight hours, and one more for 40 mV of error.
    within(hours(10), function() expect(plant):has "string_volt_low" end)
    expect(plant):has "general_alarm"
    expect(string.current):is_near(-1.5, 0.1)
    expect.traps_in_order {
      { added = "discharging" }, { added = "string_volt_low_warn" }, { added = "voltage_low" },
      { added = "string_volt_low" },
    }

    note "repaired: it carries the lamps and charges"
    plant.charger:heal()
    within(minutes(2), function()
      expect(plant):has_not "discharging"
      expect(string.current):is_near(8.5, 0.3)
    end)
    within(hours(6), function()
      expect(plant):has_not "string_volt_low"
      expect(module):is_quiet()
    end)
  end,
}

scenario "a compensation that is lost in a hot room: more voltage than the heat allows" {
  tags     = { "charge", "charger" },
  plant    = "hot_room",

  run = function(plant)
    local string, module = plant.string[1], plant.string[1].module[5]
    plant.charger.compensation = -3
    settle()
    wait(hours(8))
    note "11 K above 25 degC are 33 mV a cell less"
    expect(module.voltage):is_near(6 * (2.27 - 0.033), 0.08)
    local right = string.current.value
    plant.charger:compensation_lost()
    wait(hours(8))
    expect(module.voltage):is_near(6 * 2.27, 0.08)
    expect(string.current):is_above(1.3 * right)
    expect(plant):is_quiet()

    note "with a set point that was too high anyway, that is what it takes to run away"
    plant.charger.voltage = 9 * 6 * 2.45
    within(hours(24), function() expect(plant):has "thermal_runaway" end)
    within(rounds(3), function() expect(string.current):is_near(0, 0.1) end)
  end,
}

scenario "the same set point with its compensation stays where it is" {
  tags     = { "charge", "charger", "safety" },
  plant    = "hot_room",

  run = function(plant)
    plant.charger.compensation = -3
    settle()
    plant.charger.voltage = 9 * 6 * 2.45
    throughout(hours(48), function() expect(plant):has_not "thermal_runaway" end,
      { every = minutes(30) })
    expect(plant.string[1].current):is_above(0.1)
    expect(plant.string[1].module[5].temperature):is_below(44)
    expect(plant.string[1].module[5].voltage):is_below(6 * 2.43)
  end,
}

scenario "a rectifier with a broken filter: alternating current, warmth, and jumping resistances" {
  tags     = { "charge", "charger", "sensors" },
  plant    = "two_strings_of_nine",
  settings = {
    ["bus.round_period"] = 30, ["impedance.poll_rate"] = 1, ["impedance.reference"] = 7.7,
  },

  run = function(plant)
    local string = plant.string[1]
    local noisy, well = string.module[3], string.module[5]
    settle()
    expect(string.current_ac):is_near(0, 0.3)
    local before = well.temperature.value
    noisy:resistance_noisy { scatter = 20 }
    plant.charger:ripple { current = 30, over = hours(1) }
    within(hours(2), function()
      expect(string.current_ac):is_near(15, 0.5)
      expect.modbus(1013):is(15)
    end)
    note "one module cannot tell its own signal from the ripple any more"
    -- One of twenty measurements is confirmed as too high: hours of them, one a minute, have some.
    within(hours(6), function() expect(plant):has "resist_warn_high" end)
    within(hours(3), function() expect(plant):has_not "resist_warn_high" end)
    expect(well.resistance):is_near(7.7, 0.35)
    expect(well):is_quiet()
    wait(hours(12))
    expect(well.temperature):is_above(before + 1)
    expect(well.temperature):is_below(before + 5)
    expect(string.flow):is "float"

    plant.charger:heal "ripple"
    within(minutes(5), function() expect(string.current_ac):is_near(0, 0.3) end)
    -- Quiet may be by chance what is left of the ripple: the next measurement is without.
    within(minutes(5), function()
      expect(plant):is_quiet()
      expect(noisy.resistance):is_near(7.7, 0.3)
    end)
  end,
}

-- Alternating current goes where direct current could: not over a blown fuse, a broken strap, or
-- from a rectifier that is dead.
scenario "ripple goes through the strings that conduct, and ends with the charger that makes it" {
  tags     = { "charge", "charger" },
  plant    = "two_strings_of_nine",
  settings = { ["bus.round_period"] = 30 },

  run = function(plant)
    local first, second = plant.string[1], plant.string[2]
    local function flows(in_first, in_second)
      within(minutes(3), function()
        expect(first.current_ac):is_near(in_first, 0.5)
        expect(second.current_ac):is_near(in_second, 0.5)
      end)
    end
    settle()
    plant.charger:ripple { current = 30 }
    flows(15, 15)
    first:fuse_blown()
    flows(0, 15)
    wait(hours(12))
    expect(first.module[5].temperature):is_below(24.5)
    expect(second.module[5].temperature):is_above(25)
    first:heal()
    flows(15, 15)
    second.module[4]:cell_open()
    flows(15, 0)
    wait(hours(12))
    expect(second.module[4].temperature):is_below(24.5)
    plant.charger:failed()
    flows(0, 0)
    plant.charger:heal "failed"
    second.module[4]:heal()
    flows(15, 15)
  end,
}
