-- language.lua — the language's own arithmetic and judgement, on windows that a test makes up: what
-- must agree, what must be told as disagreement, and which encodings are right. Runs under plain
-- Lua from the top of the tree; the windows are tables here.

local registers, objects, rows, settings = {}, {}, {}, {}
local said, asked = {}, {} -- request -> what the console says; the requests in order
local generation = 0
local is_complete, has_sensor = true, true

local function point(id, scope, name, natural, per_natural, modbus, snmp)
  modbus.name, snmp.name = "REGISTER", "object_" .. name
  return { id = id, scope = scope, name = name, natural = natural, per_natural = per_natural,
    modbus = modbus, snmp = snmp }
end

local host = {
  points = {
    point(0, "module", "voltage", "V", 1000, { kind = "s16", divisor = 1 },
      { kind = "linear", divisor = 10 }),
    point(1, "module", "temperature", "degC", 1000, { kind = "half_degree" },
      { kind = "temperature" }),
    point(2, "module", "alarm", "", 1, { kind = "u16" }, { kind = "integer" }),
    point(3, "string", "current", "A", 1000, { kind = "string_factor" },
      { kind = "linear", divisor = 10 }),
    point(4, "system", "alarm", "", 1, { kind = "u16" }, { kind = "not_shown" }),
    point(5, "system", "status", "", 1, { kind = "u16" }, { kind = "integer" }),
    point(6, "string", "breaker", "", 1, { kind = "not_shown" }, { kind = "not_shown" }),
    point(7, "sensor", "current", "A", 1000, { kind = "not_shown" }, { kind = "not_shown" }),
    point(8, "sensor", "link", "", 1, { kind = "not_shown" }, { kind = "not_shown" }),
  },
  alarms_known = {
    { name = "voltage_high", number = 6, scope = "module", alarm_flag = 4, string_flag = 0,
      status_flag = 0x200, battery_flag = 0 },
    { name = "string_volt_high", number = 27, scope = "string", alarm_flag = 4, string_flag = 0,
      status_flag = 0x200, battery_flag = 0 },
    { name = "module_lost", number = 0, scope = "module", alarm_flag = 0x400, string_flag = 0,
      status_flag = 0, battery_flag = 0 },
    { name = "sensor_communication_lost", number = 23, scope = "system", alarm_flag = 0,
      string_flag = 0, status_flag = 0x800, battery_flag = 0 },
    { name = "discharging", number = 24, scope = "system", alarm_flag = 0, string_flag = 0,
      status_flag = 8, battery_flag = 0 },
  },
  settings = {},
  is_on = function() return true end,
  boots = function() return 1 end,
  texts = {},
  standard = {},
  now_us = function() return 0 end,
  generation = function() generation = generation + 1 return generation end,
  registers = function(first, count)
    local values = {}
    for i = 1, count do
      values[i] = registers[first + i - 1] or 0
    end
    return values
  end,
  objects = function(oids)
    local values = {}
    for i, oid in ipairs(oids) do
      values[i] = objects[oid] or 0
    end
    return values
  end,
  alarms = function() return rows end,
  traps = function() return {} end,
  setting = function(name) return settings[name] or 1 end,
  point_register = function(id) return id < 6 and 1000 + id or nil end,
  point_oid = function(id) return id ~= 4 and id < 6 and "1.3." .. id or nil end,
  reference = function(value) return table.unpack(value) end,
  contact = function() return false end,
  is_complete = function() return is_complete end,
  has_sensor = function() return has_sensor end,
}

-- Choices, and what only the console shows.
host.points[7].names = { none = 0, closed = 1, open = 2 }
host.points[7].unit, host.points[8].unit = "choice", "mA"
host.points[9].unit, host.points[9].names = "choice", { unknown = 0, present = 1, lost = 2 }
function host.console(bytes)
  local request = bytes:gsub("\n", "")
  asked[#asked + 1] = request
  return said[request] or "error unknown no such request\n"
end
function host.setting_is(name, text)
  settings[name] = text
end
host.settings = {
  { name = "voltage.delay", per_natural = 1, natural = "s", value_default = 0, names = {} },
  { name = "runaway.action", per_natural = 1, natural = "", value_default = 0,
    names = { none = 0, open_breaker = 1 } },
}

local function load_part(name, ...)
  return assert(loadfile("harness/lua/" .. name))(...)
end
local failure = load_part("failure.lua", host)
local console = load_part("console.lua", host, failure)
local windows = load_part("windows.lua", host, console)
local watch = load_part("expect.lua", host, windows, failure,
  load_part("ledger.lua", host, windows), console)
local expect = watch.expect

local voltage = { "module", 1, "voltage", "module.voltage" }
local temperature = { "module", 1, "temperature", "module.temperature" }
local current = { "string", 1, "current", "string.current" }
local plant = { "plant", 0, nil, "plant" }

local checks = 0

local function holds(fn)
  checks = checks + 1
  local ok, problem = pcall(fn)
  if not ok then
    error(type(problem) == "table" and problem.want .. "\n" .. table.concat(problem.saw, "\n") or
      problem, 2)
  end
end

local function fails(fn, disagree)
  checks = checks + 1
  local ok, problem = pcall(fn)
  assert(not ok, "it should not hold")
  assert(failure.is_failure(problem), problem)
  assert((problem.disagree or false) == (disagree or false), "disagreement: " .. problem.want)
end

-- A mistake in how it is asked, however the values are.
local function misused(text, fn)
  checks = checks + 1
  local ok, problem = pcall(fn)
  assert(not ok and type(problem) == "string" and problem:find(text, 1, true),
    ("it should say '%s', not '%s'"):format(text, tostring(problem)))
end

-- Each window rounds for itself, half away from zero.
settings = { ["temperature.unit"] = 0, ["modbus.string_factor"] = 1 }
registers[1000], objects["1.3.0"] = 12945, 1295
holds(function() expect(voltage):is(12.945) end)
holds(function() expect(voltage):is_above(12.944) end)
holds(function() expect(voltage):is_below(12.946) end)
fails(function() expect(voltage):is(12.946) end)
fails(function() expect(voltage):is_above(12.945) end)
fails(function() expect(voltage):is_below(12.945) end)
holds(function() expect(voltage):is_near(12.95, 0.005) end)
fails(function() expect(voltage):is_near(12.95, 0.004) end)

-- A window that says something else is told, however wide the tolerance.
objects["1.3.0"] = 1296
fails(function() expect(voltage):is(12.945) end, true)
fails(function() expect(voltage):is_near(12.95, 1) end, true)

-- Sign, whole amperes, tenths, and the end of a window's range.
registers[1003], objects["1.3.3"] = 65536 - 8, -750
holds(function() expect(current):is(-7.5) end)
registers[1003] = 65536 - 7 -- wrong for -7.5, but right for -7.497
fails(function() expect(current):is(-7.5) end)
registers[1003] = 65536 - 6
fails(function() expect(current):is(-7.5) end, true)
settings["modbus.string_factor"] = 100
registers[1003], objects["1.3.3"] = 32767, 40000
holds(function() expect(current):is(400) end)
fails(function() expect(current):is(401) end)

-- Temperatures, in both units.
registers[1001], objects["1.3.1"] = 133, 275
holds(function() expect(temperature):is(27.5) end)
settings["temperature.unit"] = 1
fails(function() expect(temperature):is(27.5) end, true)
objects["1.3.1"] = 815
holds(function() expect(temperature):is(27.5) end)
registers[1001], objects["1.3.1"] = 28, -130 -- -25 degC = -13 degF
holds(function() expect(temperature):is(-25) end)
settings["temperature.unit"] = 0
registers[1001], objects["1.3.1"] = 0, 0 -- nothing there
fails(function() expect(temperature):is(20) end)

-- A value that is not there reads 0: no value expectation holds but is_unavailable.
local function all_zero(holds_or_fails)
  holds_or_fails(function() expect(voltage):is(0) end)
  holds_or_fails(function() expect(voltage):is_near(0.1, 0.2) end)
  holds_or_fails(function() expect(voltage):is_below(10) end)
  holds_or_fails(function() expect(voltage):is_above(-1) end)
end
registers[1000], objects["1.3.0"] = 0, 0
all_zero(holds)
registers[1002], objects["1.3.2"] = 0x400, 0x400
all_zero(fails)
holds(function() expect(voltage):is_unavailable() end)
registers[1002], objects["1.3.2"] = 0, 0
is_complete = false
all_zero(fails)
is_complete = true
registers[1003], objects["1.3.3"] = 0, 0
said["show sensors"] = "sensor=1 link=present current=0.000\nok\n"
holds(function() expect(current):is(0) end)
fails(function() expect(current):is_unavailable() end)
has_sensor = false
fails(function() expect(current):is(0) end)
has_sensor = true
rows = { { id = 1, number = 23, time = 0 } }
holds(function() expect(current):is_near(0, 1) end) -- of another sensor
fails(function() expect(current):is_unavailable() end)
said["show sensors"] = "sensor=1 link=lost current=-\nok\n"
fails(function() expect(current):is_near(0, 1) end)
holds(function() expect(current):is_unavailable() end)
rows = {}
fails(function() expect(current):is_unavailable() end, true) -- nobody tells of it

-- What holds whatever is there is no expectation.
registers[1000], objects["1.3.0"] = 12945, 1295
misused("takes a number, got inf", function() expect(voltage):is_near(13.5, 1 / 0) end)
misused("takes a number, got -inf", function() expect(voltage):is_above(-1 / 0) end)
misused("every value", function() expect(voltage):is_near(13.5, 1e9) end)
misused("every value", function() expect(voltage):is_above(-1e6) end)
misused("every value", function() expect(voltage):is_below(1e6) end)
misused("not negative", function() expect(voltage):is_near(13.5, -1) end)
misused("not negative", function() expect.modbus(1000):is_near(65, -1) end)
misused("every value", function() expect.modbus(1000):is_near(65, 1e6) end)
misused("got inf", function() expect.modbus(1000):is_below(1 / 0) end)

-- An expect that no wish follows.
local mark = watch.open_mark()
holds(function() expect(voltage):is(12.945) watch.need_said(mark) end)
misused("says nothing", function() expect.modbus(1000) watch.need_said(mark) end)
misused("says nothing", function() local _ = expect(voltage) watch.need_said(mark) end)
holds(function() expect(voltage) watch.forget_open(mark) watch.need_said(mark) end)

-- An alarm with a bit of its own: every sign or none.
registers[1005], objects["1.3.5"] = 8, 8
fails(function() expect(plant):has "discharging" end, true)
fails(function() expect(plant):has_not "discharging" end, true)
rows = { { id = 1, number = 24, time = 0 } }
holds(function() expect(plant):has "discharging" end)
objects["1.3.5"] = 0
fails(function() expect(plant):has "discharging" end, true)
registers[1005], rows = 0, {}
holds(function() expect(plant):has_not "discharging" end)

-- Alarms that share a bit: the row decides.
registers[1004], registers[1005], objects["1.3.5"] = 4, 0x200, 0x200
rows = { { id = 2, number = 27, time = 0 } }
holds(function() expect(plant):has "string_volt_high" end)
holds(function() expect(plant):has_not "voltage_high" end)
fails(function() expect(plant):has "voltage_high" end)
registers[1004] = 0
fails(function() expect(plant):has "string_volt_high" end, true)

-- What no other window shows is looked up at the console: one item by itself, then all of them.
local breaker = { "string", 1, "breaker", "string[1].breaker" }
local other = { "string", 2, "breaker", "string[2].breaker" }
said["show strings 1"] = "string=1 position=0 breaker=open text=\"two words=3\"\nok\n"
holds(function() expect(breaker):is "open" end)
fails(function() expect(breaker):is "closed" end)
misused("no value of string[1].breaker 'opened'; known: closed, none, open",
  function() expect(breaker):is "opened" end)
misused("no value of string[1].breaker '2'", function() expect(breaker):is(2) end)
fails(function() expect(other):is "open" end) -- the console does not know it
local now_generation = host.generation
host.generation = function() return -1 end
said["show strings"] = "string=1 breaker=open\nstring=2 breaker=closed\nok\n"
asked = {}
holds(function() expect(breaker):is "open" end)
holds(function() expect(other):is "closed" end)
holds(function() expect(breaker):is "open" end)
assert(table.concat(asked, ",") == "show strings 1,show strings", table.concat(asked, ","))
host.generation = now_generation

-- A value in natural units, and one that is not known.
local sensor = { "current_sensor", 1, "current", "current_sensor[1].current" }
said["show sensors"] = "sensor=1 link=present current=-7.460\nok\n"
holds(function() expect(sensor):is(-7.46) end)
holds(function() expect(sensor):is_near(-7.5, 0.04) end)
fails(function() expect(sensor):is(7.46) end)
fails(function() expect(sensor):is_above(-7.46) end)
holds(function() expect(sensor):is_above(-7.461) end)
said["show sensors"] = "sensor=1 link=lost current=-\nok\n"
fails(function() expect(sensor):is(0) end)
fails(function() expect(sensor):is_unavailable() end, true) -- the loss is not told
rows = { { id = 3, number = 23, time = 0 } }
holds(function() expect(sensor):is_unavailable() end)
rows = {}

-- Settings, and what a request is answered.
said["show settings voltage.delay"] = "setting=voltage.delay value=30 unit=s\nok\n"
said["show settings runaway.action"] = "setting=runaway.action value=none choices=a,b\nok\n"
holds(function() expect.setting "voltage.delay":is(30) end)
fails(function() expect.setting "voltage.delay":is(31) end)
holds(function() expect.setting "runaway.action":is "none" end)
fails(function() expect.setting "runaway.action":is "open_breaker" end)
misused("no setting 'voltage.dely'", function() expect.setting "voltage.dely" end)
misused("takes a number", function() expect.setting "voltage.delay":is "long" end)
said["set voltage.delay 5"], said["set voltage.delay 9"] = "ok\n", "error range no\n"
holds(function() expect.operator("set voltage.delay 5"):is_ok() end)
holds(function() expect.operator("set voltage.delay 9"):is_refused "range" end)
fails(function() expect.operator("set voltage.delay 9"):is_refused "conflict" end)
fails(function() expect.operator("set voltage.delay 5"):is_refused "range" end)
assert(settings["voltage.delay"] == "5", "only what was obeyed is in force")
holds(function() expect.operator("show strings"):shows "breaker=closed string=2" end)
fails(function() expect.operator("show strings"):shows "breaker=closed string=1" end)
fails(function() expect.operator("show strings"):shows "breaker=clos" end)
misused("takes one line", function() expect.operator("save\nsave"):is_ok() end)
misused("an empty line asks nothing", function() expect.operator("  "):is_ok() end)
said.save = ""
misused('the console does not answer "save", and may have obeyed it',
  function() expect.operator("save"):is_ok() end)
for _, wrong in ipairs { "string=1\n", "ok\nok\n", "ok" } do
  said.save = wrong
  misused("no answer with one end", function() expect.operator("save"):is_ok() end)
end

-- Without power nobody answers, and nothing is guessed.
host.console = function() return nil, "the webmanager is off" end
fails(function() expect.operator("save"):is_ok() end)
holds(function() expect.operator("save"):is_refused "off" end)
fails(function() expect.operator("save"):shows "off" end)

print(("%d checks"):format(checks))
