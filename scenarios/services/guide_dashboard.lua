-- The guide prints a dashboard of two strings of nine blocks. Here it is, measured over the bus and
-- read by outsiders: every number of it, through every window, in that window's own encoding.

local dashboard = {
  { -- degC, mOhm of string 1
    { 27.5, 4.52 }, { 27.5, 4.69 }, { 27.5, 4.69 }, { 29.5, 5.39 }, { 27.0, 4.58 },
    { 27.0, 4.64 }, { 28.5, 5.11 }, { 27.0, 4.58 }, { 27.6, 4.62 },
  },
  { -- string 2
    { 26.5, 4.60 }, { 27.1, 4.71 }, { 27.5, 4.79 }, { 27.8, 4.62 }, { 26.5, 4.71 },
    { 27.5, 4.58 }, { 27.0, 4.66 }, { 27.2, 4.77 }, { 27.5, 4.58 },
  },
}
local block_voltage = { 12.941, 12.940 }

scenario "the guide's dashboard" {
  tags = { "arm", "services" },
  plant = "guide_dashboard",

  run = function(plant)
    settle()

    note "a healthy system on float: running and float charging, nothing else"
    expect.modbus(1000):is(0x0041)
    expect.modbus(1001):is(0)
    expect.modbus(1002):is(0)
    expect.snmp("bacsStatus"):is(0x0041)
    expect.snmp("bacsAlarmsPresent"):is(0)
    expect(plant):is_quiet()
    expect.no_trap()

    note "what is installed"
    expect(plant.strings):is(2)
    expect(plant.modules):is(18)
    expect.snmp("bacsNumStrings"):is(2)
    expect.snmp("bacsNumBatteries"):is(18)
    expect.snmp("bacsBattCap"):is(50)
    expect.snmp("bacsModuleType"):is(0)

    note "the totals"
    expect(plant.string[1].voltage_sum):is(116.469)
    expect(plant.string[2].voltage_sum):is(116.46)
    expect.snmp("bacsStringTotalVolt", 1):is(11647)
    expect.snmp("bacsStringTotalVolt", 2):is(11646)
    expect.snmp("bacsTotalVolt"):is(23293)
    expect.snmp("bacsAvModuleVolt"):is(1294)

    note "every block"
    for s, blocks in ipairs(dashboard) do
      expect(plant.string[s].current):is(0)
      expect(plant.string[s]):is_quiet()
      for m, block in ipairs(blocks) do
        local module = plant.string[s].module[m]
        expect(module.voltage):is(block_voltage[s])
        expect(module.temperature):is(block[1])
        expect(module.resistance):is(block[2])
        expect(module.bypass):is(0)
        expect(module):is_quiet()
      end
    end

    note "the first and the last block as a client sees them"
    expect.modbus(1060):is(133) -- (27.5 degC * 2) + 78
    expect.modbus(1061):is(12941)
    expect.modbus(1062):is(452)
    expect.modbus(1060 + 17 * 5 + 1):is(12940)
    expect.snmp("bacsModuleVoltage", 18):is(1294)
    expect.snmp("bacsModuleTemperature", 18):is(275)
    expect.snmp("bacsModuleIndex", 18):is(17)
    expect.snmp("bacsModuleVoltage", 19):is "noSuchInstance"
    expect.modbus(1060 + 18 * 5 + 1):is(0)

    note "and it stays so"
    throughout(minutes(10), function()
      expect.modbus(1000):is(0x0041)
      expect(plant):is_quiet()
    end, { every = minutes(1) })
    expect.no_trap()
  end,
}

scenario "the dashboard in Fahrenheit" {
  tags = { "arm", "board", "services" },
  plant = "guide_dashboard",
  settings = { ["temperature.unit"] = "fahrenheit" },

  run = function(plant)
    settle()
    expect.snmp("bacsModuleTemperature", 1):is(815) -- 27.5 degC
    expect.snmp("bacsTemperatureHighAlarm"):is(950) -- 35 degC
    expect.modbus(1060):is(133)
    expect(plant.string[2].module[2].temperature):is(27.1)
    expect(plant):is_quiet()
  end,
}
