-- The alarm table and the counters beside it, as a manager reads them.

scenario "a row has its number, its kind and its time" {
  tags = { "services" },
  plant = "guide_dashboard",

  run = function(plant)
    local hot, empty = plant.string[1].module[2], plant.string[2].module[5]
    settle()
    wait(seconds(100))

    note "the first alarm, a hundred seconds after the start; row 1 was initializing"
    hot.temperature = 32
    within(rounds(3), function()
      expect(plant):has "temperature_warn_high"
    end)
    expect.snmp("bacsAlarmsPresent"):is(1)
    expect.snmp("bacsAlarmId", 2):is(2)
    expect.snmp("bacsAlarmTime", 2):is_near(10150, 150) -- in hundredths of a second

    note "a second one, a minute later"
    wait(minutes(1))
    empty.voltage = 11.5
    within(rounds(3), function()
      expect(plant):has "voltage_low"
    end)
    expect.snmp("bacsAlarmsPresent"):is(3) -- and voltage
    expect.snmp("bacsAlarmTime", 2):is_near(10150, 150)
    expect.snmp("bacsAlarmTime", 3):is_near(16300, 250)
    expect.snmp("bacsAlarmTime", 4):is_near(16300, 250)

    note "another module with the same alarm makes no new row"
    plant.string[2].module[6].voltage = 11.5
    within(rounds(3), function()
      expect(plant.string[2].module[6]):has "voltage_low"
    end)
    expect.snmp("bacsAlarmsPresent"):is(3)
    plant.string[2].module[6].voltage = 12.94
    wait(rounds(3))
    expect(plant):has "voltage_low"

    note "a row goes with its last cause, and its number is not used again"
    hot.temperature = 27
    within(rounds(3), function()
      expect(plant):has_not "temperature_warn_high"
    end)
    expect.snmp("bacsAlarmId", 2):is "noSuchInstance"
    hot.temperature = 32
    within(rounds(3), function()
      expect(plant):has "temperature_warn_high"
    end)
    expect.snmp("bacsAlarmId", 2):is "noSuchInstance"
    expect.snmp("bacsAlarmId", 5):is(5)
    expect.trap { added = "temperature_warn_high" }
    expect.trap { added = "voltage" }
    expect.trap { added = "voltage_low" }
    expect.trap { removed = "temperature_warn_high" }
    expect.trap { added = "temperature_warn_high" }
    expect.no_trap()
  end,
}

scenario "lost modules count in no counter and in no average" {
  tags = { "services", "modules" },
  plant = "guide_dashboard",

  run = function(plant)
    local high, low = plant.string[1].module[1], plant.string[2].module[1]
    settle()
    high.voltage, low.voltage = 16, 14.5
    within(rounds(3), function()
      expect.snmp("bacsModuleAlarmsPresent"):is(1)
      expect.snmp("bacsModuleWarningsPresent"):is(1)
    end)
    expect.snmp("bacsAvModuleVolt"):is(1320) -- (8 * 12.941 + 16 + 8 * 12.94 + 14.5) / 18

    note "both fall silent: their voltages are nobody's any more"
    high:unplug()
    low:unplug()
    within(rounds(5), function()
      expect(high):has "module_lost"
      expect(low):has "module_lost"
    end)
    expect.snmp("bacsModuleAlarmsPresent"):is(0)
    expect.snmp("bacsModuleWarningsPresent"):is(0)
    expect.snmp("bacsAvModuleVolt"):is(1294)
    expect.snmp("bacsTotalVolt"):is(20705) -- of the sixteen that answer
    expect(plant.string[1].voltage_average):is(12.941)

    note "their alarms are not forgotten, for nothing has shown that they are over"
    expect(high):has "voltage_high"
    expect(plant):has "voltage_high"
  end,
}
