-- Every setting that an operator may change: set, kept, and read back where it shows; and all that
-- is refused, with nothing changed by it.

-- Legal together, each other than its default; an order in which no step contradicts what stands.
local changes = {
  { "log.rate_normal", 600 },
  { "log.rate_current", 120 },
  { "impedance.poll_rate", 60 },
  { "impedance.low_alarm", 1.05 },
  { "impedance.low_warn", 1.15 },
  { "impedance.high_warn", 35.5 },
  { "impedance.high_alarm", 45.25 },
  { "temperature.low_alarm", -10.5 },
  { "temperature.low_warn", 0.5 },
  { "temperature.high_alarm", 60 },
  { "temperature.high_warn", 55.5 },
  { "voltage.low_alarm", 11.25 },
  { "voltage.low_warn", 11.75 },
  { "voltage.high_warn", 14.4 },
  { "voltage.high_alarm", 15.25 },
  { "string_voltage.low_alarm", 99.5 },
  { "string_voltage.low_warn", 104 },
  { "string_voltage.high_warn", 130.25 },
  { "string_voltage.high_alarm", 140 },
  { "current_deviation.discharge_alarm", 22 },
  { "current_deviation.charge_alarm", 21 },
  { "current_deviation.discharge_warn", 12 },
  { "current_deviation.charge_warn", 11 },
  { "voltage.max_difference", 0.75 },
  { "string_current.low_alarm", -40 },
  { "string_current.low_warn", -30.5 },
  { "string_current.high_warn", 30.5 },
  { "string_current.high_alarm", 40 },
  { "voltage.delay", 30 },
  { "voltage.hysteresis", 0.125 },
  { "string_voltage.hysteresis", 1.5 },
  { "temperature.hysteresis", 1.25 },
  { "impedance.hysteresis", 2.5 },
  { "string_current.hysteresis", 0.75 },
  { "bus.baud", 9600 },
  { "bus.answer_timeout", 0.05 },
  { "bus.round_period", 2.5 },
  { "runaway.delta", 12.5 },
  { "runaway.rise", 20 },
  { "runaway.current", 0.5 },
  { "runaway.hold", 300 },
  { "runaway.action", "open_breaker" },
  { "equalizing.paused", "yes" },
  { "equalizing.low", 12.25 },
  { "equalizing.high", 14.25 },
  { "equalizing.start", 0.02 },
  { "equalizing.full", 0.5 },
  { "alarm.sensor_lost_is_general", "yes" },
  { "panel.relay_delay", 20 },
  { "programmer.idle_limit", 600 },
  { "modbus.string_factor", 10 },
  { "modbus.clients_max", 8 },
}
for i = 1, 16 do
  changes[#changes + 1] = { "equalizing.enabled_" .. i, "no" }
end

local function all_stand()
  for _, change in ipairs(changes) do
    expect.setting(change[1]):is(change[2])
  end
end

scenario "every setting takes another value and disturbs no other" {
  tags  = { "console", "settings" },
  plant = "two_strings_of_nine",

  run = function()
    settle()
    for _, change in ipairs(changes) do
      operator(("set %s %s"):format(change[1], change[2]))
      expect.setting(change[1]):is(change[2])
    end
    note "time for more requests, and rounds in which nothing may fall back"
    wait(rounds(10))
    all_stand()
    operator "save"
    all_stand()
  end,
}

scenario "what SNMP is told by and whom it tells takes other values" {
  tags  = { "console", "settings" },
  plant = "two_strings_of_nine",

  run = function()
    local of_snmp = { { "snmp.v3_level", "priv" }, { "snmp.authentication_traps", "yes" } }
    for i = 1, 4 do
      of_snmp[#of_snmp + 1] = { ("snmp.user_%d_access"):format(i), "write" }
    end
    for i = 1, 8 do
      of_snmp[#of_snmp + 1] = { ("snmp.receiver_%d_version"):format(i), "v3" }
      of_snmp[#of_snmp + 1] = { ("snmp.receiver_%d_kind"):format(i), "inform" }
      of_snmp[#of_snmp + 1] = { ("snmp.receiver_%d_user"):format(i), 4 }
    end
    settle()
    note "the bench's own receiver would want a user of v3"
    operator 'set snmp.receiver_8_address ""'
    for _, change in ipairs(of_snmp) do
      operator(("set %s %s"):format(change[1], change[2]))
    end
    wait(rounds(10))
    for _, change in ipairs(of_snmp) do
      expect.setting(change[1]):is(change[2])
    end
  end,
}

scenario "a text takes blanks and nothing, and a secret one is told nowhere" {
  tags  = { "console", "settings" },
  plant = "two_strings_of_nine",

  run = function()
    settle()
    operator "set system.location Cellar 2,   rack 5; behind the second door on the left"
    expect.operator("show settings system.location"):shows
      'value="Cellar 2,   rack 5; behind the second door on the left"'
    operator 'set system.location ""'
    expect.operator("show settings system.location"):shows 'value=""'
    expect.operator("show settings snmp.write_community"):shows "is_set=no"
    operator "set snmp.write_community hunter2"
    expect.operator("show settings snmp.write_community"):shows "is_set=yes"
    for _, line in ipairs(operator("show settings").lines) do
      assert(not line:find "hunter2", line)
    end
    expect.operator("log events"):shows_in_order {
      "text_changed system.location", "text_changed system.location",
      "text_changed snmp.write_community",
    }
    for _, line in ipairs(operator("log events").lines) do
      assert(not line:find "hunter2", line)
    end
    note "what it cannot be is refused without telling it back"
    expect.operator("set snmp.user_1_auth swordf"):is_refused "range"
    expect.operator("set snmp.receiver_1_address example.org:162"):is_refused "range"
    expect.operator("set snmp.read_community hunter2"):is_refused "conflict"
    expect.operator('set snmp.engine ""'):is_refused "conflict"
    expect.operator("set snmp.user_1_name joe"):is_refused "conflict"
  end,
}

scenario "a new unit of temperature changes the numbers of SNMP and no threshold" {
  tags  = { "console", "settings" },
  plant = "two_strings_of_nine",

  run = function(plant)
    settle()
    expect.snmp("bacsTemperatureHighAlarm"):is(350)
    operator "set temperature.unit fahrenheit"
    expect.snmp("bacsTemperatureHighAlarm"):is(950)
    expect.setting "temperature.high_alarm":is(35)
    expect.setting "temperature.unit":is "fahrenheit"
    plant.string[1].module[2].temperature = 34.5
    throughout(rounds(3), function()
      expect(plant.string[1].module[2]):has_not "temperature_high"
    end)
    expect(plant.string[1].module[2].temperature):is_near(34.5, 0.5)
  end,
}

scenario "a reference sets the four levels of resistance around it" {
  tags  = { "console", "settings" },
  plant = "two_strings_of_nine",

  run = function()
    settle()
    operator "set impedance.reference 4.6"
    expect.setting "impedance.reference":is(4.6)
    expect.setting "impedance.low_alarm":is(2.3)
    expect.setting "impedance.low_warn":is(2.76)
    expect.setting "impedance.high_warn":is(5.98)
    expect.setting "impedance.high_alarm":is(6.9)
    note "no step to 0 and back loses them"
    operator "set impedance.reference 0"
    expect.setting "impedance.high_alarm":is(6.9)
  end,
}

scenario "another unit identifier is answered from the moment it is set" {
  tags  = { "console", "settings" },
  plant = "two_strings_of_nine",

  run = function()
    settle()
    operator "set modbus.unit_id 42"
    expect.setting "modbus.unit_id":is(42)
    expect.modbus_unit(42):answers()
    expect.modbus_unit(1):is_silent()
    expect.modbus(1000):is(0x0041)
  end,
}

-- What cannot be, why, and the setting that must stand as it was.
local refusals = {
  { "voltage.low_alarm", 14.5, "conflict" }, -- above the high warning
  { "voltage.low_warn", 11.9, "conflict" },  -- below the low alarm
  { "voltage.high_warn", 15.6, "conflict" }, -- above the high alarm
  { "voltage.high_warn", 12, "conflict" },   -- not above the low warning
  { "voltage.high_alarm", 14, "conflict" },  -- below the high warning
  { "temperature.low_warn", 30, "conflict" },
  { "temperature.high_alarm", 29.9, "conflict" },
  { "impedance.low_alarm", 1.3, "conflict" },
  { "string_voltage.high_warn", 135.1, "conflict" },
  { "modbus.string_factor", 1000, "range" },
  { "modbus.string_factor", 5, "range" },
  { "modbus.clients_max", 65, "range" },
  { "modbus.clients_max", 0, "range" },
  { "bus.answer_timeout", 0.009, "range" },
  { "bus.answer_timeout", "soon", "range" },
  { "runaway.action", "explode", "range" },
  { "runaway.action", "OPEN_BREAKER", "range" },
  { "impedance.poll_rate", 43201, "range" },
  { "voltage.delay", -1, "range" },
  { "voltage.delay", "inf", "range" },
  { "bank.modules", 12, "range" }, -- what the plant is
  { "bank.strings", 1, "range" },
  { "bank.module_type", "c40", "range" },
  { "battery.capacity", 100, "range" },
  { "breaker.output_1", 2, "range" },
}

scenario "a setting that is out of range or contradicts another is refused and changes nothing" {
  tags  = { "console", "settings" },
  plant = "two_strings_of_nine",

  run = function(plant)
    settle()
    local before = operator "show settings"
    for _, refusal in ipairs(refusals) do
      expect.operator(("set %s %s"):format(refusal[1], refusal[2])):is_refused(refusal[3])
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
