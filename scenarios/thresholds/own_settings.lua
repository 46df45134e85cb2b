-- What the defaults are for others, a site may set for itself: how far back inside clears, how a
-- new block's resistance sets its four levels, and how long and how hot a runaway is.

-- Setting and value; an alarm, what raises it, what is back inside by less, and by as much.
local hystereses = {
  { setting = "voltage.hysteresis", value = 0.2, property = "voltage", alarm = "voltage_high",
    raises = 15.6, stays = 15.301, goes = 15.3 },
  { setting = "temperature.hysteresis", value = 2, property = "temperature",
    alarm = "temperature_high", raises = 36, stays = 33.1, goes = 33 },
  { setting = "impedance.hysteresis", value = 10, property = "resistance",
    alarm = "resist_alarm_high", raises = 52, stays = 45.01, goes = 45 },
}

for _, each in ipairs(hystereses) do
  scenario(("%s of %s"):format(each.setting, each.value)) {
    tags = { "thresholds", "settings" },
    plant = "guide_dashboard",
    settings = { [each.setting] = each.value, ["impedance.poll_rate"] = 1 },

    run = function(plant)
      local module = plant.string[1].module[6]
      -- A resistance is measured once a minute, the rest in every round.
      local soon = each.property == "resistance" and seconds(70) or seconds(3)
      settle()
      module[each.property] = each.raises
      within(soon, function()
        expect(module):has(each.alarm)
      end)
      module[each.property] = each.stays
      throughout(2 * soon, function()
        expect(module):has(each.alarm)
      end)
      module[each.property] = each.goes
      within(soon, function()
        expect(module):has_not(each.alarm)
      end)
    end,
  }
end

scenario "string_voltage.hysteresis of 3" {
  tags = { "thresholds", "settings" },
  plant = "guide_dashboard",
  settings = {
    ["string_voltage.hysteresis"] = 3, ["string_voltage.high_warn"] = 118,
    ["string_voltage.high_alarm"] = 120,
  },

  run = function(plant)
    local string = plant.string[1]
    local function set_string(voltage)
      for _, module in ipairs(string.module) do
        module.voltage = voltage / 9
      end
    end
    settle()
    set_string(121.5)
    within(rounds(4), function()
      expect(string):has "string_volt_high"
    end)
    set_string(117.09)
    throughout(rounds(5), function()
      expect(string):has "string_volt_high"
    end)
    set_string(117)
    within(rounds(4), function()
      expect(string):has_not "string_volt_high"
    end)
  end,
}

-- A reference of 5 mOhm: alarms below 2.5 and above 7.5, warnings below 3 and above 6.5.
scenario "the resistance of a new block sets the four levels" {
  tags = { "thresholds", "settings" },
  plant = "guide_dashboard",
  settings = { ["impedance.reference"] = 5, ["impedance.poll_rate"] = 1 },

  run = function(plant)
    local module = plant.string[2].module[1]
    local steps = {
      { 6.5, nil }, { 6.51, "resist_warn_high" }, { 7.5, "resist_warn_high" },
      { 7.51, "resist_alarm_high" }, { 5, nil }, { 3, nil }, { 2.99, "resist_warn_low" },
      { 2.5, "resist_warn_low" }, { 2.49, "resist_alarm_low" }, { 5, nil },
    }
    settle()
    expect.snmp("bacsImpcLowAlarm"):is(250)
    expect.snmp("bacsImpcLowWarn"):is(300)
    expect.snmp("bacsImpcHighWarn"):is(650)
    expect.snmp("bacsImpcHighAlarm"):is(750)
    for _, step in ipairs(steps) do
      module.resistance = step[1]
      wait(seconds(70))
      if step[2] then
        expect(plant):has(step[2])
      else
        expect(plant):is_quiet()
      end
    end
  end,
}

-- What is a runaway with the setting and none with the default, or the other way round.
local runaways = {
  { setting = "runaway.delta", value = 5, hot = 31, current = 5, is_runaway = true },
  { setting = "runaway.delta", value = 20, hot = 40, current = 5, is_runaway = false },
  { setting = "runaway.current", value = 8, hot = 40, current = 7, is_runaway = false },
  { setting = "runaway.current", value = 0.1, hot = 40, current = 0.2, is_runaway = true },
}

for _, each in ipairs(runaways) do
  scenario(("%s of %s: %g degC at %g A"):format(each.setting, each.value, each.hot, each.current)) {
    tags = { "safety", "settings" },
    plant = "guide_dashboard",
    settings = { [each.setting] = each.value },

    run = function(plant)
      local string = plant.string[1]
      for i, module in ipairs(string.module) do
        module.temperature = i == 5 and each.hot or 25
      end
      settle()
      string.current = each.current
      wait(seconds(590))
      expect(plant):has_not "thermal_runaway"
      wait(seconds(20))
      if each.is_runaway then
        expect(plant):has "thermal_runaway"
      else
        expect(plant):has_not "thermal_runaway"
      end
    end,
  }
end

scenario "runaway.delta of 3, the lowest that there is, raises and clears" {
  tags = { "safety", "settings" },
  plant = "guide_dashboard",
  settings = { ["runaway.delta"] = 3, ["runaway.hold"] = 10 },

  run = function(plant)
    local string = plant.string[1]
    for i, module in ipairs(string.module) do
      module.temperature = i == 5 and 28 or 25
    end
    settle()
    string.current = 5
    throughout(minutes(1), function()
      expect(plant):has_not "thermal_runaway"
    end)
    string.module[5].temperature = 28.1
    within(seconds(15), function()
      expect(plant):has "thermal_runaway"
    end)
    note "two kelvin less is one above the others"
    string.module[5].temperature = 26
    throughout(minutes(1), function()
      expect(plant):has "thermal_runaway"
    end)
    string.module[5].temperature = 25.9
    within(rounds(3), function()
      expect(plant):has_not "thermal_runaway"
    end)

    note "below three kelvin nothing is left to clear by"
    expect.operator("set runaway.delta 2.999"):is_refused "range"
    expect.operator("set runaway.rise 2.999"):is_refused "range"
    operator "set runaway.rise 3"
    expect.setting "runaway.rise":is(3)
  end,
}

scenario "runaway.rise of 8: a string that heats together" {
  tags = { "safety", "settings" },
  plant = "guide_dashboard",
  settings = { ["runaway.rise"] = 8 },

  run = function(plant)
    local string = plant.string[1]
    for _, module in ipairs(string.module) do
      module.temperature = 20
    end
    settle()
    wait(hours(2))
    string.current = 5
    for _, module in ipairs(string.module) do
      module.temperature = 28.5
    end
    throughout(seconds(590), function()
      expect(plant):has_not "thermal_runaway"
    end, { every = seconds(30) })
    within(seconds(30), function()
      expect(plant):has "thermal_runaway"
    end)
  end,
}
