-- Modbus RTU on COM2: the same registers, for whoever has two wires instead of a network.

scenario "speed and parity of Modbus RTU are settings" {
  tags     = { "services", "com2", "settings" },
  plant    = "one_module",
  settings = { ["modbus.rtu_baud"] = 9600, ["modbus.rtu_parity"] = "odd" },

  run = function(plant)
    settle()
    expect.setting "modbus.rtu_baud":is(9600)
    expect.setting "modbus.rtu_parity":is "odd"
  end,
}
