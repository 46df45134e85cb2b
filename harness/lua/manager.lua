-- manager.lua — network managers that ask the webmanager by SNMP: who they are, what they set, and
-- what became of it.

local host, windows, failure, console = ...
local manager = {}

-- ---- who asks -----------------------------------------------------------------------------

local VERSIONS = { v1 = 0, v2c = 1, v3 = 2 }
local LEVELS = { no_auth = 0, auth = 1, priv = 2 }

local who_keys = { version = true, community = true, user = true, auth = true, priv = true,
  level = true, from = true }

local function keys_of(list)
  local keys = {}
  for key in pairs(list) do
    keys[#keys + 1] = key
  end
  return keys
end

local function choice(list, name, what)
  return list[name] or failure.unknown(what, name, keys_of(list))
end

-- { community = "x" } or { user = "joe", auth = "...", priv = "..." } as the host wants it. A user
-- asks at the best level that the passphrases allow, if none is named.
function manager.asker(who)
  if type(who) ~= "table" then
    failure.misuse("a manager is { community = \"x\" } or { user = \"joe\", auth = \"...\" }; " ..
      "got %s", type(who))
  end
  for key, value in pairs(who) do
    if not who_keys[key] then
      failure.unknown("word about a manager", key, keys_of(who_keys))
    elseif type(value) ~= "string" then
      failure.misuse("%s of a manager is a text, got %s", key, type(value))
    end
  end
  if (who.community == nil) == (who.user == nil) then
    failure.misuse("a manager has either a community, by v1 or v2c, or the name of a user, by v3")
  end
  local level = who.level or who.priv and "priv" or who.auth and "auth" or "no_auth"
  local version = who.version or who.user and "v3" or "v2c"
  if (version == "v3") ~= (who.user ~= nil) then
    failure.misuse("v1 and v2c go with a community, v3 with a user; got %s", version)
  end
  local least = choice(LEVELS, level, "level")
  for i, key in ipairs { "auth", "priv" } do
    if least >= i and #(who[key] or "") < 8 then
      failure.misuse("level %s takes a passphrase `%s` of 8 bytes at least (RFC 3414)", level, key)
    end
  end
  return {
    version = choice(VERSIONS, version, "version of SNMP"), level = least,
    community = who.community, user = who.user, auth = who.auth or "", priv = who.priv or "",
    from = who.from,
  }
end

-- ---- what is asked ------------------------------------------------------------------------

local OBJECTS_MAX = 32

local TYPES = { integer = true, octets = true, gauge = true, counter = true, ticks = true,
  address = true, oid = true, null = true }

-- "bacsModuleVoltage.3", "sysName" or a dotted OID with its instance.
local function oid_of(name)
  if type(name) ~= "string" then
    failure.misuse("an object goes by its name or OID, got %s", type(name))
  end
  local base, row = name:match("^(%a[%w]*)%.(%d+)$")
  local oid, problem = windows.object_oid(base or name, base and math.tointeger(row))
  return oid or failure.misuse("%s", problem)
end

-- { "sysName", "x" } or { "1.3.6...", 5, "gauge" }: as it is.
local function raw_binding(wish)
  local name, value, kind = wish[1], wish[2], wish[3]
  kind = kind or (type(value) == "string" and "octets" or "integer")
  if not TYPES[kind] then
    failure.unknown("type", kind, keys_of(TYPES))
  elseif kind ~= "null" and type(value) ~= "string" and math.type(value) ~= "integer" then
    failure.misuse("a raw value is a whole number or a text: { \"bacsVoltageHighAlarm\", 1500 }")
  end
  return { name = name, oid = oid_of(name), value = value, type = kind }
end

local function settable_names()
  local known = {}
  for _, list in ipairs { host.settings, host.texts } do
    for _, row in ipairs(list) do
      known[#known + 1] = row.snmp_name
    end
  end
  return known
end

-- name = value, in the natural unit; unit: that of temperatures once all is in force.
local function natural_binding(name, value, unit)
  local oid = type(name) == "string" and windows.object_oid(name)
  local setting, is_text = windows.setting_at(oid)
  if not setting then
    failure.unknown("setting or text that is an object", name, settable_names())
  elseif is_text ~= (type(value) == "string") and not (setting.names and setting.names[value]) then
    failure.misuse("%s takes %s, got %s", name, is_text and "a text" or
      setting.names and next(setting.names) and "the name of a choice" or "a number",
      type(value) == "string" and ("%q"):format(value) or type(value))
  end
  local raw = is_text and value or windows.written(setting, value, unit)
  return { name = name, oid = oid, value = raw, type = is_text and "octets" or "integer" }
end

-- The unit of temperatures if all of the wishes come into force.
local function unit_of(wishes)
  local unit_setting = windows.setting "temperature.unit"
  local wished = wishes[unit_setting.snmp_name]
  for _, wish in ipairs(wishes) do
    if type(wish) == "table" and oid_of(wish[1]) == unit_setting.snmp_oid then
      return wish[2]
    end
  end
  return wished and unit_setting.names[wished] or host.setting(unit_setting.name)
end

-- The list first, in its order; then the names, in theirs.
local function bindings_of(wishes, what)
  if type(wishes) ~= "table" or next(wishes) == nil then
    failure.misuse("%s takes what to set: { bacsVoltageHighAlarm = 15.2, sysName = \"cellar\" }",
      what)
  end
  failure.need_list(wishes, what)
  local bindings, names, unit = {}, {}, unit_of(wishes)
  for key, wish in pairs(wishes) do
    if math.type(key) ~= "integer" then
      names[#names + 1] = key
    elseif type(wish) ~= "table" then
      failure.misuse("a raw wish is a list: { \"bacsVoltageHighAlarm\", 1500 }")
    end
  end
  table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  for _, wish in ipairs(wishes) do
    bindings[#bindings + 1] = raw_binding(wish)
  end
  for _, name in ipairs(names) do
    bindings[#bindings + 1] = natural_binding(name, wishes[name], unit)
  end
  if #bindings > OBJECTS_MAX then
    failure.misuse("%d objects in one request; %d fit", #bindings, OBJECTS_MAX)
  end
  return bindings, unit
end

-- ---- what became of it --------------------------------------------------------------------

-- By the names of RFC 3416 and RFC 3414; noAnswer where there was silence.
local CODES = {}
for code in ([[noError tooBig noSuchName badValue readOnly genErr noAccess wrongType wrongLength
  wrongEncoding wrongValue noCreation inconsistentValue resourceUnavailable commitFailed undoFailed
  authorizationError notWritable inconsistentName noAnswer unsupportedSecLevel notInTimeWindow
  unknownUserName unknownEngineID wrongDigest decryptionError]]):gmatch("%a+") do
  CODES[code] = true
end

function manager.need_code(code, what)
  return CODES[code] and code or failure.unknown(what, tostring(code), keys_of(CODES))
end

-- Asks; a reply is the list of values, is_ok, code, text, and object: the name at fault, or nil.
local function ask(asker, kind, bindings)
  local reply = host.request(asker, kind, bindings)
  if not reply then
    failure.misuse("there is no write community; say settings = { [\"snmp.write_community\"] = " ..
      "\"...\" }, or who asks: operator.snmp:as { user = \"joe\", ... }")
  end
  local at_fault = bindings[reply.index]
  reply.object = at_fault and at_fault.name
  reply.is_ok = reply.code == "noError"
  reply.text = reply.object and reply.code .. " " .. reply.object or reply.code
  return reply
end

-- The harness follows what is in force now.
local function follow(bindings, unit)
  for _, binding in ipairs(bindings) do
    local setting, is_text = windows.setting_at(binding.oid)
    if setting then
      console.has_set(setting.name, is_text and binding.value or
        windows.meant(setting, binding.value, unit))
    end
  end
end

function manager.set(asker, wishes, what)
  local bindings, unit = bindings_of(wishes, what)
  local reply = ask(asker, "set", bindings)
  if reply.is_ok then
    follow(bindings, unit)
  end
  return reply
end

-- What an object shows to this one.
function manager.get(asker, oid, name)
  return ask(asker, "get", { { name = name, oid = oid, type = "null" } })
end

-- Everything below an OID, in order: { { oid, value } ... }.
function manager.walk(asker, root)
  local seen, oid = {}, root
  while true do
    local reply = ask(asker, "next", { { name = oid, oid = oid, type = "null" } })
    local next_oid = reply.oids and reply.oids[1]
    if not reply.is_ok and reply.code ~= "noSuchName" then
      return nil, reply.code
    elseif not reply.is_ok or next_oid == oid or
      (next_oid .. "."):sub(1, #root + 1) ~= root .. "." then
      return seen
    end
    seen[#seen + 1] = { oid = next_oid, value = reply[1] }
    oid = next_oid
  end
end

-- "30 26 02" as bytes.
local function bytes_of(hex)
  local digits = type(hex) == "string" and hex:gsub("%s", "") or ""
  if digits == "" or #digits % 2 ~= 0 or digits:find("%X") then
    failure.misuse("sends takes bytes in hexadecimal, as \"30 03 02 01 07\"")
  end
  return (digits:gsub("%x%x", function(pair) return string.char(tonumber(pair, 16)) end))
end

-- ---- the operator's manager ---------------------------------------------------------------

local methods = {}

local function new(asker, text)
  return setmetatable({}, {
    __index = function(_, name)
      return methods[name] or failure.unknown("verb of operator.snmp", tostring(name),
        keys_of(methods))
    end,
    __newindex = function() failure.misuse("operator.snmp cannot be changed") end,
    __metatable = false, asker = asker, text = text,
  })
end

-- asker and text of a manager; __metatable hides them from scenarios.
local function of(self)
  local meta = debug.getmetatable(self)
  if type(self) ~= "table" or not meta or not meta.text then
    failure.misuse("verbs of operator.snmp are called with a colon, as operator.snmp:set { ... }")
  end
  return meta.asker, meta.text
end

-- Must be obeyed, as the operator's requests.
function methods.set(self, wishes)
  local asker, text = of(self)
  local reply = manager.set(asker, wishes, "set")
  if not reply.is_ok then
    failure.raise(text .. " sets it", { "  wrong " .. reply.text })
  end
  return reply
end

methods["try"] = function(self, wishes)
  return manager.set(of(self), wishes, "try")
end

function methods.as(self, who)
  of(self)
  return new(manager.asker(who), who.user and "user " .. who.user or "community " .. who.community)
end

-- Who reads where nobody is named.
local function reader(asker)
  return asker or manager.asker { community = host.text("snmp.read_community") }
end

function methods.get(self, name)
  local asker, text = of(self)
  local reply = manager.get(reader(asker), oid_of(name), name)
  if not reply.is_ok then
    failure.raise(("%s reads %s"):format(text, name), { "  wrong " .. reply.text })
  end
  return reply[1]
end

function methods.walk(self, root)
  local asker, text = of(self)
  local seen, code = manager.walk(reader(asker), root or "1.3.6.1.2.1")
  if not seen then
    failure.raise(text .. " walks", { "  wrong " .. code })
  end
  return seen
end

function methods.sends(self, hex)
  of(self)
  return host.datagram(bytes_of(hex))
end

manager.operator = new(nil, "the manager")

return manager
