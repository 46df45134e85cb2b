-- From power-up to RUNNING: who asks early is told that it is early.

scenario "power-up is initializing until every value was measured once" {
  tags = { "services" },
  needs = { "virtual_time" }, -- milliseconds, or the first instant, are what it is about
  plant = "guide_dashboard",

  run = function(plant)
    note "switched on, and nothing asked yet: connected"
    expect.modbus(1000):is(0x0002)
    expect.snmp("bacsStatus"):is(0x0002)

    within(seconds(1), function()
      expect(plant):has "initializing"
    end)
    expect.modbus(1000):is(0x4000)

    settle()
    expect(plant):has_not "initializing"
    expect.modbus(1000):is(0x0041)
    expect.snmp("sysDescr"):is "G.BMS SNMP Agent"
    expect.snmp("sysObjectID"):is "1.3.6.1.2.1.33"

    note "the row of initializing is told by no trap"
    expect.no_trap()
  end,
}

scenario "an alarm that was there at power-up is older than the system" {
  tags = { "services" },
  plant = "guide_dashboard",

  run = function(plant)
    local module = plant.string[1].module[3]
    module.voltage = 15.8

    settle()
    expect(module):has "voltage_high"
    expect(plant):has "voltage_high"

    note "no trap tells of its arrival, and its time is 0: it existed before"
    expect.no_trap()
    expect.snmp("bacsAlarmsPresent"):is(2) -- voltage and voltage_high
    expect.snmp("bacsAlarmTime", 2):is(0) -- row 1 was initializing
    expect.snmp("bacsAlarmTime", 1):is "noSuchInstance"

    note "its end is told"
    module.voltage = 12.94
    within(rounds(3), function()
      expect(plant):has_not "voltage_high"
      expect.trap { removed = "voltage_high" }
      expect.trap { removed = "voltage" }
    end)
    expect(plant):is_quiet()
    expect.no_trap()
  end,
}
