-- ledger.lua — what an expectation asserts and what it does not, on windows that a test makes up.
-- Runs under plain Lua from the top of the tree.

local registers, rows, traps, asserted, exercised = {}, {}, {}, {}, {}
local texts, said = {}, "ok\n"

-- Things have numbers in the bench; here each name gets one when it is first asked for.
local numbers, names = {}, {}
local function thing(kind, name)
  local key = kind .. " " .. name
  if not numbers[key] then
    names[#names + 1] = key
    numbers[key] = #names
  end
  return numbers[key]
end

local function point(id, scope, name, unit, register)
  return { id = id, scope = scope, name = name, unit = unit, natural = unit == "mV" and "V" or "",
    per_natural = unit == "mV" and 1000 or 1, register = register,
    modbus = { kind = unit == "mV" and "s16" or "u16", divisor = 1 },
    snmp = { kind = "not_shown", name = "object" } }
end

local points = {
  [0] = point(0, "module", "voltage", "mV", 1061), point(1, "module", "alarm", "flags", 1063),
  point(2, "aux_input", "level", "state", 3650), point(3, "programmer", "mode", "choice"),
  point(4, "programmer", "first", "address"), point(5, "panel", "buzzer", "choice"),
  point(6, "com2_input", "level", "state"),
}
points[2].names = { alarm = 0, normal = 1 }
points[3].names = { off = 0, on = 1 }
local function place_of(id, number)
  return points[id].register and points[id].register + (number - 1) * 5
end

local boots = 1

local host = {
  is_covering = true,
  points = { points[0], points[1], points[2], points[3], points[4], points[5] },
  alarms_known = {
    { name = "voltage_high", number = 0, scope = "module", alarm_flag = 4, string_flag = 0,
      status_flag = 0, battery_flag = 0 },
    { name = "module_lost", number = 0, scope = "module", alarm_flag = 2, string_flag = 0,
      status_flag = 0, battery_flag = 0 },
    { name = "discharging", number = 24, scope = "system", alarm_flag = 0, string_flag = 0,
      status_flag = 0, battery_flag = 0 },
  },
  settings = {
    { name = "bank.strings", value_default = 1, snmp_name = "bacsNumStrings", snmp_leaf = 2,
      snmp = { kind = "gauge" } },
    { name = "snmp.authentication_traps", value_default = 0, names = { no = 0, yes = 1 } },
  },
  texts = {
    { name = "system.name", value_default = "" },
    { name = "snmp.read_community", value_default = "public", is_secret = true },
    { name = "snmp.write_community", value_default = "", is_secret = true },
  },
  standard = {
    { name = "sysName", kind = "text", text = "system.name", oid = "1.3.6.1.2.1.1.5.0" },
    { name = "sysUpTime", kind = "uptime", oid = "1.3.6.1.2.1.1.3.0" },
    { name = "sysServices", kind = "constant", oid = "1.3.6.1.2.1.1.7.0" },
    { name = "snmpInPkts", kind = "counter", oid = "1.3.6.1.2.1.11.1.0" },
    { name = "snmpProxyDrops", kind = "idle", oid = "1.3.6.1.2.1.11.32.0" },
    { name = "snmpEnableAuthenTraps", kind = "setting", oid = "1.3.6.1.2.1.11.30.0" },
  },
  text = function(name) return texts[name] or "" end,
    receiver_address = function(number) return "127.0.0.1:" .. number end,
  receiver = function() end,
  request = function() return { code = "noError", index = 0, registers.object, oids = {} } end,
  console = function() return said end,
  now_us = function() return 0 end,
  generation = function() return #names + math.random(1 << 40) end,
  registers = function(first, count)
    local values = {}
    for i = 1, count do
      values[i] = registers[first + i - 1] or 0
    end
    return values
  end,
  objects = function(oids)
    local values = {}
    for i in ipairs(oids) do
      values[i] = registers.object
    end
    return values
  end,
  alarms = function() return rows end,
  traps = function()
    local new = traps
    traps = {}
    for _, trap in ipairs(new) do
      trap.receiver, trap.version, trap.who = 0, "v2c", "public"
      trap.uptime = trap.uptime or 1
    end
    return new, 0
  end,
  setting = function() return 1 end,
  point_register = function(id, number)
    return number <= 2 and place_of(id, number) or nil
  end,
  point_oid = function() end,
  reference = function(value) return table.unpack(value) end,
  is_complete = function() return true end,
  is_on = function() return true end,
  boots = function() return boots end,
  has_sensor = function() return true end,
  thing = thing,
  -- A value is what no other window shows.
  thing_of_point = function(kind, id)
    return (kind == "value") == (not points[id].register) and thing(kind, points[id].name) or nil
  end,
  thing_of_flag = function(id, bit) return thing("flag", points[id].name .. " " .. bit) end,
  asserted = function(number) asserted[#asserted + 1] = names[number] end,
  exercised = function(number) exercised[#exercised + 1] = names[number] end,
}

local function load_part(name, ...)
  return assert(loadfile("harness/lua/" .. name))(...)
end

local checks = 0

-- Plays the function in a language of its own; these things, and no others, are then asserted.
local function asserts(wanted, play)
  local failure = load_part("failure.lua", host)
  local console = load_part("console.lua", host, failure)
  local windows = load_part("windows.lua", host, console)
  local sinks = load_part("traps.lua", host, windows, failure, console)
  local manager = load_part("manager.lua", host, windows, failure, console)
  local ledger = load_part("ledger.lua", host, windows)
  local watch = load_part("expect.lua", host, windows, failure, ledger, console)
  load_part("expect_snmp.lua", host, windows, failure, ledger, watch, sinks, manager)
  registers, rows, traps, asserted, exercised, texts, boots = {}, {}, {}, {}, {}, {}, 1
  play(watch.expect, watch, ledger)
  sinks.fetch()
  watch.finish()
  table.sort(asserted)
  table.sort(wanted)
  checks = checks + 1
  local got, want = table.concat(asserted, ", "), table.concat(wanted, ", ")
  if got ~= want then
    error(("asserted %s; wanted %s"):format(got, want), 2)
  end
end

local module = { "module", 1, nil, "module[1]" }
local other = { "module", 2, nil, "module[2]" }
local plant = { "plant", 0, nil, "plant" }
local voltage = { "module", 1, "voltage", "module[1].voltage" }
local input = { "aux_input", 1, nil, "input[1]" }

-- ---- values -------------------------------------------------------------------------------

asserts({ "register voltage" }, function(expect)
  registers[1061] = 13000
  expect(voltage):is(13)
end)
asserts({}, function(expect)
  expect(voltage):is(0)
  expect(voltage):is_near(1, 2)
  expect(voltage):is_below(5)
  expect(voltage):is_above(-1)
end)
for _, play in ipairs {
  function(wish) wish:is_near(13, 1) end, function(wish) wish:is_above(12) end,
} do
  asserts({ "register voltage" }, function(expect)
    registers[1061] = 13000
    play(expect(voltage))
  end)
end
asserts({}, function(expect)
  expect.modbus(1061):is(0)
  expect.modbus(1061):is_near(1, 2)
  expect.modbus(1061):is_below(5)
  expect.modbus(1061):is_above(-1)
end)
asserts({ "register voltage" }, function(expect)
  registers[1061] = 3
  expect.modbus(1061):is_near(2, 1)
end)
asserts({}, function(expect)
  registers[1061] = 3
  expect.modbus(1061):is_near(2, 2)
end)
asserts({ "register voltage" }, function(expect)
  registers[1061] = 3
  expect.modbus(1061):is_above(0)
end)
asserts({ "register voltage" }, function(expect)
  registers[1061] = 0xFFFE
  expect.modbus(1061):is_below(-1)
end)
-- Of a range what is not 0.
asserts({ "register alarm", "flag alarm 8" }, function(expect)
  registers[1063] = 8
  expect.modbus(1061, 3):is { 0, 0, 8 }
end)
-- Reserved registers are nothing to cover.
asserts({}, function(expect)
  registers[1007] = 5
  expect.modbus(1007):is(5)
end)

-- ---- flags --------------------------------------------------------------------------------

-- The whole word asserts its bits, a limit of it only the register.
asserts({ "register alarm", "flag alarm 1", "flag alarm 4" }, function(expect)
  registers[1063] = 5
  expect.modbus(1063):is(5)
end)
asserts({ "register alarm" }, function(expect)
  registers[1063] = 5
  expect.modbus(1063):is_above(4)
end)
asserts({ "register alarm", "flag alarm 4", "raised voltage_high" }, function(expect)
  registers[1063] = 5
  expect(module):has "voltage_high"
end)

-- ---- lines: both levels -------------------------------------------------------------------

asserts({}, function(expect)
  registers[3650] = 1
  expect(input):is "normal"
  expect(input):is "normal"
end)
asserts({ "register level", "object level" }, function(expect)
  registers[3650] = 1
  expect(input):is "normal"
  registers[3650] = 0
  expect(input):is "alarm"
end)
asserts({ "register level" }, function(expect)
  expect.modbus(3650):is(0)
  registers[3650] = 1
  expect.modbus(3650):is(1)
end)

asserts({ "value level" }, function(_, _, ledger)
  ledger.line(points[6], 2, 1)
  ledger.line(points[6], 2, 0)
end)
asserts({}, function(_, _, ledger) -- neither of the two was seen to change
  ledger.line(points[6], 1, 1)
  ledger.line(points[6], 2, 0)
end)

-- ---- settings: not the default ------------------------------------------------------------

asserts({}, function(expect)
  registers.object = 1
  expect.snmp("bacsNumStrings"):is(1)
end)
asserts({ "object bacsNumStrings", "setting bank.strings" }, function(expect)
  registers.object = 2
  expect.snmp("bacsNumStrings"):is(2)
end)
asserts({}, function(expect)
  registers.object = 2
  expect.snmp("bacsNumStrings"):is_above(0)
end)

-- ---- alarms -------------------------------------------------------------------------------

local raised = { "register alarm", "flag alarm 4", "raised voltage_high" }
local cleared = { "cleared voltage_high", table.unpack(raised) }

asserts({}, function(expect)
  expect(module):has_not "voltage_high"
  expect(module):is_quiet()
end)
asserts(cleared, function(expect)
  registers[1063] = 4
  expect(module):has "voltage_high"
  registers[1063] = 0
  expect(module):has_not "voltage_high"
end)
asserts(cleared, function(expect)
  registers[1063] = 4
  expect(module):has "voltage_high"
  registers[1063] = 0
  expect(module):is_quiet()
end)
-- Another module that has not got it says nothing of the one that had.
asserts(raised, function(expect)
  registers[1063] = 4
  expect(module):has "voltage_high"
  expect(other):has_not "voltage_high"
  expect(other):is_quiet()
end)
asserts({ "object bacsAlarmDescr", "raised discharging", "cleared discharging" }, function(expect)
  rows = { { id = 2, number = 24, time = 0 } }
  expect(plant):has "discharging"
  rows = {}
  expect(plant):has_not "discharging"
end)

-- What a restart forgets has not been cleared.
asserts(raised, function(expect)
  registers[1063] = 4
  expect(module):has "voltage_high"
  registers[1063], boots = 0, 2
  traps = { { kind = "coldStart", receiver = 0, id = 0, number = 0, uptime = 0 } }
  expect(module):has_not "voltage_high"
end)

-- ---- within: what held in the look that ended it ------------------------------------------

asserts({}, function(expect, watch)
  registers[1063] = 4
  local mark = watch.try()
  expect(module):has "voltage_high"
  watch.give_back(mark)
  registers[1063] = 0
  expect(module):has_not "voltage_high"
end)
asserts(cleared, function(expect, watch)
  registers[1063] = 4
  watch.try()
  expect(module):has "voltage_high"
  watch.keep()
  registers[1063] = 0
  watch.try()
  expect(module):has_not "voltage_high"
  watch.keep()
end)

-- ---- traps --------------------------------------------------------------------------------

asserts({}, function()
  traps = { { kind = "added", number = 24, id = 2 }, { kind = "other", number = 0, id = 0 } }
end)
assert(#exercised == 1 and exercised[1] == "added discharging", "a trap that came is exercised")
asserts({ "added discharging" }, function(expect)
  traps = { { kind = "added", number = 24, id = 2 } }
  expect.trap "discharging"
end)

asserts({ "told coldStart" }, function(expect)
  traps = { { kind = "coldStart", number = 0, id = 0 } }
  expect.trap "coldStart"
end)

-- ---- objects of the standard groups, and texts ---------------------------------------------

asserts({}, function(expect)
  registers.object = ""
  expect.snmp("sysName"):is ""
  registers.object = 0
  expect.snmp("sysUpTime"):is(0)
  expect.snmp("snmpInPkts"):is(0)
end)
assert(#exercised == 0, "what is dead is not exercised")
asserts({ "object sysName", "text system.name" }, function(expect)
  registers.object = "cellar"
  expect.snmp("sysName"):is "cellar"
end)
asserts({ "object snmpInPkts", "object sysServices", "object sysUpTime" }, function(expect)
  registers.object = 64
  expect.snmp("sysServices"):is(64)
  expect.snmp("sysUpTime"):is_above(60)
  expect.snmp("snmpInPkts"):is_near(60, 5)
end)
assert(#exercised == 3, "what lives is exercised by reading it")
-- A counter of what is never done is there, and stays at 0.
asserts({ "object snmpProxyDrops" }, function(expect)
  registers.object = 0
  expect.snmp("snmpProxyDrops"):is(0)
end)
asserts({ "object sysName", "text system.name" }, function(expect)
  said, registers.object = 'value="cellar"\nok\n', "cellar"
  expect.setting "system.name":is "cellar"
end)
asserts({}, function(expect)
  said, registers.object = 'value=""\nok\n', ""
  expect.setting "system.name":is ""
end)
-- That it is set does not say that it is the right one.
asserts({}, function(expect)
  said = "is_set=yes\nok\n"
  expect.setting "snmp.write_community":is_set()
end)
asserts({ "text snmp.write_community" }, function(expect)
  texts["snmp.write_community"] = "secret"
  expect.snmp_as { community = "secret" }:is_answered()
end)
asserts({}, function(expect)
  texts["snmp.read_community"] = "public"
  expect.snmp_as { community = "public" }:is_answered()
end)
asserts({ "object snmpEnableAuthenTraps", "setting snmp.authentication_traps" }, function(expect)
  registers.object = 1
  expect.snmp("snmpEnableAuthenTraps"):is(1)
end)

-- ---- the operator's answers ----------------------------------------------------------------

asserts({ "value mode", "value first" }, function(_, _, ledger)
  ledger.shown("show programmer", "mode=on first=3 told=4")
end)
asserts({}, function(_, _, ledger)
  ledger.shown("show programmer", "mode=off first=0")
  ledger.shown("show programmer", "first=-")
  ledger.shown("help", "mode=on")
end)
asserts({ "panel buzzer off" }, function(_, _, ledger)
  ledger.shown("show panel", "buzzer=off")
end)

-- Nobody asks: nothing is kept.
host.is_covering = false
asserts({}, function(expect)
  registers[1063] = 5
  expect(module):has "voltage_high"
end)

print(("%d checks passed"):format(checks))
