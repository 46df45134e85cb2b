-- Scenarios that must fail, one for each way to expect: an expectation that cannot fail proves
-- nothing. The test counts them; each `scenario` begins its line.

local function story(run)
  return {
    plant = "guide_dashboard",
    run = function(plant)
      settle()
      note "settled"
      run(plant, plant.string[1].module[1])
    end,
  }
end

scenario "has, of a module" (story(function(plant, module)
  within(rounds(3), function() expect(module):has "voltage_high" end)
end))

scenario "has, of a string" (story(function(plant)
  expect(plant.string[1]):has "voltage_low"
end))

scenario "has, of the plant" (story(function(plant)
  expect(plant):has "discharging"
end))

scenario "has not, of a module" (story(function(plant, module)
  module.voltage = 16
  wait(rounds(3))
  expect(module):has_not "voltage_high"
end))

scenario "has not, of a string with a shared bit" (story(function(plant, module)
  module.voltage = 16
  wait(rounds(3))
  expect(plant.string[1]):has_not "voltage_high"
end))

scenario "has not, of the plant" (story(function(plant, module)
  module.voltage = 16
  wait(rounds(3))
  expect(plant):has_not "voltage"
end))

scenario "module_lost of the plant" (story(function(plant)
  expect(plant):has "module_lost"
end))

scenario "a quiet module" (story(function(plant, module)
  module.temperature = 50
  wait(rounds(3))
  expect(module):is_quiet()
end))

scenario "a quiet string" (story(function(plant, module)
  module.temperature = 50
  wait(rounds(3))
  expect(plant.string[1]):is_quiet()
end))

scenario "a quiet plant: one warning is enough" (story(function(plant, module)
  module.temperature = 31
  wait(rounds(3))
  expect(plant):is_quiet()
end))

scenario "is, in one window only" (story(function(plant, module)
  expect(module.voltage):is(12.942)
end))

scenario "is near" (story(function(plant, module)
  expect(module.voltage):is_near(12.9, 0.03)
end))

scenario "is above" (story(function(plant, module)
  expect(module.voltage):is_above(12.941)
end))

scenario "is below" (story(function(plant, module)
  expect(module.voltage):is_below(12.941)
end))

scenario "is unavailable" (story(function(plant, module)
  expect(module.voltage):is_unavailable()
end))

scenario "is unavailable, where another device is lost" (story(function(plant)
  plant.string[1].current = 0
  plant.current_sensor[2]:unplug()
  within(rounds(6), function() expect(plant):has "sensor_communication_lost" end)
  expect(plant.string[1].current):is_unavailable()
end))

scenario "rounds go on over a restart" (story(function(plant)
  wait(rounds(20))
  local seconds_gone = 0
  plant:on_step(function()
    seconds_gone = seconds_gone + 1
    if seconds_gone == 2 then
      plant.webmanager:restart()
    end
  end, { every = 1 })
  within(rounds(5), function() expect.snmp("sysUpTime"):is_above(900) end)
end))

scenario "a text for a number" (story(function()
  expect.snmp("bacsAlarmsPresent"):is "0"
end))

scenario "throughout" (story(function(plant, module)
  module:drift { voltage = 12.5, over = 8 }
  throughout(seconds(10), function() expect(module.voltage):is_above(12.9) end)
end))

scenario "a register" (story(function()
  expect.modbus(1003):is(3)
end))

scenario "a register above" (story(function()
  expect.modbus(1003):is_above(2)
end))

scenario "an object" (story(function()
  expect.snmp("bacsNumStrings"):is(3)
end))

scenario "an object that is a text" (story(function()
  expect.snmp("sysObjectID"):is "1.3.6.1.2.1.34"
end))

scenario "a trap of another alarm" (story(function(plant, module)
  module.voltage = 14.5
  within(rounds(3), function() expect(plant):has "voltage_warn_high" end)
  expect.trap "voltage_high"
end))

scenario "a trap is used up once" (story(function(plant, module)
  module.voltage = 14.5
  within(rounds(3), function() expect(plant):has "voltage_warn_high" end)
  expect.trap "voltage_warn_high"
  expect.trap "voltage_warn_high"
end))

scenario "a removal that did not come" (story(function()
  expect.trap { removed = "voltage_high" }
end))

scenario "no trap" (story(function(plant, module)
  module.voltage = 14.5
  wait(rounds(3))
  expect.no_trap()
end))

scenario "an output" {
  plant = "two_strings_of_nine",
  run = function(plant)
    settle()
    expect(plant.gx_r_aux[1].output[1]):is "on"
  end,
}

scenario "an input" {
  plant = "two_strings_of_nine",
  run = function(plant)
    settle()
    plant.gx_r_aux[1].input[2].level = "alarm"
    wait(rounds(2))
    expect(plant.gx_r_aux[1].input[2]):is "normal"
  end,
}

scenario "settle, where a round takes an hour and a module is silent" {
  plant = "guide_dashboard",
  settings = { ["bus.round_period"] = 3600 },
  run = function(plant)
    plant.string[1].module[2]:unplug()
    settle()
    expect(plant):is_quiet()
  end,
}

scenario "a request that is refused" (story(function()
  operator "breaker open 99"
end))

scenario "a request that is obeyed, wanted refused" (story(function()
  expect.operator("show status"):is_refused "range"
end))

scenario "a request that is refused, wanted obeyed" (story(function()
  expect.operator("breaker open 99"):is_ok()
end))

scenario "a request that is refused with another code" (story(function()
  expect.operator("breaker open 99"):is_refused "conflict"
end))

scenario "words that no line of the answer has" (story(function()
  expect.operator("show modules 1..2"):shows "module=1 position=1"
end))

scenario "a setting that was never set" (story(function()
  expect.setting "voltage.high_alarm":is(15.2)
end))

scenario "a setting, by the name of another choice" (story(function()
  expect.setting "runaway.action":is "open_breaker"
end))

scenario "a state that only the console shows" (story(function(plant)
  expect(plant.string[1].breaker):is "open"
end))

scenario "a request that another half was typed before" (story(function()
  operator:types "sh"
  operator "show status"
end))

scenario "a webmanager that is on, wanted off" (story(function(plant)
  expect(plant.webmanager):is_off()
end))

scenario "a webmanager that is off, wanted on" (story(function(plant)
  plant.webmanager:power_off()
  expect(plant.webmanager):is_on()
end))

scenario "a register of a webmanager that is off" (story(function(plant)
  plant.webmanager:power_off()
  within(minutes(5), function() expect.modbus(1000):is(0x0041) end)
end))

scenario "an object of a webmanager that is off" (story(function(plant)
  plant.webmanager:power_off()
  expect(plant):has "discharging"
end))

scenario "a request at a webmanager that is off" (story(function(plant)
  plant.webmanager:power_off()
  operator "show status"
end))

scenario "a lamp of a webmanager that is off" (story(function(plant)
  plant.webmanager:power_off()
  expect(plant.webmanager.green_led):is "flashing_slowly"
end))

scenario "settle, where the power is off" (story(function(plant)
  plant.webmanager:restart { after = minutes(11) }
  settle()
end))

scenario "a contact while the webmanager is off" {
  plant = "two_strings_of_nine",
  run = function(plant)
    settle()
    plant.webmanager:power_off()
    expect(plant.gx_r_aux[1].output[1]):is "on"
  end,
}

scenario "a start that nobody asked for" (story(function()
  expect.trap { told = "coldStart" }
  expect.trap { told = "coldStart" }
end))

scenario "a start that is told only once" (story(function(plant)
  plant.webmanager:restart()
  expect.trap { told = "coldStart" }
  expect.trap { told = "coldStart" }
  expect.trap { told = "coldStart" }
end))

-- ---- managers and trap receivers ----------------------------------------------------------

local managed = { ["snmp.write_community"] = "hunter2", ["snmp.user_1_name"] = "alice",
  ["snmp.user_1_auth"] = "wonderland1", ["snmp.receiver_1_address"] = trap_receiver(1),
  ["snmp.receiver_2_address"] = trap_receiver(2), ["snmp.receiver_2_kind"] = "inform" }

local alice = { user = "alice", auth = "wonderland1" }

local function managed_story(run)
  local definition = story(run)
  definition.settings = managed
  return definition
end

scenario "a text that was never set" (managed_story(function()
  expect.setting "system.name":is "cellar"
end))

scenario "a secret that is not set, wanted set" (managed_story(function()
  expect.setting "snmp.user_2_auth":is_set()
end))

scenario "a secret that is set, wanted not set" (managed_story(function()
  expect.setting "snmp.user_1_auth":is_not_set()
end))

scenario "a stranger, wanted answered" (managed_story(function()
  expect.snmp_as { community = "private" }:is_answered()
end))

scenario "a manager that is answered, wanted silent" (managed_story(function()
  expect.snmp_as { community = "public" }:is_silent()
end))

scenario "a user that is answered, wanted refused" (managed_story(function()
  expect.snmp_as(alice):is_refused "wrongDigest"
end))

scenario "a user that is refused for another reason" (managed_story(function()
  expect.snmp_as { user = "alice", auth = "wonderland2" }:is_refused "unknownUserName"
end))

scenario "a manager that reads something else" (managed_story(function()
  expect.snmp_as { community = "public", object = "sysServices" }:is(63)
end))

scenario "a SET that is refused" (managed_story(function()
  operator.snmp:set { bacsVoltageHighAlarm = 14 }
end))

scenario "a SET that is obeyed, wanted refused" (managed_story(function()
  expect.snmp_set { bacsVoltageHighAlarm = 15 }:is_refused "inconsistentValue"
end))

scenario "a SET that is refused, wanted obeyed" (managed_story(function()
  expect.snmp_set({ sysName = "x" }, alice):is_ok()
end))

scenario "a SET that is refused with another error" (managed_story(function()
  expect.snmp_set { bacsVoltageHighAlarm = 14 }:is_refused "wrongValue"
end))

scenario "a SET that is refused for another object" (managed_story(function()
  expect.snmp_set { bacsVoltageHighAlarm = 14, sysName = "x" }
    :is_refused("inconsistentValue", "sysName")
end))

local function high(plant, module)
  module.voltage = 16
  within(rounds(3), function() expect(plant):has "voltage_high" end)
end

scenario "a trap of another version" (managed_story(function(plant, module)
  high(plant, module)
  expect.trap { added = "voltage_high", receiver = 1, version = "v1" }
end))

scenario "a trap, wanted an inform" (managed_story(function(plant, module)
  high(plant, module)
  expect.trap { added = "voltage_high", receiver = 1, kind = "inform" }
end))

scenario "a trap of another community" (managed_story(function(plant, module)
  high(plant, module)
  expect.trap { added = "voltage_high", receiver = 1, community = "private" }
end))

scenario "an inform that was not repeated" (managed_story(function(plant, module)
  high(plant, module)
  expect.trap { added = "voltage_high", receiver = 2, kind = "inform", is_repeated = true }
end))

scenario "authenticationFailure, which is off" (managed_story(function()
  operator.snmp:as({ community = "private" }):try { sysName = "x" }
  expect.trap "authenticationFailure"
end))

scenario "traps in another order" (managed_story(function(plant, module)
  high(plant, module)
  expect.traps_in_order { { added = "voltage_high" }, { added = "voltage" } }
end))

scenario "another number of traps" (managed_story(function(plant, module)
  high(plant, module)
  expect.trap_count { added = "voltage_high", receiver = 2 }:is(2)
end))

scenario "no trap at another receiver" (managed_story(function(plant, module)
  high(plant, module)
  expect.no_trap(1)
end))

scenario "a receiver that was unplugged for nothing" (managed_story(function(plant)
  expect(plant):is_quiet()
  trap_receiver(2):unplug()
end))

scenario "a community that does not read" (managed_story(function()
  operator.snmp:as({ community = "private" }):get "sysName"
end))

local function rtu_story(run)
  local entry = story(run)
  entry.settings = { ["com2.use"] = "modbus_rtu" }
  return entry
end

scenario "another register over RTU" (rtu_story(function()
  expect.modbus_rtu(1004):is(19)
end))

scenario "another range over RTU" (rtu_story(function()
  expect.modbus_rtu(1003, 2):is { 2, 19 }
end))

scenario "another value, with RTU among its windows" (rtu_story(function(plant, module)
  expect(module.voltage):is(12.942)
end))

scenario "a silent frame that is answered" (rtu_story(function()
  expect.modbus_rtu_frame("01 03 03 EC 00 01"):is_silent()
end))

scenario "another answer to a frame" (rtu_story(function()
  expect.modbus_rtu_frame("01 03 03 EC 00 01"):is_answered "01 03 02 00 13"
end))

scenario "an answer to a spoiled frame" (rtu_story(function()
  expect.modbus_rtu_frame("01 03 03 EC 00 01", { flip = 2 }):is_answered "01 03 02 00 12"
end))

scenario "an answer that takes longer" (rtu_story(function()
  expect.modbus_rtu_frame("01 03 03 EC 00 01"):takes(0.0108)
end))

scenario "a silent frame where nobody could answer" (story(function()
  expect.modbus_rtu_frame("02 03 03 EC 00 01"):is_silent()
end))
