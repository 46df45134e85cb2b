-- One sensor a string: positive charges, negative discharges, in every window.

scenario "a string's current with its sign, its sum and its average" {
  tags = { "board", "current" },
  plant = "guide_dashboard",

  run = function(plant)
    local first, second = plant.string[1], plant.string[2]
    settle()
    expect(first.current):is(0)
    expect(second.current):is(0)

    note "charging is positive"
    first.current = 12.34
    within(rounds(3), function()
      expect(first.current):is(12.34)
    end)
    expect.modbus(1010):is(12)
    expect.snmp("bacsStringCurrent", 1):is(1234)
    expect(second.current):is(0)

    note "discharging is negative, and half an ampere rounds away from zero"
    second.current = -7.5
    within(rounds(3), function()
      expect(second.current):is(-7.5)
    end)
    expect.modbus(1015):is(-8)
    expect.snmp("bacsStringCurrent", 2):is(-750)
    expect(first.current):is(12.34)

    note "whole volts for a Modbus client, hundredths for a manager"
    expect.modbus(1011):is(116)
    expect.modbus(1012):is(13)
    expect.modbus(1016):is(116)
    expect.snmp("bacsStringTotalVolt", 1):is(11647)
    expect.snmp("bacsStringAverageVol", 1):is(1294)

    note "ripple has no sign"
    first.current_ac = 1.26
    within(rounds(3), function()
      expect(first.current_ac):is(1.26)
    end)
    expect.modbus(1013):is(1)
    expect.snmp("bacsStringCurrentAC", 1):is(126)
    expect.modbus(1014):is(0)
  end,
}

scenario "string registers in tenths when asked for" {
  tags = { "current" },
  plant = "guide_dashboard",
  settings = { ["modbus.string_factor"] = 10 },

  run = function(plant)
    settle()
    plant.string[2].current = -7.46
    within(rounds(3), function()
      expect(plant.string[2].current):is(-7.46)
    end)
    expect.modbus(1015):is(-75)
    expect.modbus(1011):is(1165)
    expect.modbus(1012):is(129)
    expect.snmp("bacsStringCurrent", 2):is(-746)
  end,
}

scenario "the bank discharges when one string does" {
  tags = { "current" },
  plant = "guide_dashboard",

  run = function(plant)
    settle()
    expect.modbus(1000):is(0x0041)

    note "an ampere or a hundredth of C10, whichever is more: half an ampere is float"
    plant.string[1].current = -0.5
    throughout(seconds(30), function()
      expect.modbus(1000):is(0x0041)
    end)

    note "one string charges: so does the bank"
    plant.string[1].current = 5
    within(seconds(10), function()
      expect.modbus(1000):is(0x0011)
    end)

    note "the other discharges: that counts more"
    plant.string[2].current = -5
    within(seconds(10), function()
      expect.modbus(1000):is(0x0009)
      expect(plant):has "discharging"
    end)
  end,
}
