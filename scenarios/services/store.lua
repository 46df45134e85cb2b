-- Records that cannot be believed: the webmanager starts with what it was given, and says so.

scenario "a damaged record of settings is a system error, and defaults" {
  tags     = { "arm", "services", "restart", "store", "settings" },
  plant    = "guide_dashboard",
  settings = { ["voltage.delay"] = 2 },

  run = function(plant)
    settle()
    operator "set voltage.delay 9"
    operator "set temperature.unit fahrenheit"
    operator "set modbus.unit_id 7"
    plant.webmanager:power_off()
    plant.webmanager.store:damage { record = "settings" }
    plant.webmanager:power_on()
    expect.operator("log events"):shows "store_damaged"
    settle()
    expect(plant):has "system_error"
    expect.modbus(1000):is(0x0141)
    expect.setting "voltage.delay":is(2)
    expect.setting "temperature.unit":is "celsius"
    expect(plant.module[1].temperature):is_near(27, 1)
    expect.modbus_unit(1):answers()
    expect.snmp("bacsAlarmTime", 1):is(0)

    note "it was there at the start, and stays over another one"
    expect.trap { told = "coldStart" }
    expect.no_trap()
    plant.webmanager:restart()
    settle()
    expect(plant):has "system_error"

    note "until settings are kept again"
    operator "set voltage.delay 3"
    expect(plant):has_not "system_error"
    expect.trap { removed = "system_error" }
    plant.webmanager:restart()
    settle()
    expect.setting "voltage.delay":is(3)
    expect(plant):is_quiet()
  end,
}

for _, version in ipairs { 0, 200 } do
  scenario(("a record of version %d is not read as if it were one's own"):format(version)) {
    tags  = { "arm", "services", "restart", "store", "settings" },
    plant = "guide_dashboard",

    run = function(plant)
      settle()
      operator "set voltage.high_warn 14.3"
      plant.webmanager:power_off()
      plant.webmanager.store:restamp { record = "settings", version = version }
      plant.webmanager:power_on()
      settle()
      expect(plant):has "system_error"
      expect.operator("log events"):shows "store_damaged"
      expect.setting "voltage.high_warn":is(14.1)
      operator "save"
      within(rounds(1), function() expect(plant):has_not "system_error" end)
      plant.webmanager:restart()
      settle()
      expect(plant):is_quiet()
      expect.setting "voltage.high_warn":is(14.1)
    end,
  }
end

scenario "a store that is damaged all over loses everything, and tells of it" {
  tags  = { "arm", "services", "restart", "store" },
  plant = "two_strings_of_nine",

  run = function(plant)
    settle()
    operator "set voltage.high_warn 14.3"
    operator "breaker open 1"
    within(rounds(3), function() expect(plant.gx_r_aux[1].output[1]):is "on" end)
    plant.string[2].current = -10
    within(seconds(15), function() expect(plant.webmanager.discharges):is(1) end)
    plant.string[2].current = 0
    wait(minutes(10))
    plant.webmanager:power_off()
    plant.webmanager.store:damage()
    plant.webmanager:power_on()
    settle()
    expect(plant):has "system_error"
    expect.setting "voltage.high_warn":is(14.1)
    expect(plant.webmanager.discharges):is(0)
    note "but the breaker is where its contact stands"
    within(rounds(2), function()
      expect(plant.string[1].breaker):is "open"
      expect(plant.gx_r_aux[1].output[1]):is "on"
    end)
    operator "save"
    within(rounds(1), function() expect(plant):has_not "system_error" end)
    plant.webmanager:restart()
    settle()
    expect(plant.string[1].breaker):is "open"
    expect(plant):has_not "system_error"
  end,
}
