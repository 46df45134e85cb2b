-- SET: every object that can be set, read back through every window; what is refused, why, and that
-- nothing is changed by it.

-- Object, its setting, a value other than the default in natural units; in an order in which no
-- step contradicts what stands.
local objects = {
  { "bacsImpcPollRate", "impedance.poll_rate", 60 },
  { "bacsImpcLowAlarm", "impedance.low_alarm", 1.05 },
  { "bacsImpcLowWarn", "impedance.low_warn", 1.15 },
  { "bacsImpcHighWarn", "impedance.high_warn", 35.5 },
  { "bacsImpcHighAlarm", "impedance.high_alarm", 45.25 },
  { "bacsTemperatureLowAlarm", "temperature.low_alarm", -10.5 },
  { "bacsTemperatureLowWarn", "temperature.low_warn", 0.5 },
  { "bacsTemperatureHighAlarm", "temperature.high_alarm", 60 },
  { "bacsTemperatureHighWarn", "temperature.high_warn", 55.5 },
  { "bacsVoltageLowAlarm", "voltage.low_alarm", 11.25 },
  { "bacsVoltageLowWarn", "voltage.low_warn", 11.75 },
  { "bacsVoltageHighWarn", "voltage.high_warn", 14.4 },
  { "bacsVoltageHighAlarm", "voltage.high_alarm", 15.25 },
  { "bacsStringVoltageLowAlarm", "string_voltage.low_alarm", 99.5 },
  { "bacsStringVoltageLowWarn", "string_voltage.low_warn", 104 },
  { "bacsStringVoltageHighWarn", "string_voltage.high_warn", 130.25 },
  { "bacsStringVoltageHighAlarm", "string_voltage.high_alarm", 140 },
  { "bacsStringCurrentDeviationDischargeAlarm", "current_deviation.discharge_alarm", 22 },
  { "bacsStringCurrentDeviationChargeAlarm", "current_deviation.charge_alarm", 21 },
  { "bacsStringCurrentDeviationDischargeWarn", "current_deviation.discharge_warn", 12 },
  { "bacsStringCurrentDeviationChargeWarn", "current_deviation.charge_warn", 11 },
  { "snmpEnableAuthenTraps", "snmp.authentication_traps", "yes" },
  { "sysContact", "system.contact", "The one on call, 555 0199" },
  { "sysName", "system.name", "cellar-2.example.org" },
  { "sysLocation", "system.location", "Cellar 2, behind the second door" },
}

local writable = { ["snmp.write_community"] = "hunter2" }

local function all_stand()
  for _, row in ipairs(objects) do
    expect.setting(row[2]):is(row[3])
  end
end

scenario "one request sets everything that can be set, and every window shows it" {
  tags = { "arm", "snmp", "settings" },
  plant = "two_strings_of_nine",
  settings = writable,

  run = function(plant)
    settle()
    local wishes = { bacsTemperatureUnit = "celsius" }
    for _, row in ipairs(objects) do
      wishes[row[1]] = row[3]
    end
    operator.snmp:set(wishes)
    all_stand()

    note "rounds in which nothing may fall back"
    wait(rounds(5))
    all_stand()
    expect(plant):is_quiet()
  end,
}

scenario "each object can be set by itself" {
  tags = { "arm", "snmp", "settings" },
  plant = "two_strings_of_nine",
  settings = writable,

  run = function()
    settle()
    for _, row in ipairs(objects) do
      operator.snmp:set { [row[1]] = row[3] }
      expect.setting(row[2]):is(row[3])
    end
    all_stand()
  end,
}

-- Wishes, the error that RFC 3416 has for them, and the object it names.
local refusals = {
  { { { "bacsVoltageHighAlarm", "15.2" } }, "wrongType", "bacsVoltageHighAlarm" },
  { { { "bacsVoltageHighAlarm", 1520, "gauge" } }, "wrongType", "bacsVoltageHighAlarm" },
  { { { "bacsVoltageHighAlarm", nil, "null" } }, "wrongType", "bacsVoltageHighAlarm" },
  { { { "sysName", 5 } }, "wrongType", "sysName" },
  { { { "sysLocation", "1.3.6.1", "oid" } }, "wrongType", "sysLocation" },
  { { { "sysContact", ("x"):rep(256) } }, "wrongLength", "sysContact" },
  { { sysName = "two words" }, "wrongValue", "sysName" },
  { { sysLocation = "behind \"the\" door" }, "wrongValue", "sysLocation" },
  { { { "sysLocation", "here\0there" } }, "wrongValue", "sysLocation" },
  { { { "sysLocation", "K\xC3\xA4ltekammer" } }, "wrongValue", "sysLocation" },
  { { { "bacsVoltageHighAlarm", 2101 } }, "wrongValue", "bacsVoltageHighAlarm" },
  { { { "bacsVoltageHighAlarm", -1 } }, "wrongValue", "bacsVoltageHighAlarm" },
  { { { "bacsTemperatureUnit", 2 } }, "wrongValue", "bacsTemperatureUnit" },
  { { { "snmpEnableAuthenTraps", 0 } }, "wrongValue", "snmpEnableAuthenTraps" },
  { { { "snmpEnableAuthenTraps", 3 } }, "wrongValue", "snmpEnableAuthenTraps" },
  { { bacsImpcPollRate = 0 }, "wrongValue", "bacsImpcPollRate" },
  { { bacsImpcPollRate = 43201 }, "wrongValue", "bacsImpcPollRate" },
  { { bacsVoltageLowAlarm = 14.5 }, "inconsistentValue", "bacsVoltageLowAlarm" },
  { { bacsVoltageHighWarn = 12 }, "inconsistentValue", "bacsVoltageHighWarn" },
  { { bacsVoltageHighAlarm = 14 }, "inconsistentValue", "bacsVoltageHighAlarm" },
  { { bacsTemperatureLowWarn = 30 }, "inconsistentValue", "bacsTemperatureLowWarn" },
  { { bacsImpcLowAlarm = 1.3 }, "inconsistentValue", "bacsImpcLowAlarm" },
  { { bacsStringVoltageHighWarn = 135.1 }, "inconsistentValue", "bacsStringVoltageHighWarn" },
  { { bacsStringCurrentDeviationChargeWarn = 10.1 }, "inconsistentValue",
    "bacsStringCurrentDeviationChargeWarn" },
  { { { "bacsNumStrings", 3 } }, "notWritable", "bacsNumStrings" },
  { { { "bacsModuleType", 1 } }, "notWritable", "bacsModuleType" },
  { { { "bacsLogRate1", 600 } }, "notWritable", "bacsLogRate1" },
  { { { "bacsModuleVoltage.1", 1300 } }, "notWritable", "bacsModuleVoltage.1" },
  { { { "bacsStatus", 0 } }, "notWritable", "bacsStatus" },
  { { { "gxRAUX1Output3", 1 } }, "notWritable", "gxRAUX1Output3" },
  { { { "sysDescr", "mine" } }, "notWritable", "sysDescr" },
  { { { "sysObjectID", "1.3.6.1", "oid" } }, "notWritable", "sysObjectID" },
  { { { "sysUpTime", 0, "ticks" } }, "notWritable", "sysUpTime" },
  { { { "snmpInPkts", 0, "counter" } }, "notWritable", "snmpInPkts" },
  { { { "1.3.6.1.2.1.33.5.1.13.1", 1520 } }, "noCreation", "1.3.6.1.2.1.33.5.1.13.1" },
  { { { "1.3.6.1.2.1.33.5.1.13", 1520 } }, "noCreation", "1.3.6.1.2.1.33.5.1.13" },
  { { { "1.3.6.1.2.1.33.5.1.99.0", 1 } }, "notWritable", "1.3.6.1.2.1.33.5.1.99.0" },
  { { { "1.3.6.1.4.1.42.1.0", 1 } }, "notWritable", "1.3.6.1.4.1.42.1.0" },
}

scenario "what cannot be set is refused with the right error, and changes nothing" {
  tags = { "arm", "snmp", "settings" },
  plant = "two_strings_of_nine",
  settings = writable,

  run = function(plant)
    settle()
    local before = operator "show settings"
    for _, refusal in ipairs(refusals) do
      expect.snmp_set(refusal[1]):is_refused(refusal[2], refusal[3])
    end
    local after = operator "show settings"
    for i, line in ipairs(before.lines) do
      assert(after.lines[i] == line, after.lines[i])
    end
    throughout(rounds(3), function()
      expect(plant):is_quiet()
    end)
  end,
}

scenario "one request is done whole or not at all" {
  tags = { "arm", "board", "snmp", "settings" },
  plant = "two_strings_of_nine",
  settings = writable,

  run = function()
    local function nothing_changed()
      expect.setting "system.location":is ""
      expect.setting "voltage.low_alarm":is(12)
      expect.setting "voltage.high_alarm":is(15.5)
      expect.setting "impedance.poll_rate":is(720)
    end
    settle()
    note "the last of four is out of its range, of another type, or none"
    for _, bad in ipairs {
      { { "bacsImpcPollRate", 0 }, "wrongValue" },
      { { "bacsImpcPollRate", "60" }, "wrongType" },
      { { "bacsNumStrings", 3 }, "notWritable" },
      { { "bacsVoltageHighWarn", 1100 }, "inconsistentValue" },
    } do
      expect.snmp_set { { "sysLocation", "cellar" }, { "bacsVoltageLowAlarm", 1150 },
        { "bacsVoltageHighAlarm", 1520 }, bad[1] }:is_refused(bad[2], bad[1][1])
      nothing_changed()
    end
    note "of those that agree with what is there and not with one another none is done"
    expect.snmp_set { bacsVoltageLowAlarm = 14, bacsVoltageLowWarn = 14.5,
      sysLocation = "cellar" }:is_refused "inconsistentValue"
    nothing_changed()

    note "what contradicts what is there may agree with what comes with it, in any order"
    local levels = { { "bacsVoltageLowAlarm", 1420 }, { "bacsVoltageLowWarn", 1430 },
      { "bacsVoltageHighWarn", 1440 }, { "bacsVoltageHighAlarm", 1450 } }
    expect.snmp_set { levels[1] }:is_refused("inconsistentValue", "bacsVoltageLowAlarm")
    operator.snmp:set { levels[1], levels[2], levels[3], levels[4] }
    expect.setting "voltage.low_alarm":is(14.2)
    expect.setting "voltage.high_alarm":is(14.5)
    operator.snmp:set { { "bacsVoltageHighAlarm", 1330 }, { "bacsVoltageHighWarn", 1320 },
      { "bacsVoltageLowWarn", 1310 }, { "bacsVoltageLowAlarm", 1300 } }
    expect.setting "voltage.high_alarm":is(13.3)
    expect.setting "voltage.low_alarm":is(13)
  end,
}

scenario "what cannot be kept is not set" {
  tags = { "arm", "snmp", "settings" },
  plant = "two_strings_of_nine",
  settings = writable,

  run = function(plant)
    settle()
    plant.webmanager.store:fail()
    expect.snmp_set { bacsVoltageHighAlarm = 15.2, sysName = "cellar" }:is_refused "commitFailed"
    expect.setting "voltage.high_alarm":is(15.5)
    expect.setting "system.name":is ""
    expect.snmp_set({ sysName = "cellar" }, { community = "hunter2", version = "v1" })
      :is_refused "genErr"
    expect.setting "system.name":is ""

    plant.webmanager.store:mend()
    operator.snmp:set { bacsVoltageHighAlarm = 15.2, sysName = "cellar" }
    expect.setting "voltage.high_alarm":is(15.2)
    expect.setting "system.name":is "cellar"
    note "and what was kept is found again"
    plant.webmanager:restart()
    settle()
    expect.setting "voltage.high_alarm":is(15.2)
    expect.snmp("sysName"):is "cellar"
  end,
}

scenario "v1 has names of its own for what is wrong" {
  tags = { "arm", "snmp", "settings" },
  plant = "two_strings_of_nine",
  settings = writable,

  run = function()
    local v1 = { community = "hunter2", version = "v1" }
    settle()
    expect.snmp_set({ { "bacsVoltageHighAlarm", "15.2" } }, v1):is_refused("badValue",
      "bacsVoltageHighAlarm")
    expect.snmp_set({ bacsImpcPollRate = 0 }, v1):is_refused("badValue", "bacsImpcPollRate")
    expect.snmp_set({ bacsVoltageLowAlarm = 14.5 }, v1):is_refused("badValue",
      "bacsVoltageLowAlarm")
    expect.snmp_set({ { "bacsNumStrings", 3 } }, v1):is_refused("noSuchName", "bacsNumStrings")
    expect.snmp_set({ { "1.3.6.1.2.1.33.5.1.13.1", 1 } }, v1):is_refused "noSuchName"
    expect.snmp_set({ bacsVoltageHighAlarm = 15.25 }, v1):is_ok()
    expect.setting "voltage.high_alarm":is(15.25)
  end,
}

scenario "a level that was set is judged by from then on" {
  tags = { "arm", "board", "snmp", "settings" },
  plant = "guide_dashboard",
  settings = writable,

  run = function(plant)
    local module = plant.string[1].module[4] -- 29.5 degC, the warmest
    settle()
    expect(plant):is_quiet()
    operator.snmp:set { bacsTemperatureHighAlarm = 29, bacsTemperatureHighWarn = 28 }
    within(rounds(3), function()
      expect(module):has "temperature_high"
      expect(plant):has "temperature_warn_high"
    end)
    note "and the event log tells who set what"
    expect.operator("log events"):shows_in_order { "setting_changed temperature.high_warn" }
    operator.snmp:set { bacsTemperatureHighAlarm = 35, bacsTemperatureHighWarn = 30 }
    within(rounds(3), function()
      expect(plant):is_quiet()
    end)
  end,
}

scenario "temperatures are set and read in Fahrenheit" {
  tags = { "arm", "snmp", "settings" },
  plant = "guide_dashboard",
  settings = writable,

  run = function(plant)
    local module = plant.string[1].module[4]
    settle()
    note "one request sets the unit, and levels in it"
    operator.snmp:set { { "bacsTemperatureUnit", 1 }, { "bacsTemperatureHighAlarm", 1013 },
      { "bacsTemperatureLowWarn", 455 } }
    expect.setting "temperature.unit":is "fahrenheit"
    expect.setting "temperature.high_alarm":is(38.5)
    expect.setting "temperature.low_warn":is(7.5)
    expect.snmp("bacsTemperatureHighAlarm"):is(1013)
    expect.snmp("bacsTemperatureHighWarn"):is(860) -- 30 degC
    expect(module.temperature):is(29.5)
    expect.snmp("bacsModuleTemperature", 4):is(851)

    note "natural units stay degC"
    operator.snmp:set { bacsTemperatureHighWarn = 29 }
    expect.snmp("bacsTemperatureHighWarn"):is(842)
    within(rounds(3), function()
      expect(plant):has "temperature_warn_high"
    end)
    expect(module):has_not "temperature_high"

    note "a number that no tenth of a degC is reads back as it was set, in its own unit"
    operator.snmp:set { { "bacsTemperatureHighWarn", 861 } }
    expect.snmp("bacsTemperatureHighWarn"):is(861)
    operator.snmp:set { bacsTemperatureUnit = "celsius" }
    expect.snmp("bacsTemperatureHighWarn"):is(301) -- 30.056 degC
    operator.snmp:set { bacsTemperatureUnit = "fahrenheit" }
    expect.snmp("bacsTemperatureHighWarn"):is(861)
  end,
}

scenario "what is set by SNMP and by the console is the same" {
  tags = { "arm", "snmp", "settings", "console" },
  plant = "two_strings_of_nine",
  settings = { ["snmp.write_community"] = "hunter2", ["system.description"] = "Cellar webmanager",
    ["system.contact"] = "nobody", ["system.name"] = "old", ["system.location"] = "attic" },

  run = function()
    settle()
    expect.snmp("sysDescr"):is "Cellar webmanager"
    expect.snmp("sysContact"):is "nobody"
    expect.snmp("sysName"):is "old"
    expect.setting "system.location":is "attic"
    operator "set system.location Cellar 2,  rack 5"
    expect.snmp("sysLocation"):is "Cellar 2,  rack 5"
    operator.snmp:set { sysLocation = "" }
    expect.setting "system.location":is ""
    operator "set system.name new"
    operator "set system.contact On call, 555 0199"
    operator 'set system.description ""'
    expect.setting "system.name":is "new"
    expect.setting "system.contact":is "On call, 555 0199"
    expect.setting "system.description":is ""
    operator "set voltage.high_alarm 15.3"
    expect.snmp("bacsVoltageHighAlarm"):is(1530)

    note "what never changes"
    expect.snmp("sysObjectID"):is "1.3.6.1.2.1.33"
    expect.snmp("sysServices"):is(64)
    wait(minutes(1))
    expect.snmp("sysUpTime"):is_near(6040, 100)
  end,
}
