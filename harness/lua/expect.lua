-- expect.lua — expectations: each looks through every window that can show the thing.

local host, windows, failure, ledger, console = ...

local count = 0 -- expectations judged; a scenario without any fails
local looks = 0 -- the same, with those that prove nothing

-- ---- an instant in real time ---------------------------------------------------------------

-- On a board an instant has a width: what is expected may come a moment later, and what two windows
-- show is read one after the other. What does not hold is looked at again for host.grace_us(),
-- except where `within` looks again by itself. In virtual time neither is so.
local PAUSE_US = 150000

local told -- what else is given back: how many traps were used up
local is_trying = false

local function patient(fn)
  if not host.is_on_board then
    return fn
  end
  return function(...)
    local until_us = not is_trying and host.now_us() + host.grace_us()
    while true do
      local mark, before, looks_before = told.mark(), count, looks
      local results = table.pack(xpcall(fn, failure.handle, ...))
      if results[1] then
        return table.unpack(results, 2, results.n)
      end
      if not failure.is_failure(results[2]) or not until_us or host.now_us() >= until_us then
        error(results[2], 0)
      end
      told.give_back(mark)
      count, looks = before, looks_before
      host.advance(host.now_us() + PAUSE_US, false)
    end
  end
end

-- What expect() gave and no wish has followed yet: object -> { where, order }.
local open, opened = {}, 0

-- seen: list of { text, ok }. Returns if all are ok and the windows agree. proves_nothing: it would
-- hold without a webmanager, too.
local function judge(want, seen, disagree, proves_nothing)
  count, looks = count + (proves_nothing and 0 or 1), looks + 1
  local good, saw = 0, {}
  for i, each in ipairs(seen) do
    good = good + (each.ok and 1 or 0)
    saw[i] = (each.ok and "  ok    " or "  wrong ") .. each.text
  end
  if good < #seen or disagree then
    failure.raise(want, saw, disagree)
  end
end

-- An object whose only members are the given methods; nothing is said until one is asked for.
local function with_methods(kind, methods, fields)
  local known = {}
  for name in pairs(methods) do
    known[#known + 1] = ":" .. name
  end
  table.sort(known)
  local object = setmetatable(fields or {}, {
    __index = function(self, name)
      if not methods[name] then
        open[self] = nil
        failure.unknown("expectation of " .. kind, ":" .. tostring(name), known)
      end
      local method = patient(methods[name])
      return function(...)
        open[self] = nil -- a wish that is named and not called says nothing
        return method(...)
      end
    end,
  })
  opened = opened + 1
  open[object] = { where = failure.where(), order = opened, known = known }
  return object
end

-- An expect(...) after the mark that was never followed by a wish is a mistake.
local function need_said(mark)
  local first
  for _, each in next, open do
    if each.order > mark and (not first or each.order < first.order) then
      first = each
    end
  end
  if first then
    open = {}
    error(("%s: this expect(...) says nothing; let one of these follow: %s"):format(first.where,
      table.concat(first.known, ", ")), 0)
  end
end

local function forget_open(mark)
  for object, each in next, open do
    if each.order > mark then
      open[object] = nil
    end
  end
end

local function need_number(value, what)
  if type(value) ~= "number" or value ~= value or math.abs(value) == math.huge then
    failure.misuse("%s takes a number, got %s", what,
      type(value) == "number" and tostring(value) or type(value))
  end
  return value
end

local function need_tolerance(value)
  if need_number(value, ":is_near(value, tolerance)") < 0 then
    failure.misuse("a tolerance is not negative")
  end
  return value
end

-- ---- alarms of an item --------------------------------------------------------------------

local GENERAL = { name = "general_alarm", number = 0, alarm_flag = 1, battery_flag = 1,
  string_flag = 0, status_flag = 0, scope = "any" }

local function find_alarm(name)
  if name == "general_alarm" then
    return GENERAL
  end
  local known = { "general_alarm" }
  for _, alarm in ipairs(host.alarms_known) do
    if alarm.name == name then
      return alarm
    end
    known[#known + 1] = alarm.name
  end
  failure.unknown("alarm", name, known)
end

-- Do other alarms that this kind of item can show have the same bit?
local function is_shared(alarm, flag, scopes)
  for _, other in ipairs(host.alarms_known) do
    if other ~= alarm and scopes[other.scope] and other[flag] == alarm[flag] then
      return true
    end
  end
  return false
end

local any_scope = { module = true, string = true, system = true }

-- signs: where an alarm shows. `decides`: it shows there if and only if the alarm is there; the
-- others show it too when it is there, but may show the same for another reason.
local function add_word(signs, point, number, flag, decides)
  for _, each in ipairs(windows.look(point, number)) do
    each.shows = each.raw ~= nil and each.raw & flag ~= 0
    each.decides = decides
    each.point, each.number, each.flag = point, number, flag
    if each.raw then
      each.text = ("%s = 0x%04X, bit 0x%04X %s"):format(each.place, each.raw & 0xFFFF, flag,
        each.shows and "set" or "clear")
    end
    signs[#signs + 1] = each
  end
end

local function add_row(signs, alarm, decides)
  local rows, present = windows.alarm_rows()
  local sign = { decides = decides, shows = rows ~= nil and present[alarm.number] == true }
  local list = {}
  for i, row in ipairs(rows or {}) do
    list[i] = row.number
  end
  sign.raw = rows and #rows
  sign.text = rows and ("snmp alarm table: row of bacsWellKnownAlarms.%d %s (rows of: %s)"):format(
    alarm.number, sign.shows and "present" or "absent",
    #list > 0 and table.concat(list, ", ") or "none") or "snmp alarm table: " .. present
  signs[#signs + 1] = sign
end

local gather = {}

function gather.module(signs, alarm, number)
  if (alarm.scope == "module" or alarm.scope == "any") and alarm.alarm_flag ~= 0 then
    add_word(signs, windows.point("module", "alarm"), number, alarm.alarm_flag, true)
  end
end

function gather.string(signs, alarm, number)
  local scopes = { module = true, string = true }
  if alarm.scope ~= "any" and not scopes[alarm.scope] then
    return
  end
  if alarm.alarm_flag ~= 0 then
    add_word(signs, windows.point("string", "alarm"), number, alarm.alarm_flag,
      not is_shared(alarm, "alarm_flag", scopes))
  end
  if alarm.string_flag ~= 0 then
    add_word(signs, windows.point("string", "alarm2"), number, alarm.string_flag,
      not is_shared(alarm, "string_flag", scopes))
  end
  if #signs > 0 and alarm.number ~= 0 then
    add_row(signs, alarm, false)
  end
end

function gather.plant(signs, alarm)
  -- The general alarm of the plant is not in 1002: not every cause is a module or a string.
  if alarm.alarm_flag ~= 0 and alarm ~= GENERAL then
    add_word(signs, windows.point("system", "alarm"), 1, alarm.alarm_flag,
      not is_shared(alarm, "alarm_flag", any_scope))
  end
  if alarm.status_flag ~= 0 then
    add_word(signs, windows.point("system", "status"), 1, alarm.status_flag,
      not is_shared(alarm, "status_flag", any_scope))
  end
  if alarm.battery_flag ~= 0 then
    add_word(signs, windows.point("system", "battery_status"), 1, alarm.battery_flag,
      not is_shared(alarm, "battery_flag", any_scope))
  end
  if alarm.number ~= 0 then
    add_row(signs, alarm, true)
  end
end

local function signs_of(item, name)
  if type(name) ~= "string" then
    failure.misuse("an alarm is named by text, as in :has \"voltage_high\"; got %s", type(name))
  end
  local alarm, signs = find_alarm(name), {}
  gather[item.kind](signs, alarm, item.number)
  if #signs == 0 then
    local ask = alarm.scope == "string" and item.kind == "module" and
      (alarm.alarm_flag ~= 0 or alarm.string_flag ~= 0) and
      "its string or the plant" or "the plant: expect(plant)"
    failure.misuse("no window shows %s of a %s; ask %s", name, item.kind, ask)
  end
  return signs
end

-- Of the signs that show an alarm if and only if it is there, do some show it and some not? Or
-- do they all, where another that should is silent?
local function signs_disagree(signs)
  local shown, clear, missing = false, false, false
  for _, sign in ipairs(signs) do
    if sign.raw ~= nil then
      shown = shown or sign.decides and sign.shows
      clear = clear or sign.decides and not sign.shows
      missing = missing or not sign.shows
    end
  end
  return shown and (clear or missing)
end

local function item_has(item, name)
  local signs = signs_of(item, name)
  for _, sign in ipairs(signs) do
    sign.ok = sign.shows
  end
  judge(("%s has %s"):format(item.name, name), signs, signs_disagree(signs))
  ledger.raised(item, find_alarm(name), signs)
end

local function item_has_not(item, name)
  local signs, deciders, shown = signs_of(item, name), 0, 0
  for _, sign in ipairs(signs) do
    deciders = deciders + (sign.decides and 1 or 0)
    shown = shown + (sign.shows and 1 or 0)
  end
  for _, sign in ipairs(signs) do
    local blamed = sign.decides or deciders == 0 and shown == #signs
    sign.ok = sign.raw ~= nil and not (sign.shows and blamed)
  end
  judge(("%s has not %s"):format(item.name, name), signs, signs_disagree(signs))
  ledger.gone(item, name)
end

local quiet_points = {
  module = { "alarm" },
  string = { "alarm", "alarm2" },
  plant = { "battery_status", "alarm", "alarms_present" },
}

local function item_is_quiet(item)
  local seen, disagree = {}, false
  local scope = item.kind == "plant" and "system" or item.kind
  for _, name in ipairs(quiet_points[item.kind]) do
    local words = windows.look(windows.point(scope, name), math.max(item.number, 1))
    disagree = disagree or windows.disagree(words)
    for _, each in ipairs(words) do
      each.ok = each.raw == 0
      seen[#seen + 1] = each
    end
  end
  if item.kind == "plant" then
    local rows, present = windows.alarm_rows()
    local numbers = {}
    for i, row in ipairs(rows or {}) do
      numbers[i] = row.number
    end
    seen[#seen + 1] = { ok = rows ~= nil and #rows == 0, text = "snmp alarm table: " .. (rows and
      (#rows == 0 and "no row" or "rows of " .. table.concat(numbers, ", ")) or present) }
  end
  judge(item.name .. " is quiet", seen, disagree)
  ledger.quiet(item)
end

local item_methods = { has = item_has, has_not = item_has_not, is_quiet = item_is_quiet }

-- ---- values -------------------------------------------------------------------------------

local function value_text(reference, text)
  return ("%s %s"):format(reference.name, text)
end

-- Why a 0 in all windows is no value: what is not there reads 0. Or nil.
-- A current's sensor tells by its own link that nobody measures it; the row of the lost is that of
-- all sensors. False: it has no such link.
local function add_loss(signs, reference)
  local is_string = reference.kind == "string"
  if is_string or reference.kind == "current_sensor" then
    local is_for_all = is_string and host.setting("bank.sensor_for_all") ~= 0
    local link = windows.point("sensor", "link")
    for _, each in ipairs(windows.look(link, is_for_all and 1 or reference.number)) do
      each.shows, each.decides = each.raw ~= link.names.present, true
      signs[#signs + 1] = each
    end
  end
  return #signs > 0
end

local function why_absent(reference, seen)
  for _, each in ipairs(seen) do
    if each.raw ~= 0 then
      return nil
    end
  end
  local is_current = reference.point.natural == "A"
  if reference.point.natural == "" or reference.kind ~= "module" and not is_current then
    return nil
  end
  local signs = {}
  if not is_current then
    gather.module(signs, find_alarm("module_lost"), reference.number)
  elseif reference.kind == "string" and not host.has_sensor(reference.number) then
    return "this string has no current sensor"
  elseif not add_loss(signs, reference) then
    add_row(signs, find_alarm("sensor_communication_lost"), true)
  end
  for _, sign in ipairs(signs) do
    if sign.shows then
      return sign.text
    end
  end
  return not host.is_complete() and "it was not measured yet: settle() first" or nil
end

-- What every window shows of a value that is there; `want` is for the report.
local function look_at(reference, want)
  local seen = windows.look(reference.point, reference.number)
  local absent = why_absent(reference, seen)
  if absent then
    seen[#seen + 1] = { ok = false,
      text = "it is unavailable (" .. absent .. "); say :is_unavailable() if that is meant" }
    judge(value_text(reference, want), seen)
  end
  return seen
end

-- A number, or the name of a choice.
local function need_value(value, what, point)
  if not point.names or next(point.names) == nil then
    need_number(value, ":is")
  elseif math.type(point.names[value]) ~= "integer" then
    local known = {}
    for name in pairs(point.names) do
      known[#known + 1] = name
    end
    failure.unknown("value of " .. what, tostring(value), known)
  end
end

-- Lamps and contacts of the webmanager are things of the plant, too: adds what they do. True if
-- the window that stands first says otherwise.
local function add_lamp(seen, reference, wanted)
  -- Nobody of the bench sees the lamps of a board.
  local lamp = reference.point.scope == "panel" and not host.is_on_board and reference.thing.value
  if not lamp then
    return false
  end
  local shown = seen[1] and seen[1].raw
  seen[#seen + 1] = { ok = lamp == wanted, text = ("panel: %s is %s"):format(
    reference.property, lamp) }
  return shown ~= nil and reference.point.states[shown + 1] ~= lamp
end

-- While the power is off no window shows anything; what can be looked at by itself still can.
local function has_only_itself(reference)
  return not host.is_on() and reference.point.scope == "panel" and reference.thing.value ~= nil
end

local function value_is(reference, value)
  need_value(value, reference.name, reference.point)
  local want = "is " .. windows.natural_text(value, reference.point)
  local seen = has_only_itself(reference) and {} or look_at(reference, want)
  for _, each in ipairs(seen) do
    local wanted = each.encode(value)
    each.ok = each.raw == wanted
    each.proves = wanted ~= 0
    each.text = each.ok and each.text or ("%s, wanted %s"):format(each.text,
      each.window == "console" and windows.natural_text(value, reference.point) or wanted)
  end
  local disagree = windows.disagree(seen)
  disagree = add_lamp(seen, reference, value) or disagree
  judge(value_text(reference, want), seen, disagree)
  ledger.values(reference.point, reference.number, seen, true)
  if reference.point.scope == "panel" then
    ledger.panel(reference.point, value)
  end
end

-- Each window shows what it would show for a value inside value - tolerance .. value + tolerance.
local function value_is_near(reference, value, tolerance)
  need_number(value, ":is_near")
  need_tolerance(tolerance)
  local want = ("is within %s of %s"):format(windows.natural_text(tolerance, reference.point),
    windows.natural_text(value, reference.point))
  local seen = look_at(reference, want)
  for _, each in ipairs(seen) do
    local low, high = each.encode(value - tolerance), each.encode(value + tolerance)
    if each.is_whole_range(low, high) then
      failure.misuse("every value of %s is that near; give a smaller tolerance", each.place)
    end
    each.ok = each.raw ~= nil and each.raw >= low and each.raw <= high
    each.proves = low > 0 or high < 0
    each.text = each.ok and each.text or ("%s, wanted %d..%d"):format(each.text, low, high)
  end
  judge(value_text(reference, want), seen, windows.disagree(seen))
  ledger.values(reference.point, reference.number, seen, false)
end

-- Strictly in the window with the finest steps; the others may show the limit itself.
local function value_beyond(reference, value, sign, word)
  need_number(value, ":is_" .. word)
  local want = ("is %s %s"):format(word, windows.natural_text(value, reference.point))
  local seen = look_at(reference, want)
  local finest = math.huge
  for _, each in ipairs(seen) do
    finest = math.min(finest, each.step)
  end
  for _, each in ipairs(seen) do
    local is_strict = each.step <= finest
    local limit = is_strict and each.encode(value) or each.encode_units(value, sign)
    if each.is_end(limit, -sign) then
      failure.misuse("every value of %s is %s that; give a limit it can cross", each.place, word)
    end
    each.ok = each.raw ~= nil and sign * (each.raw - limit) >= (is_strict and 1 or 0)
    each.proves = sign * -limit < (is_strict and 1 or 0)
    each.text = each.ok and each.text or
      ("%s, wanted %s %s%d"):format(each.text, word, is_strict and "" or "or at ", limit)
  end
  judge(value_text(reference, want), seen, windows.disagree(seen))
  ledger.values(reference.point, reference.number, seen, false)
end

-- Reads 0 in every window, and the loss is told.
local function value_is_unavailable(reference)
  local seen = windows.look(reference.point, reference.number)
  local disagree = windows.disagree(seen)
  for _, each in ipairs(seen) do
    each.ok = each.raw == 0 or each.is_absent
  end
  local signs = {}
  if reference.kind == "module" then
    gather.module(signs, find_alarm("module_lost"), reference.number)
  else
    add_row(signs, find_alarm("sensor_communication_lost"), not add_loss(signs, reference))
  end
  for _, sign in ipairs(signs) do
    sign.ok = sign.shows
    seen[#seen + 1] = sign
  end
  judge(reference.name .. " is unavailable", seen, disagree or signs_disagree(signs))
end

local value_methods = {
  is = value_is,
  is_near = value_is_near,
  is_above = function(reference, value) value_beyond(reference, value, 1, "above") end,
  is_below = function(reference, value) value_beyond(reference, value, -1, "below") end,
  is_unavailable = value_is_unavailable,
}

-- ---- inputs and outputs -------------------------------------------------------------------

local function line_is(line, word)
  local point = windows.point(line.kind, "level")
  local wanted = point.names[word]
  if wanted == nil then
    failure.unknown("state of " .. line.name, word, { table.unpack(point.states) })
  end
  local is_output = line.kind:find("output") ~= nil
  local seen = {}
  if host.is_on() or not is_output then
    seen = windows.look(point, line.number)
  end
  local disagree = windows.disagree(seen)
  for _, each in ipairs(seen) do
    each.ok = each.raw == wanted
  end
  if is_output then
    local is_on = line.thing.level.value == "on"
    local shown = seen[1] and seen[1].raw
    disagree = disagree or shown ~= nil and is_on ~= (shown == 1)
    seen[#seen + 1] = { ok = is_on == (word == "on"),
      text = "contact: " .. (is_on and "on" or "off") }
  end
  judge(("%s is \"%s\""):format(line.name, word), seen, disagree)
  ledger.line(point, line.number, wanted)
end

-- ---- what only the device itself shows ----------------------------------------------------

local leds = { "alternating", "fast_flashing_red", "flashing_green", "flashing_red", "green",
  "off", "red" }

-- A lamp is seen on its device, and so is the address: no window shows either.
local device_kinds = {
  led = function(thing, wanted)
    for _, word in ipairs(leds) do
      if word == wanted then
        return
      end
    end
    failure.unknown("state of " .. thing.name, wanted, leds)
  end,
  address = function(_, wanted) need_number(wanted, ":is") end,
}

local function device_is(thing, wanted)
  device_kinds[thing.property](thing, wanted)
  local value = thing.read()
  judge(("%s is %s"):format(thing.name, tostring(wanted)),
    { { ok = value == wanted, text = "device: " .. tostring(value) } })
end

-- ---- is the webmanager there? -------------------------------------------------------------

local function presence_methods(wanted)
  return function(thing)
    local modbus, snmp = host.presence()
    judge(("%s is %s"):format(thing.name, wanted and "on" or "off"), {
      { ok = modbus == wanted, text = "modbus " .. (modbus and "answers" or "is refused") },
      { ok = snmp == wanted, text = "snmp " .. (snmp and "answers" or "is silent") },
    })
  end
end

local webmanager_methods = { is_on = presence_methods(true), is_off = presence_methods(false) }

-- ---- what expect() is given ---------------------------------------------------------------

local scopes = {
  plant = { "system" }, string = { "string" }, module = { "module" },
  current_sensor = { "sensor" }, gx_r_aux = { "aux" },
  webmanager = { "panel", "programmer", "system" },
  com2 = { "com2" }, com2_analog = { "com2_analog" },
}

local function known_points(names)
  local known = {}
  for _, scope in ipairs(names) do
    for _, point in ipairs(host.points) do
      if point.scope == scope then
        known[#known + 1] = point.name
      end
    end
  end
  return known
end

local function expect_value(thing)
  local names = scopes[thing.kind]
  if not names then
    failure.misuse("no window shows %s; ask the string's current or the line of the aux",
      thing.name)
  end
  for _, scope in ipairs(names) do
    thing.point = thing.point or windows.point(scope, thing.property)
  end
  if not thing.point then
    failure.unknown("value that a window shows of a " .. thing.kind, thing.property,
      known_points(names))
  end
  thing.number = math.max(thing.number, 1)
  return with_methods("a value", value_methods, thing)
end

local function expect_thing(_, value, extra)
  local kind, number, property, name = host.reference(value)
  if not kind then
    failure.misuse("expect() takes an item of the plant or a value of one, as in " ..
      "expect(plant.string[1].module[7].voltage); got %s", type(value))
  elseif extra ~= nil then
    failure.misuse("expect() takes one thing, and the wish follows: expect(%s):is(...)", name)
  end
  local thing = {
    kind = kind, number = number, property = property, name = name, thing = value,
  }
  -- A line of an aux is its level.
  if windows.point(kind, "level") then
    return with_methods("a line", { is = line_is }, thing)
  elseif kind == "module" and device_kinds[property] then
    thing.read = function() return value.value end
    return with_methods("a device", { is = device_is }, thing)
  elseif property then
    return expect_value(thing)
  elseif gather[kind] then
    return with_methods("a " .. kind, item_methods, thing)
  elseif kind == "webmanager" then
    return with_methods("the webmanager", webmanager_methods, thing)
  end
  failure.misuse("no window shows %s itself; ask the plant, a string, a module, a line of an aux",
    name)
end

-- ---- one window, raw ----------------------------------------------------------------------

local function raw_text(value)
  if math.type(value) == "integer" then
    return ("%d (0x%04X)"):format(value, value & (value < 0 and 0xFFFF or ~0))
  end
  return ("\"%s\""):format(tostring(value))
end

local function raw_judge(raw, want, ok, is_exact)
  local value, problem = raw.read()
  judge(("%s %s"):format(raw.place, want), { {
    ok = value ~= nil and ok(value), text = ("%s = %s"):format(raw.place,
      value ~= nil and raw_text(value) or problem),
  } })
  ledger.raw(raw.key, value, ok, is_exact)
end

local function raw_compared(want, compare)
  return function(raw, limit)
    need_number(limit, ":is_" .. want)
    raw_judge(raw, ("is %s %s"):format(want, limit), function(value)
      return type(value) == "number" and compare(value, limit)
    end)
  end
end

local raw_methods = {
  is = function(raw, wanted)
    if type(wanted) ~= "number" and type(wanted) ~= "string" then
      failure.misuse(":is takes a raw number or a text, got %s", type(wanted))
    end
    wanted = type(wanted) == "number" and math.tointeger(wanted) or wanted
    raw_judge(raw, "is " .. raw_text(wanted), function(value) return value == wanted end, true)
  end,
  is_near = function(raw, wanted, tolerance)
    need_number(wanted, ":is_near")
    if need_tolerance(tolerance) >= 32768 and raw.place:find("^modbus") then
      failure.misuse("every value of %s is that near; give a smaller tolerance", raw.place)
    end
    raw_judge(raw, ("is within %s of %s"):format(tolerance, wanted), function(value)
      return type(value) == "number" and math.abs(value - wanted) <= tolerance
    end)
  end,
  is_above = raw_compared("above", function(value, limit) return value > limit end),
  is_below = raw_compared("below", function(value, limit) return value < limit end),
}

-- A register holds 16 bits: beside a negative number it is read as a signed one.
local function with_sign(method)
  return function(raw, wanted, ...)
    local function read()
      local value, problem = raw.read()
      local is_negative = value and type(wanted) == "number" and wanted < 0 and value > 32767
      return is_negative and value - 65536 or value, problem
    end
    return method({ place = raw.place, key = raw.key, read = read }, wanted, ...)
  end
end

local register_methods = {}
for name, method in pairs(raw_methods) do
  register_methods[name] = with_sign(method)
end

local RANGE_SHOWN = 8 -- of the registers that differ, in a report

-- wanted: a raw number for each register of the range, signed or not.
local function range_is(range, wanted)
  if type(wanted) ~= "table" or #failure.need_list(wanted, "what :is takes") ~= range.count then
    failure.misuse(":is takes a list of %d numbers, one a register", range.count)
  end
  local seen, wrong = {}, 0
  for i, value in ipairs(wanted) do
    local number = range.first + i - 1
    local raw, problem = range.read(number)
    if math.type(value) ~= "integer" then
      failure.misuse("register %d is a whole number, got %s", number, tostring(value))
    elseif raw ~= value & 0xFFFF then
      wrong = wrong + 1
      seen[wrong <= RANGE_SHOWN and wrong or #seen] = { ok = false, text = wrong <= RANGE_SHOWN and
        ("%s %d = %s, wanted %d"):format(range.window, number, raw or problem, value & 0xFFFF) or
        ("and %d more"):format(wrong - RANGE_SHOWN + 1) }
    end
  end
  seen[1] = seen[1] or { ok = true, text = "every one of them" }
  judge(("%s %d..%d are as listed"):format(range.window, range.first,
    range.first + range.count - 1), seen)
  for i, value in ipairs(range.window == "modbus" and wanted or {}) do
    ledger.raw(range.first + i - 1, value & 0xFFFF, function(raw) return raw == value end, true)
  end
end

local function expect_range(window, read, first, count)
  if math.type(count) ~= "integer" or count < 1 or not windows.is_register(first + count - 1) then
    failure.misuse("no %s registers from %d on; the map is 1000..3681", tostring(count), first)
  end
  return with_methods("a range of registers", { is = range_is },
    { window = window, read = read, first = first, count = count })
end

-- Over TCP ("modbus") or on COM2 ("modbus_rtu"): what is asserted counts for the former.
local function expecting_register(window, read)
  return function(number, count)
    if math.type(number) ~= "integer" then
      failure.misuse("expect.%s takes a register's number, got %s", window, type(number))
    elseif not windows.is_register(number) then
      failure.misuse("no register %s; the map is 1000..3681", tostring(number))
    elseif count ~= nil then
      return expect_range(window, read, number, count)
    end
    return with_methods("a register", register_methods, {
      place = ("%s %d"):format(window, number),
      key = window == "modbus" and number,
      read = function() return read(number) end,
    })
  end
end

local function expect_snmp(name, row)
  if type(name) ~= "string" or row ~= nil and math.type(row) ~= "integer" then
    failure.misuse("expect.snmp takes an object's name and, for a column, the row's number")
  end
  if row and row < 1 then
    failure.misuse("%s has no row %d; rows count from 1", name, row)
  elseif name:find("^[%d.]+$") and not (name .. "."):find("^%d+%.%d[%d.]*$") or
    name:find("..", 1, true) then
    failure.misuse("'%s' is no OID; write it as 1.3.6.1, with a number between any two dots", name)
  end
  local oid, problem = windows.object_oid(name, row)
  if not oid then
    failure.misuse("%s", problem)
  end
  return with_methods("an object", raw_methods, {
    place = ("snmp %s%s"):format(name, row and "." .. row or ""),
    key = oid,
    read = function() return windows.object(oid) end,
  })
end

-- ---- who is served -------------------------------------------------------------------------

local function judge_count(want, count, problem, wanted)
  judge(want, { { ok = count == wanted, text = count and ("%d answered, wanted %d"):format(count,
    wanted) or problem } })
end

local unit_methods = {
  answers = function(unit)
    local count, problem = host.unit(unit.id)
    judge_count(("modbus unit %d answers"):format(unit.id), count, problem, 1)
  end,
  is_silent = function(unit)
    local count, problem = host.unit(unit.id)
    judge_count(("modbus unit %d is silent"):format(unit.id), count, problem, 0)
  end,
}

local function expect_unit(id)
  if math.type(id) ~= "integer" or id < 0 or id > 255 then
    failure.misuse("expect.modbus_unit takes a unit identifier from 0 to 255")
  end
  return with_methods("a unit", unit_methods, { id = id })
end

local CLIENTS_MAX = 64

local client_methods = {
  is = function(_, wanted)
    if math.type(wanted) ~= "integer" or wanted < 1 or wanted > CLIENTS_MAX then
      failure.misuse("expect.modbus_clients():is takes a number from 1 to %d", CLIENTS_MAX)
    end
    local count, problem = host.clients(wanted + 1)
    judge_count(("%d modbus clients at once are served, and no more"):format(wanted), count,
      problem, wanted)
  end,
}

local function expect_clients()
  return with_methods("modbus clients", client_methods)
end

-- ---- settings and the operator ------------------------------------------------------------

local function setting_is(reference, value)
  need_value(value, reference.name, reference.point)
  local seen = windows.look_at_setting(reference.point)
  for _, each in ipairs(seen) do
    local wanted = each.encode(value)
    each.ok = each.raw == wanted
    each.text = each.ok and each.text or ("%s, wanted %s"):format(each.text,
      each.window == "console" and windows.natural_text(value, reference.point) or wanted)
  end
  judge(value_text(reference, "is " .. windows.natural_text(value, reference.point)), seen,
    windows.disagree(seen))
  ledger.setting(reference.point, seen)
end

-- Console and, where it has one, object.
local function text_is(reference, value)
  if type(value) ~= "string" then
    failure.misuse("%s is a text, got %s", reference.name, type(value))
  elseif reference.row.is_secret then
    failure.misuse("%s is told nowhere; say :is_set() or :is_not_set()", reference.name)
  end
  local seen = windows.look_at_text(reference.row)
  for _, each in ipairs(seen) do
    each.ok = each.raw == value
  end
  judge(("%s is %q"):format(reference.name, value), seen, seen[2] and seen[1].raw ~= seen[2].raw)
  ledger.text(reference.row, value)
end

local function text_is_set(wanted)
  return function(reference)
    local seen = windows.look_at_text(reference.row)
    local is_set = seen[1].raw
    if not reference.row.is_secret then
      is_set = is_set and (is_set ~= "" and "yes" or "no")
    end
    seen[1].ok = is_set == wanted
    judge(reference.name .. (wanted == "yes" and " is set" or " is not set"), { seen[1] })
  end
end

local text_methods = { is = text_is, is_set = text_is_set "yes", is_not_set = text_is_set "no" }

local function expect_setting(name)
  local setting, text = windows.setting(name), windows.text(name)
  if text then
    return with_methods("a text", text_methods, { name = name, row = text })
  elseif not setting then
    local known = {}
    for _, list in ipairs { host.settings, host.texts } do
      for _, each in ipairs(list) do
        known[#known + 1] = each.name
      end
    end
    failure.unknown("setting", tostring(name), known)
  end
  return with_methods("a setting", { is = setting_is }, { name = name, point = setting })
end

-- All these words, one for one; a line of comma-separated values has its cells for words.
local function has_words(line, words)
  local cells = (" " .. line:gsub('"', ""):gsub(",", " ") .. " ")
  for word in words:gmatch("%S+") do
    local here = " " .. word .. " "
    if not (" " .. line .. " "):find(here, 1, true) and not cells:find(here, 1, true) then
      return false
    end
  end
  return true
end

local function said_text(answer)
  local said = #answer.said > 600 and answer.said:sub(1, 600) .. "..." or answer.said
  return (said:gsub("\n$", ""):gsub("\n", "\n            "))
end

-- The request is made by the wish that follows, and made anew at each look.
local operator_methods = {
  is_ok = function(request)
    local answer = console.request(request.line)
    judge(("operator %q is obeyed"):format(request.line),
      { { ok = answer.is_ok, text = console.answer_text(answer) } })
  end,
  is_refused = function(request, code)
    if type(code) ~= "string" then
      failure.misuse(":is_refused takes a code, as in :is_refused \"range\"")
    end
    local answer = console.request(request.line)
    judge(("operator %q is refused: %s"):format(request.line, code),
      { { ok = answer.code == code, text = console.answer_text(answer) } })
  end,
  -- Some line has all these words, between blanks or, in a log, between commas.
  shows = function(request, words)
    if type(words) ~= "string" or not words:find("%S") then
      failure.misuse(":shows takes words of one line, as in :shows \"module=3 voltage=12.941\"")
    end
    local answer, is_shown = console.request(request.line), false
    for _, line in ipairs(answer.lines) do
      is_shown = is_shown or has_words(line, words)
    end
    judge(("operator %q shows %s"):format(request.line, words),
      { { ok = is_shown, text = said_text(answer) } })
    ledger.shown(request.line, words)
  end,
  -- Each of the list has a line of its own, below that of the one before.
  shows_in_order = function(request, list)
    if type(list) ~= "table" or #failure.need_list(list, "what :shows_in_order takes") == 0 then
      failure.misuse(":shows_in_order takes a list, as in { \"started\", \"muted\" }")
    end
    local answer, found = console.request(request.line), 0
    for _, line in ipairs(answer.lines) do
      if found < #list and has_words(line, tostring(list[found + 1])) then
        found = found + 1
      end
    end
    judge(("operator %q shows in order %s"):format(request.line, table.concat(list, "; ")),
      { { ok = found == #list, text = found == #list and "all of them" or
        ("no line for %s after\n            %s"):format(list[found + 1], said_text(answer)) } })
  end,
  has_lines = function(request, count)
    if math.type(count) ~= "integer" then
      failure.misuse(":has_lines takes a whole number")
    end
    local answer = console.request(request.line)
    judge(("operator %q has %d lines"):format(request.line, count),
      { { ok = answer.is_ok and #answer.lines == count,
        text = answer.is_ok and ("%d lines"):format(#answer.lines) or
          console.answer_text(answer) } })
  end,
}

local function expect_operator(line)
  console.need_request(line, "expect.operator")
  return with_methods("an operator", operator_methods, { line = line })
end

-- ---- the word -----------------------------------------------------------------------------

local members = {
  modbus = expecting_register("modbus", windows.register),
  modbus_rtu = expecting_register("modbus_rtu", windows.rtu_register),
  modbus_unit = expect_unit,
  modbus_clients = expect_clients,
  operator = expect_operator,
  setting = expect_setting,
  snmp = expect_snmp,
}

local expect = setmetatable({}, {
  __call = expect_thing,
  __index = function(_, name)
    local known = {}
    for member in pairs(members) do
      known[#known + 1] = "expect." .. member
    end
    return members[name] or failure.unknown("expectation", "expect." .. tostring(name), known)
  end,
  __newindex = function() failure.misuse("expect cannot be changed") end,
})

return {
  expect = expect,
  judge = judge,
  with_methods = with_methods,
  find_alarm = find_alarm,
  -- More expectations, by name.
  add = function(more)
    for name, fn in pairs(more) do
      members[name] = patient(fn)
    end
  end,
  -- The function, looked at again while it fails, where an instant has a width.
  patient = patient,
  -- `within` looks: it looks again by itself.
  set_trying = function(is) is_trying = is end,
  -- Who knows of the traps that a try used up: { mark, give_back }.
  watch_traps = function(watched) told = watched end,
  count = function() return count end,
  looks = function() return looks end,
  open_mark = function() return opened end,
  need_said = need_said,
  forget_open = forget_open,
  -- A try of `within` begins; it held; it failed, and the traps that it took are given back.
  try = function()
    ledger.try()
    return told.mark()
  end,
  keep = function() ledger.keep() end,
  give_back = function(mark)
    ledger.drop()
    told.give_back(mark)
  end,
  -- The scenario has passed: what all of it asserted.
  finish = function() ledger.finish() end,
}
