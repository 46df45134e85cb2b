-- The power goes and comes back: what was kept is there again, what was only known is found anew.

scenario "while the power is off nobody answers, nothing shines and nobody is asked" {
  tags  = { "services", "restart", "panel" },
  plant = "two_strings_of_nine",

  run = function(plant)
    local webmanager, module = plant.webmanager, plant.string[1].module[3]
    settle()
    wait(seconds(20))
    plant.module[9].voltage = 16
    within(rounds(3), function() expect(webmanager.buzzer):is "on" end)
    expect(webmanager):is_on()
    expect(module.led):is "green"

    webmanager:power_off()
    expect(webmanager):is_off()
    expect(webmanager.alarm_led):is "off"
    expect(webmanager.red_led):is "off"
    expect(webmanager.green_led):is "off"
    expect(webmanager.buzzer):is "off"
    expect(webmanager.relay):is "dropped"
    expect.operator("show status"):is_refused "off"

    note "a minute without a question, then ten: the modules show it"
    wait(seconds(61))
    expect(module.led):is "flashing_green"
    wait(minutes(9))
    expect(module.led):is "off"
    note "what happens meanwhile is nobody's"
    plant.module[9].voltage = 13.5
    wait(minutes(1))
    expect(webmanager):is_off()

    webmanager:power_on()
    expect(webmanager):is_on()
    expect.modbus(1000):is(0x0002)
    within(seconds(1), function() expect(plant):has "initializing" end)
    settle()
    expect.modbus(1000):is(0x0041)
    expect(module.led):is "green"
    expect(plant):is_quiet()
    within(seconds(16), function() expect(webmanager.relay):is "picked_up" end)
  end,
}

scenario "a restart is a start: uptime from 0, one coldStart, and all modules asked anew" {
  tags  = { "services", "restart" },
  plant = "guide_dashboard",

  run = function(plant)
    settle()
    wait(minutes(5))
    plant.webmanager:restart()
    expect.snmp("sysUpTime"):is(0)
    expect.modbus(1000):is(0x0002)
    local uptime = expect.trap { told = "coldStart" }
    assert(uptime == 0, "it tells the uptime of the start that it is of")
    settle()
    expect.modbus(1000):is(0x0041)
    expect(plant.string[1].module[1].voltage):is(12.941)
    wait(seconds(30))
    expect.snmp("sysUpTime"):is_near(3100, 100)
    expect.operator("show status"):shows "boots=2"
    expect.operator("log events"):shows_in_order {
      "2020-06-01T00:05:00.746Z 0.000 started", "state 0x4000", "state 0x0041",
    }

    note "and again, after a night without power"
    plant.webmanager:restart { after = hours(8) }
    wait(hours(8))
    expect.trap { told = "coldStart" }
    settle()
    expect.snmp("sysUpTime"):is_below(500)
    expect.operator("log events"):shows "2020-06-01T08:05:31.493Z 0.000 started"
    expect(plant):is_quiet()
  end,
}

scenario "what an operator set is there after a restart, and nothing else has changed" {
  tags     = { "board", "services", "restart", "settings" },
  plant    = "two_strings_of_nine",
  settings = { ["voltage.delay"] = 2, ["temperature.high_warn"] = 31 },

  run = function(plant)
    settle()
    operator "set voltage.high_warn 14.2"
    operator "set temperature.low_alarm -7.5"
    operator "set temperature.unit fahrenheit"
    operator "set modbus.unit_id 7"
    operator "set impedance.reference 7.2"
    operator "set voltage.delay 9"
    operator "set voltage.delay 2"
    operator 'set system.location "the cellar, second door"'
    for _ = 1, 2 do
      plant.webmanager:restart()
      settle()
      expect.setting "voltage.high_warn":is(14.2)
      expect.setting "temperature.low_alarm":is(-7.5)
      expect.setting "temperature.unit":is "fahrenheit"
      expect.setting "voltage.delay":is(2)
      expect.setting "temperature.high_warn":is(31)
      expect.setting "voltage.high_alarm":is(15.5)
      expect.snmp("1.3.6.1.2.1.1.6.0"):is "the cellar, second door"
      expect.modbus_unit(7):answers()
      expect.modbus_unit(9):is_silent()
      expect(plant.module[1].temperature):is_near(24, 1)
      expect(plant):is_quiet()
    end
  end,
}

scenario "an alarm that outlasts a restart was there before: time 0, and only its end is told" {
  tags  = { "services", "restart" },
  plant = "guide_dashboard",

  run = function(plant)
    local module = plant.string[2].module[4]
    settle()
    wait(minutes(1))
    plant.string[1].module[2].temperature = 32
    within(rounds(3), function() expect.trap "temperature_warn_high" end)
    module.voltage = 15.8
    within(rounds(3), function()
      expect.trap "voltage_high"
      expect.trap "voltage"
    end)
    expect.snmp("bacsAlarmTime", 3):is_above(6000)

    plant.webmanager:restart { after = seconds(5) }
    plant.string[1].module[2].temperature = 24
    wait(seconds(5))
    settle()
    note "ids count from 1 again, which was initializing"
    expect(module):has "voltage_high"
    expect(plant):has_not "temperature_warn_high"
    expect.snmp("bacsAlarmId", 1):is "noSuchInstance"
    expect.snmp("bacsAlarmTime", 2):is(0)
    expect.snmp("bacsAlarmTime", 3):is(0)
    expect.snmp("bacsAlarmsPresent"):is(2)
    expect.trap { told = "coldStart" }
    expect.no_trap()

    note "what comes now is new, and told"
    wait(minutes(1))
    plant.string[1].module[2].temperature = 32
    within(rounds(3), function() expect.trap "temperature_warn_high" end)
    expect.snmp("bacsAlarmTime", 4):is_above(6000)
    module.voltage = 12.94
    within(rounds(3), function()
      expect.trap { removed = "voltage_high" }
      expect.trap { removed = "voltage" }
    end)
    expect.no_trap()
  end,
}

scenario "the count of discharges goes on after a restart" {
  tags  = { "restart", "discharge" },
  plant = "guide_dashboard",

  run = function(plant)
    local function carry(amperes)
      plant.string[1].current, plant.string[2].current = amperes, amperes
    end

    settle()
    carry(-10)
    within(seconds(13), function() expect(plant.webmanager.discharges):is(1) end)
    note "in the middle of a discharge: what goes on is seen anew, and counts anew"
    plant.webmanager:restart()
    settle()
    expect(plant.webmanager.discharges):is(1)
    within(seconds(15), function() expect(plant.webmanager.discharges):is(2) end)
    carry(0)
    wait(minutes(1))
    plant.webmanager:restart { after = days(1) }
    wait(days(1))
    settle()
    expect(plant.webmanager.discharges):is(2)
    carry(-10)
    within(seconds(15), function() expect(plant.webmanager.discharges):is(3) end)
  end,
}

scenario "the logs outlive the power, but for what was in the last block" {
  tags  = { "restart", "logs" },
  plant = "two_strings_of_nine",

  run = function(plant)
    local input = plant.gx_r_aux[1].input[2]
    settle()
    expect.operator("log events"):shows_in_order { "0.000 started", "state 0x0041" }
    note "more events than a block takes"
    for _ = 1, 100 do
      input.level = "alarm"
      wait(seconds(2))
      input.level = "normal"
      wait(seconds(2))
    end
    operator "set voltage.delay 5"
    expect.operator("log events"):shows "setting_changed voltage.delay 5"
    wait(hours(8))
    local before = #operator("log normal").lines

    plant.webmanager:restart { after = minutes(10) }
    wait(minutes(10))
    settle()
    expect.operator("log events"):shows_in_order {
      "0 2020-06-01T00:00:00.000Z started", "state 0x0041", "aux_input 2",
      "2020-06-01T08:16:40.757Z 0.000 started", "alarm_removed initializing",
    }
    assert(not operator("log events").said:find("setting_changed", 1, true),
      "what was in the block that was being filled is gone: no luck is counted on")
    note "of the measurements at most a block is gone, and the records go on"
    local kept = #operator("log normal").lines
    assert(before - kept < 200 and kept > 200, "kept " .. kept .. " of " .. before)
    wait(minutes(21))
    expect.operator("log normal 1"):shows "2020-06-01T08:36:42Z"
  end,
}

scenario "programmer mode ends with the power" {
  tags  = { "restart", "programmer" },
  plant = "two_strings_of_nine",

  run = function(plant)
    settle()
    operator "programmer on"
    within(seconds(1), function() expect(plant.module[1].led):is "fast_flashing_red" end)
    plant.webmanager:restart()
    settle()
    expect.operator("show programmer"):shows "mode=off"
    expect.modbus(1000):is(0x0041)
    within(minutes(2), function() expect(plant.module[1].led):is "green" end)
  end,
}

scenario "the slide switch that was moved is in force after the next start" {
  tags  = { "restart", "panel" },
  plant = "two_strings_of_nine",

  run = function(plant)
    expect(plant.webmanager.address_mode):is "configured"
    plant.webmanager:power_off()
    plant.webmanager.slide_switch = "middle"
    plant.webmanager:power_on()
    expect(plant.webmanager.address_mode):is "default"
    settle()
    plant.webmanager.slide_switch = "right"
    expect(plant.webmanager.address_mode):is "default"
    plant.webmanager:restart()
    expect(plant.webmanager.slide_switch):is "right"
    expect(plant.webmanager.address_mode):is "dhcp"
  end,
}
