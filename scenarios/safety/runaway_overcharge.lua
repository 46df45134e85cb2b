-- A charger that gives too much, and a room that takes too little heat: current and temperature
-- drive each other, in hours. Nothing here is pushed but the charger and the room. The notes are
-- the time line: `run --verbose` prints it.

-- What a sensor of 50 A shows where nothing flows: its noise, and a step.
local NOTHING <const> = 0.02

-- Of the blocks of a string: coldest, hottest, and the mean of voltage and resistance.
local function survey(string)
  local of = { coldest = math.huge, hottest = -math.huge, voltage = 0, resistance = 0 }
  for _, module in ipairs(string.module) do
    of.coldest = math.min(of.coldest, module.temperature.value)
    of.hottest = math.max(of.hottest, module.temperature.value)
    of.voltage = of.voltage + module.voltage.value / #string.module
    of.resistance = of.resistance + module.resistance.value / #string.module
  end
  return of
end

local function note_line(string)
  local of, alarms = survey(string), {}
  for _, row in ipairs(operator "show alarms") do
    alarms[#alarms + 1] = row.alarm
  end
  note(("%6.3f V  %5.1f degC  %5.2f mOhm  %6.3f A  %s"):format(of.voltage, of.hottest,
    of.resistance, string.current.value, table.concat(alarms, " ")))
end

local function watch(string, duration, every)
  for _ = 1, duration / every do
    note_line(string)
    wait(every)
  end
end

-- All of the blocks are shown as hot as they are, and as one.
local function expect_together(string, within_K)
  local of = survey(string)
  assert(of.hottest - of.coldest < within_K, ("%.1f K apart"):format(of.hottest - of.coldest))
  for _, module in ipairs(string.module) do
    expect(module.temperature):is_near(module.temperature.value, 0.6)
  end
end

scenario "overcharge in a hot room runs away, and is only told where nothing may act" {
  tags     = { "safety", "runaway" },
  plant    = "hot_room",
  settings = { ["runaway.action"] = "none" },

  run = function(plant)
    local string = plant.string[1]
    settle()
    wait(hours(2))
    local before = survey(string)
    expect(plant):is_quiet()

    note_line(string)
    note "somebody sets the charger to 2.45 V a cell"
    plant.charger:too_high { by = 0.18 }
    wait(hours(1))
    local first = string.current.value
    watch(string, hours(12), hours(2))
    note "half a day: an alarm for the temperature, and that is all it looks like"
    within(hours(2), function() expect(plant):has "temperature_high" end)
    expect(plant):has "string_volt_high_warn"
    expect(plant):has_not "thermal_runaway"
    expect_together(string, 2)

    note "15 K above what it was a day ago, and the current has doubled"
    within(hours(8), function() expect(plant):has "thermal_runaway" end)
    expect.traps_in_order {
      { added = "string_volt_high_warn" }, { added = "temperature_warn_high" },
      { added = "temperature_high" }, { added = "thermal_runaway" },
    }
    expect(plant):has "general_alarm"
    expect(string.current):is_above(2 * first)

    watch(string, hours(10), hours(1))
    note "the charger gives all it can: ten times as much, above 60 degC, and less voltage"
    local after = survey(string)
    expect(string.current):is_near(plant.charger.limit.value, 0.5)
    expect(string.module[5].temperature):is_above(60)
    expect(string.module[5].voltage):is_below(6 * 2.45 - 0.1)
    assert(after.resistance < 0.9 * before.resistance, "warm blocks oppose less")
    expect_together(string, 2)
    expect(plant.gx_r_aux[1].output[1]):is "off"
    expect(plant):has "thermal_runaway"
  end,
}

scenario "the breaker opens on a runaway from overcharge, and the string cools" {
  tags  = { "safety", "runaway" },
  plant = "hot_room",

  run = function(plant)
    local string, breaker = plant.string[1], plant.gx_r_aux[1].output[1]
    settle()
    note "the charger goes wrong by itself, tomorrow, and slowly"
    plant.charger:too_high { by = 0.22, at = hours(24), over = hours(6) }
    throughout(hours(30), function()
      expect(plant):has_not "thermal_runaway"
      expect(breaker):is "off"
    end, { every = minutes(10) })
    within(hours(16), function()
      expect(plant):has "thermal_runaway"
      expect(breaker):is "on"
    end)
    expect.trap "thermal_runaway"
    expect.trap "battery_breaker_open"
    within(rounds(3), function() expect(string.current):is_near(0, NOTHING) end)
    expect(string.module[1].temperature):is_above(48)

    note "no current, no heat: it cools with its mass and what the room takes"
    local hot = survey(string).hottest
    wait(hours(5))
    local cooler = survey(string).hottest
    assert(cooler - 35 < 0.45 * (hot - 35) and cooler - 35 > 0.25 * (hot - 35),
      ("from %.1f to %.1f degC in about a time constant"):format(hot, cooler))
    expect(string.module[1].temperature):is_below(45)
    within(hours(3), function()
      expect(plant):has_not "thermal_runaway"
      expect(plant):has_not "temperature_high"
    end)
    expect(string.module[1].voltage):is_below(13)
    wait(hours(24))
    expect(string.module[5].temperature):is_near(35.2, 0.6)

    note "mended and closed it floats again, and stays cool"
    plant.charger:heal()
    operator "breaker close 1"
    within(hours(24), function() expect.modbus(1000):is_above(0x003F) end)
    throughout(hours(24), function()
      expect(plant):has_not "thermal_runaway"
      expect(breaker):is "off"
    end, { every = hours(1) })
    expect(string.module[5].temperature):is_below(38)
  end,
}

scenario "the same overcharge in a room of 24 degC ends warm, not hot" {
  tags  = { "safety", "runaway" },
  plant = "hot_room",

  run = function(plant)
    local string = plant.string[1]
    plant.ambient = 24
    for _, module in ipairs(string.module) do
      module.temperature = 24
      module:release "temperature"
    end
    settle()
    note_line(string)
    plant.charger:too_high { by = 0.18 }
    wait(hours(1))
    expect(plant):has "string_volt_high_warn"
    expect(plant):has "voltage_warn_high"
    watch(string, hours(50), hours(5))
    expect(string.current):is_below(0.35)
    expect(string.module[5].temperature):is_near(29.3, 1)
    expect(plant):has_not "temperature_warn_high"
    expect(plant):has_not "thermal_runaway"
    expect(plant.gx_r_aux[1].output[1]):is "off"
    plant.charger:heal "too_high"
    within(hours(3), function() expect(plant):is_quiet() end)
  end,
}

scenario "new blocks that float as they should stay cool in a hot room" {
  tags     = { "safety", "runaway", "float" },
  plant    = "hot_room",
  settings = { ["bus.round_period"] = 50 },

  run = function(plant)
    settle()
    throughout(days(20), function() expect(plant):is_quiet() end, { every = hours(6) })
    for _, module in ipairs(plant.module) do
      expect(module.temperature):is_near(36, 0.8)
    end
    expect(plant.string[1].current):is_below(0.1)
  end,
}

scenario "cooling that fails and a charger set too high: neither alone runs away, both do" {
  tags  = { "safety", "runaway", "combined" },
  plant = "hot_room",

  run = function(plant)
    local string, breaker = plant.string[1], plant.gx_r_aux[1].output[1]
    plant.ambient = 22
    for _, module in ipairs(string.module) do
      module.temperature = 22
      module:release "temperature"
    end
    settle()
    plant.charger:too_high { by = 0.20 }
    throughout(hours(24), function()
      expect(plant):has_not "thermal_runaway"
      expect(breaker):is "off"
    end, { every = minutes(30) })
    expect(string.module[5].temperature):is_below(30)

    note "the fans stop on a Friday evening"
    plant:cooling_failed { by = 16, over = hours(4) }
    within(hours(24), function()
      expect(plant):has "thermal_runaway"
      expect(breaker):is "on"
      expect(string.current):is_near(0, NOTHING)
    end)
    expect_together(string, 2)
  end,
}

scenario "a reversed current sensor hides a runaway: only the temperature is told" {
  tags  = { "safety", "runaway", "sensors", "combined" },
  plant = "hot_room",

  run = function(plant)
    local string = plant.string[1]
    settle()
    plant.current_sensor[1]:reversed()
    plant.charger:too_high { by = 0.33 }
    within(hours(4), function() expect(plant):has "temperature_high" end)
    wait(hours(6))
    note "burning hot at the limit of the charger, and nothing seems to charge"
    expect(string.current):is_near(-5, 0.2)
    expect(string.module[5].temperature):is_above(60)
    expect(plant):has "discharging"
    expect(plant):has_not "thermal_runaway"
    expect(plant.gx_r_aux[1].output[1]):is "off"
    note "mounted as it should be it is a runaway within minutes"
    plant.current_sensor[1]:heal()
    within(minutes(12), function()
      expect(plant):has "thermal_runaway"
      expect(plant.gx_r_aux[1].output[1]):is "on"
    end)
  end,
}
