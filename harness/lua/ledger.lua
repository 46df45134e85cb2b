-- ledger.lua — what a scenario asserted: an expectation that held names here the things that, dead,
-- would have made it fail. What counts is defined in harness/stage/ledger.h; without `coverage`
-- this costs nothing.

local host, windows = ...
local ledger = {}

-- Numbers of things, and texts for what has to be remembered on the way: key -> true.
local kept = {}
local tried -- the same of a look of `within` that is not decided yet

local function claim(key)
  if key then
    (tried or kept)[key] = true
  end
end

local function is_claimed(key)
  return kept[key] or tried and tried[key] or false
end

-- A look of `within` begins, holds, or is forgotten.
function ledger.try()
  tried = {}
end

function ledger.keep()
  for key in next, tried do
    kept[key] = true
  end
  tried = nil
end

function ledger.drop()
  tried = nil
end

-- ---- values -------------------------------------------------------------------------------

-- A register is the same one over TCP and RTU, and has to be seen over TCP.
local kind_of = { modbus = "register", snmp = "object", console = "value" }

local function claim_bits(point, raw)
  for bit = 0, 15 do
    if raw >> bit & 1 == 1 then
      claim(host.thing_of_flag(point.id, 1 << bit))
    end
  end
end

-- A line counts when both levels, 0 and 1, were expected of one and the same.
local function claim_level(kind, point, number, level)
  local thing = host.thing_of_point(kind, point.id, number)
  if thing then
    local key = "%d, line %d, at %d"
    claim(key:format(thing, number, level))
    claim(is_claimed(key:format(thing, number, 1 - level)) and thing)
  end
end

-- Every window of `seen` showed a value; `proves`: it would not have held for a dead 0.
function ledger.values(point, number, seen, is_exact)
  for _, each in ipairs(seen) do
    local kind = kind_of[each.window]
    if kind and point.unit == "state" and is_exact then
      claim_level(kind, point, number, each.raw)
    elseif kind and each.proves then
      claim(host.thing_of_point(kind, point.id, number))
      if is_exact and point.unit == "flags" then
        claim_bits(point, each.raw)
      end
    end
  end
end

function ledger.line(point, number, level)
  claim_level("register", point, number, level)
  claim_level("object", point, number, level)
  claim_level("value", point, number, level)
end

-- A lamp, contact or switch of the panel was in the state.
function ledger.panel(point, state)
  claim(host.thing("panel", ("%s %s"):format(point.name, state)))
end

-- What a line of the operator's answer is about, where it does not say so itself.
local scope_of = { status = "system", panel = "panel", programmer = "programmer", com2 = "com2" }

-- The answer to a request has these words in one line.
function ledger.shown(request, words)
  local scope = scope_of[request:match("^%s*show%s+([%w_]+)")]
  for name, value in words:gmatch("([%w_]+)=(%S+)") do
    local point = scope and windows.point(scope, name)
    local number = point and (point.names and point.names[value] or tonumber(value))
    if not point then
      scope = scope or windows.point(name, "link") and name
    elseif scope == "panel" then
      ledger.panel(point, value)
    elseif number and number ~= 0 then
      claim(host.thing_of_point("value", point.id, 1))
    end
  end
end

-- ---- one window, raw ----------------------------------------------------------------------

local places -- register or OID -> { kind, point, number }, { setting }, { standard } or { column }

local function places_of_points(kind, place_of)
  for _, point in ipairs(host.points) do
    local number, place = 1, place_of(point.id, 1)
    while place do
      places[place] = { kind = kind, point = point, number = number }
      number = number + 1
      place = place_of(point.id, number)
    end
  end
end

local function place_of(key)
  if not places then
    places = {}
    places_of_points("register", host.point_register)
    places_of_points("object", host.point_oid)
    for _, row in ipairs(host.standard) do
      places[row.oid] = { standard = row }
    end
    for _, setting in ipairs(host.settings) do
      places[setting.snmp_oid or ""] = { setting = setting }
    end
  end
  local column = type(key) == "string" and windows.column_of(key)
  return column and { column = column } or places[key]
end

-- What a dead object of the standard groups shows; a counter of what is never done shows nothing.
local dead_of = {
  text = function(row) return windows.text(row.text).value_default end,
  constant = function() return "" end,
  uptime = function() return 0 end,
  counter = function() return 0 end,
  idle = function() return nil end,
}

local function raw_standard(row, value, ok)
  local dead = dead_of[row.kind](row)
  local thing = host.thing("object", row.name)
  if value ~= dead and row.kind ~= "text" then
    host.exercised(thing)
  end
  if row.kind == "idle" and value == 0 or row.kind ~= "idle" and not ok(dead) then
    claim(thing)
    claim(row.text and host.thing("text", row.text))
  end
end

local function raw_setting(setting, ok)
  if not ok(windows.encode_setting(setting, setting.value_default)) then
    claim(host.thing("object", setting.snmp_name))
    claim(host.thing("setting", setting.name))
  end
end

-- A raw value held; ok(raw) is what was asked of it.
function ledger.raw(key, value, ok, is_exact)
  local place = host.is_covering and value ~= nil and place_of(key)
  if place and place.standard then
    raw_standard(place.standard, value, ok)
  elseif not place or math.type(value) ~= "integer" then
    return
  elseif place.column then
    claim(not ok(0) and host.thing("object", place.column))
  elseif place.setting then
    raw_setting(place.setting, ok)
  elseif place.point.unit == "state" then
    if is_exact and (value == 0 or value == 1) then
      claim_level(place.kind, place.point, place.number, value)
    end
  elseif not ok(0) then
    claim(host.thing_of_point(place.kind, place.point.id, place.number))
    if is_exact and place.point.unit == "flags" then
      claim_bits(place.point, value & 0xFFFF)
    end
  end
end

-- A setting was read back: asserted where its default would have been refused.
function ledger.setting(setting, seen)
  for _, each in ipairs(seen) do
    local default = setting.value_default
    local dead = each.window == "snmp" and windows.encode_setting(setting, default) or default
    if each.raw ~= dead then
      claim(host.thing("setting", setting.name))
      claim(each.window == "snmp" and host.thing("object", setting.snmp_name))
    end
  end
end

-- ---- texts --------------------------------------------------------------------------------

-- A text was read back.
function ledger.text(text, value)
  if value ~= text.value_default then
    claim(host.thing("text", text.name))
    claim(text.snmp_name and host.thing("object", text.snmp_name))
  end
end

local function claim_text(name)
  local text = windows.text(name)
  claim(host.text(name) ~= text.value_default and host.thing("text", name))
end

-- A manager was answered that would not have been without these.
function ledger.answered(who)
  for _, name in ipairs { "snmp.read_community", "snmp.write_community" } do
    if who.community and host.text(name) == who.community then
      claim_text(name)
    end
  end
  for i = 1, 4 do
    local user = ("snmp.user_%d_"):format(i)
    if who.user and host.text(user .. "name") == who.user then
      claim_text(user .. "name")
      local level = who.level or who.priv and "priv" or who.auth and "auth"
      for _, secret in ipairs { "auth", "priv" } do
        if level == secret or level == "priv" then
          claim_text(user .. secret)
        end
      end
    end
  end
end

-- ---- alarms -------------------------------------------------------------------------------

-- What a restart forgets has not been cleared.
local function raised_key(name, whose)
  return ("%s of %s, start %d"):format(name, whose, host.boots())
end

-- `has` held: in these words the bit was wanted, and the row.
function ledger.raised(item, alarm, signs)
  for _, sign in ipairs(signs) do
    local kind = kind_of[sign.window]
    if sign.point and kind then
      claim(host.thing_of_point(kind, sign.point.id, sign.number))
      claim(host.thing_of_flag(sign.point.id, sign.flag))
    elseif not sign.point then
      claim(host.thing("object", "bacsAlarmDescr"))
    end
  end
  claim(host.thing("raised", alarm.name))
  claim(raised_key(alarm.name, "any"))
  claim(raised_key(alarm.name, item.name))
end

-- `has_not` held: cleared, if `has` of the same item held before.
function ledger.gone(item, name)
  local whose = item.kind == "plant" and "any" or item.name
  claim(is_claimed(raised_key(name, whose)) and host.thing("cleared", name))
end

function ledger.quiet(item)
  for _, alarm in ipairs(host.alarms_known) do
    ledger.gone(item, alarm.name)
  end
end

-- ---- traps --------------------------------------------------------------------------------

function ledger.arrived(kind, name)
  local thing = host.thing(kind, name)
  if thing then
    host.exercised(thing)
  end
end

function ledger.trap(kind, name)
  claim(host.thing(kind, name))
end

-- ---- end ----------------------------------------------------------------------------------

-- The scenario passed.
function ledger.finish()
  for key in next, kept do
    if math.type(key) == "integer" then
      host.asserted(key)
    end
  end
end

-- What the language calls; nobody asks: nothing is kept.
return setmetatable({}, {
  __index = function(_, name)
    return host.is_covering and ledger[name] or function() end
  end,
})
