-- windows.lua — what an outsider reads: registers, objects, alarm rows, the service console.
--
-- Encodings are worked out here from the tables, not by the firmware's function, so that the two
-- hold each other. A reading is kept only while virtual time stands and the view is the same.

local host, console = ...
local windows = {}

local REGISTER_FIRST, REGISTER_LAST, BLOCK = 1000, 3681, 125

-- ---- reading ------------------------------------------------------------------------------

local cache = { now = -1, generation = -1 }

local function fresh()
  local now, generation = host.now_us(), host.generation()
  if cache.now ~= now or cache.generation ~= generation then
    cache = { now = now, generation = generation, registers = {}, rtu_registers = {},
      objects = {}, console = {} }
  end
  return cache
end

-- A register out of what was kept of it, or read in a block; or nil and why not.
local function register_of(kept, read, number)
  if kept[number] == nil then
    local first = REGISTER_FIRST + (number - REGISTER_FIRST) // BLOCK * BLOCK
    local values, problem = read(first, math.min(BLOCK, REGISTER_LAST - first + 1))
    if not values then
      return nil, problem
    end
    for i, value in ipairs(values) do
      kept[first + i - 1] = value
    end
  end
  return kept[number]
end

-- The register as it is on the wire, 0..65535; or nil and why not.
function windows.register(number)
  return register_of(fresh().registers, host.registers, number)
end

-- The same over COM2.
function windows.rtu_register(number)
  return register_of(fresh().rtu_registers, host.rtu_registers, number)
end

function windows.is_register(number)
  return math.type(number) == "integer" and number >= REGISTER_FIRST and number <= REGISTER_LAST
end

-- What changes by being asked for: the counters of SNMP itself.
local restless = {}
for _, row in ipairs(host.standard) do
  restless[row.oid] = row.kind == "counter" or nil
end

-- Objects by OID: number or text each. neighbours are read with it, in the same request.
function windows.object(oid, neighbours)
  local kept = fresh().objects
  if kept[oid] == nil then
    local ask = { oid }
    for _, other in ipairs(neighbours or {}) do
      if other ~= oid and kept[other] == nil then
        ask[#ask + 1] = other
      end
    end
    local values, problem = host.objects(ask)
    if not values then
      return nil, problem
    end
    for i, value in ipairs(values) do
      kept[ask[i]] = not restless[ask[i]] and value or nil
    end
    return values[1]
  end
  return kept[oid]
end

-- The alarm table as a list of { id, number, time } and as a set of numbers; or nil and why not.
function windows.alarm_rows()
  local kept = fresh()
  if not kept.rows then
    local rows, problem = host.alarms()
    if not rows then
      return nil, problem
    end
    kept.rows, kept.present = rows, {}
    for _, row in ipairs(rows) do
      kept.present[row.number] = true
    end
  end
  return kept.rows, kept.present
end

-- ---- encodings ----------------------------------------------------------------------------

-- Half away from zero, once (decision M7).
local function divide(value, divisor)
  if value >= 0 then
    return (value + divisor // 2) // divisor
  end
  return -((-value + divisor // 2) // divisor)
end

local function clamp(value, low, high)
  return math.max(low, math.min(high, value))
end

local function s16(value)
  return clamp(value, -32768, 32767)
end

local unit_to_be -- of temperatures, while a request is made that sets it

local function is_fahrenheit()
  return (unit_to_be or host.setting("temperature.unit")) == 1
end

-- kind -> value in its unit to what the window shows
local encoders = {
  u16 = function(value) return clamp(value, 0, 65535) end,
  s16 = function(value, how) return s16(divide(value, how.divisor)) end,
  string_factor = function(value, how)
    return s16(divide(value * host.setting("modbus.string_factor"), how.per_natural))
  end,
  half_degree = function(value) return s16(divide(2 * value + 78000, 1000)) end,
  integer = function(value) return value end,
  gauge = function(value) return clamp(value, 0, 0xFFFFFFFF) end,
  linear = function(value, how) return divide(value, how.divisor) end,
  temperature = function(value)
    if is_fahrenheit() then
      return divide(value * 9 + 160000, 500)
    end
    return divide(value, 100)
  end,
  enabled = function(value) return 2 - value end, -- enabled(1), disabled(2)
}

-- kind -> one step of the window in the unit, and what a raw number means in the natural unit
local steps = {
  u16 = function() return 1 end,
  s16 = function(how) return how.divisor end,
  string_factor = function(how) return how.per_natural / host.setting("modbus.string_factor") end,
  half_degree = function() return 500 end,
  integer = function() return 1 end,
  gauge = function() return 1 end,
  linear = function(how) return how.divisor end,
  temperature = function() return is_fahrenheit() and 500 / 9 or 100 end,
  enabled = function() return 1 end,
}

local function decode(raw, how)
  if how.kind == "half_degree" then
    return (raw - 78) / 2
  end
  if how.kind == "temperature" and is_fahrenheit() then
    return (raw / 10 - 32) * 5 / 9
  elseif how.kind == "enabled" then
    return 2 - raw
  end
  return raw * steps[how.kind](how) / how.per_natural
end

-- A number of a person into the point's unit.
local function to_unit(value, point)
  if type(value) == "string" then
    return point.names[value]
  end
  local scaled = value * point.per_natural
  return scaled >= 0 and math.floor(scaled + 0.5) or -math.floor(-scaled + 0.5)
end

local function number_text(value)
  return (("%.4f"):format(value):gsub("0+$", ""):gsub("%.$", ""))
end

function windows.natural_text(value, point)
  if type(value) == "string" then
    return ("\"%s\""):format(value)
  end
  if point.natural == "" then
    return number_text(value)
  end
  return number_text(value) .. " " .. point.natural
end

-- ---- points -------------------------------------------------------------------------------

-- Where a window's range ends, and its number says nothing more.
local ends = {
  u16 = { 0, 65535 }, s16 = { -32768, 32767 }, string_factor = { -32768, 32767 },
  half_degree = { -32768, 32767 },
}

local signed = { s16 = true, string_factor = true, half_degree = true }

-- One sighting: window, place, raw (nil: none, and problem says why), natural, text,
-- encode(value) and step.
local function sighting(window, place, raw, problem, how, point)
  local seen = { window = window, place = place, raw = raw }
  how.per_natural = point.per_natural
  seen.step = steps[how.kind](how)
  function seen.encode(value)
    return encoders[how.kind](to_unit(value, point), how)
  end
  function seen.encode_units(value, units)
    return encoders[how.kind](to_unit(value, point) + units, how)
  end
  local range = ends[how.kind] or {}
  -- Is this the end of what it can show, upwards (1) or downwards (-1)?
  function seen.is_end(encoded, direction)
    return range[2] ~= nil and encoded == range[direction > 0 and 2 or 1]
  end
  function seen.is_whole_range(low, high)
    return seen.is_end(low, -1) and seen.is_end(high, 1)
  end
  if math.type(raw) == "integer" then
    seen.natural, seen.half_step = decode(raw, how), seen.step / 2 / how.per_natural
    seen.is_saturated = raw == range[2] or raw == range[1] and raw ~= 0
    seen.text = ("%s = %d"):format(place, raw)
    if point.natural ~= "" then
      seen.text = ("%s (%s)"):format(seen.text, windows.natural_text(seen.natural, point))
    end
  else
    seen.raw = nil
    seen.text = ("%s: %s"):format(place, raw or problem)
  end
  return seen
end

local function row_neighbours(point, number)
  local ask = {}
  for _, other in ipairs(host.points) do
    if other.scope == point.scope and #ask < 24 then
      ask[#ask + 1] = host.point_oid(other.id, number)
    end
  end
  return ask
end

-- The console shows a value whole, in its natural unit.
local in_console = { kind = "integer" }

local function look_at_console(point, number)
  local words, problem = console.item(fresh().console, point.scope, number)
  local text = words and words[point.name]
  local place = ("console %s=%d %s"):format(point.scope, number, point.name)
  local raw = text and console.value(text, point)
  local seen = sighting("console", place, raw, text or problem, in_console, point)
  seen.text = ("%s = %s"):format(place, text or problem)
  seen.is_absent = text == "-"
  return seen
end

function windows.object_name(point, number)
  if point.scope == "aux_input" or point.scope == "aux_output" then
    local kind = point.scope == "aux_input" and "Input" or "Output"
    return ("gxRAUX%d%s%d"):format((number - 1) // 4 + 1, kind, (number - 1) % 4 + 1)
  end
  return point.snmp.name
end

local function look_at_register(window, read, point, register)
  local raw, problem = read(register)
  if raw and signed[point.modbus.kind] and raw > 32767 then
    raw = raw - 65536
  end
  return sighting(window, ("%s %d"):format(window, register), raw, problem, point.modbus, point)
end

local function has_rtu()
  local use = windows.setting "com2.use"
  return use and host.has_rtu and host.setting(use.name) == use.names.modbus_rtu
end

-- What every window that has it shows of a point's item.
function windows.look(point, number)
  local seen = {}
  local register = host.point_register(point.id, number)
  if register then
    seen[1] = look_at_register("modbus", windows.register, point, register)
  end
  if register and has_rtu() then
    seen[2] = look_at_register("modbus_rtu", windows.rtu_register, point, register)
  end
  local oid = host.point_oid(point.id, number)
  if oid then
    local raw, problem = windows.object(oid, row_neighbours(point, number))
    local instance = point.scope ~= "system" and not point.scope:find("^aux")
    local place = ("snmp %s%s"):format(windows.object_name(point, number),
      instance and "." .. number or "")
    seen[#seen + 1] = sighting("snmp", place, raw, problem, point.snmp, point)
  end
  -- What no other window has. The console has everything; its own tests hold the rest of it.
  if #seen == 0 then
    seen[1] = look_at_console(point, number)
  end
  return seen
end

-- Is there no value at all that all of them would show like this? Nothing but 0 is a value that
-- is not there, in whatever encoding.
function windows.disagree(seen)
  local low, high, all_zero = -math.huge, math.huge, true
  for _, each in ipairs(seen) do
    if each.natural and not each.is_saturated then
      low = math.max(low, each.natural - each.half_step)
      high = math.min(high, each.natural + each.half_step)
    end
    all_zero = all_zero and each.raw == 0
  end
  return not all_zero and low > high + 1e-9
end

function windows.point(scope, name)
  for _, point in ipairs(host.points) do
    if point.scope == scope and point.name == name then
      return point
    end
  end
end

-- ---- settings -----------------------------------------------------------------------------

local BACS = "1.3.6.1.2.1.33.5"

local function row_named(list, name)
  for _, row in ipairs(list) do
    if row.name == name then
      return row
    end
  end
end

function windows.setting(name)
  return row_named(host.settings, name)
end

function windows.text(name)
  return row_named(host.texts, name)
end

-- Some of the settings and texts are objects.
for _, setting in ipairs(host.settings) do
  setting.snmp_oid = setting.snmp_leaf and ("%s.1.%d.0"):format(BACS, setting.snmp_leaf)
end
for _, row in ipairs(host.standard) do
  local shown = row.kind == "text" and windows.text(row.text) or
    row.kind == "setting" and windows.setting "snmp.authentication_traps"
  if shown then
    shown.snmp_name, shown.snmp_oid = row.name, row.oid
    shown.snmp = row.kind == "setting" and { kind = "enabled" } or nil
  end
end

-- The setting or text that this object is, or nil; and whether it is a text.
function windows.setting_at(oid)
  for _, list in ipairs { host.settings, host.texts } do
    for _, row in ipairs(list) do
      if row.snmp_oid == oid then
        return row, list == host.texts
      end
    end
  end
end

-- What console and object show of a setting.
function windows.look_at_setting(setting)
  local words, problem = console.setting(fresh().console, setting.name)
  local place, text = "console " .. setting.name, words and words.value
  local seen = { sighting("console", place, text and console.value(text, setting), text or problem,
    in_console, setting) }
  seen[1].text = ("%s = %s"):format(place, text or problem)
  if setting.snmp then
    local raw, why = windows.object(setting.snmp_oid)
    seen[2] = sighting("snmp", "snmp " .. setting.snmp_name, raw, why, setting.snmp, setting)
  end
  return seen
end

-- The same of a text: { window, raw, text }. Of a secret one raw is whether it is set.
function windows.look_at_text(text)
  local words, problem = console.setting(fresh().console, text.name)
  local raw = words and (words.value or words.is_set)
  local seen = { { window = "console", raw = raw,
    text = ("console %s = %s"):format(text.name, raw and ("%q"):format(raw) or problem) } }
  if text.snmp_oid then
    local shown, why = windows.object(text.snmp_oid)
    seen[2] = { window = "snmp", raw = shown,
      text = ("snmp %s = %s"):format(text.snmp_name, shown and ("%q"):format(shown) or why) }
  end
  return seen
end

-- What an object shows for a value of its setting.
function windows.encode_setting(setting, value)
  return encoders[setting.snmp.kind](value, setting.snmp)
end

-- ---- what is written ----------------------------------------------------------------------

-- What an object must be set to for a value in the natural unit, or nil where it has none. unit:
-- that of temperatures once it is in force.
function windows.written(setting, value, unit)
  unit_to_be = unit
  local scaled = to_unit(value, setting)
  local raw = scaled and windows.encode_setting(setting, scaled)
  unit_to_be = nil
  return raw
end

-- The value in its row's unit that an object's number stands for.
function windows.meant(setting, raw, unit)
  local kind = setting.snmp.kind
  if kind == "linear" then
    return raw * setting.snmp.divisor
  elseif kind == "temperature" and unit == 1 then
    return divide((raw - 320) * 500, 9)
  elseif kind == "temperature" then
    return raw * 100
  end
  return kind == "enabled" and 2 - raw or raw
end

-- ---- objects by name ----------------------------------------------------------------------

local columns = { -- by id of the alarm's row
  bacsAlarmId = BACS .. ".3.2.1.1",
  bacsAlarmDescr = BACS .. ".3.2.1.2",
  bacsAlarmTime = BACS .. ".3.2.1.3",
}

local function aux_oid(name)
  local unit, kind, line = name:match("^gxRAUX([1-4])(%u%l+)([1-4])$")
  if kind ~= "Input" and kind ~= "Output" then
    return nil
  end
  local point = windows.point(kind == "Input" and "aux_input" or "aux_output", "level")
  return host.point_oid(point.id, (unit - 1) * 4 + math.tointeger(line))
end

-- The name of the alarm table's column that this OID is a cell of, or nil.
function windows.column_of(oid)
  for name, column in pairs(columns) do
    if oid:sub(1, #column + 1) == column .. "." then
      return name
    end
  end
end

local function known_objects()
  local known = { "a dotted OID", "gxRAUX1Input1", "gxRAUX4Output4" }
  for _, list in ipairs { host.points, host.settings } do
    for _, each in ipairs(list) do
      local name = each.snmp_name or each.snmp and each.snmp.name
      if name and not name:find("^gxRAUX") then
        known[#known + 1] = name
      end
    end
  end
  for name in pairs(columns) do
    known[#known + 1] = name
  end
  for _, row in ipairs(host.standard) do
    known[#known + 1] = row.name
  end
  table.sort(known)
  return table.concat(known, ", ")
end

-- The OID of an object by its name and, for a column, its row; or nil and what would be right.
function windows.object_oid(name, row)
  if name:find("^[%d.]+$") then
    return row and name .. "." .. row or name
  end
  local standard = row_named(host.standard, name)
  local oid, is_column = standard and standard.oid or aux_oid(name), false
  if columns[name] then
    oid, is_column = row and columns[name] .. "." .. row, true
  end
  for _, point in ipairs(host.points) do
    if point.snmp.name == name and not point.scope:find("^aux") then
      is_column = point.scope ~= "system"
      oid = host.point_oid(point.id, is_column and (row or 1) or 1)
    end
  end
  for _, setting in ipairs(host.settings) do
    oid = setting.snmp_name == name and setting.snmp_oid or oid
  end
  if is_column and not row then
    return nil, ("%s is a column: say which row, as in expect.snmp(\"%s\", 1)"):format(name, name)
  elseif oid and row and not is_column then
    return nil, ("%s has no rows; leave the number out"):format(name)
  elseif oid then
    return oid
  end
  return nil, ("no object '%s'; known: %s"):format(name, known_objects())
end

return windows
