-- What does not fit a register stays at its end, and SNMP goes on (decision M7).

scenario "the sum of a long string in hundredths of a volt is held at the register's end" {
  tags = { "services" },
  plant = "string_of_fifty",
  -- With its high levels a factor of 100 would be refused (decision M6).
  settings = {
    ["modbus.string_factor"] = 100,
    ["string_voltage.high_alarm"] = 0,
    ["string_voltage.high_warn"] = 0,
    ["bus.round_period"] = 1,
  },

  run = function(plant)
    settle()
    expect.modbus(1011):is(32767)
    expect.modbus(1012):is(1350)
    expect.snmp("bacsStringTotalVolt", 1):is_near(67500, 10)

    note "just below the end it is exact again"
    for _, module in ipairs(plant.module) do
      module.voltage = 6.553
    end
    plant.module[1].voltage = 6.568
    within(rounds(3), function()
      expect.modbus(1011):is(32767)
      expect.snmp("bacsStringTotalVolt", 1):is(32767)
    end)
    plant.module[2].voltage = 6.543
    within(rounds(3), function()
      expect.modbus(1011):is(32766)
    end)
  end,
}
