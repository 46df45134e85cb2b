-- plant.lua — reads a plant file: checks every word of it, fills in what it leaves out, and hands
-- the rest to the simulator.
--
-- Called with the simulator's functions, definition.lua's table, the file's path and the wiring
-- rules that the scenario allows to be broken; returns nil, or what is wrong.
-- Always true: nothing is built before every word has been checked against its list.

local sim, definition, file, allow = ...
local refuse, sorted, written, check_words =
  definition.refuse, definition.sorted, definition.written, definition.check_words

local strings_max, modules_max, aux_max, aux_lines =
  sim.strings_max, sim.modules_max, sim.aux_max, sim.aux_lines

-- The cells of a lead block of the module's nominal voltage.
local cells_of_type = { c20 = 6, c21 = 6, c23 = 8, c30 = 3, c40 = 1, c41 = 2 }

local function check_type(value, wanted, what)
  if type(value) ~= wanted then
    refuse("%s is a %s, not a %s", what, wanted, type(value))
  end
  return value
end

-- A whole number in a range; says which limit was broken, and whose it is.
local function check_count(value, low, high, what, rule)
  if math.type(value) ~= "integer" then
    refuse("%s is a whole number from %d to %d, not %s", what, low, high, written(value))
  end
  if value > high then
    refuse("%s: %d is more than the webmanager takes; at most %d%s", what, value, high,
           rule and (" (wiring rule %s)"):format(rule) or "")
  end
  if value < low then
    refuse("%s: %d is too few; at least %d", what, value, low)
  end
  return value
end

local function check_list(list, size, what)
  for key in pairs(check_type(list, "table", what)) do
    if math.type(key) ~= "integer" or key < 1 or key > size then
      refuse("%s[%s] is not there: it has %d", what, tostring(key), size)
    end
  end
  return list
end

local checks = {
  refuse = refuse, words = check_words, type = check_type, count = check_count, list = check_list,
  written = written, sorted = sorted,
}
local plan_wiring, lay_wiring = sim.wiring(sim, checks)

local function text_of(value)
  if type(value) == "boolean" then
    return value and "yes" or "no"
  end
  return math.type(value) == "float" and ("%.14g"):format(value) or tostring(value)
end

local defaults = {
  strings = 1,
  module_type = "c20",
  capacity = 50,
  chemistry = "lead",
  current_sensors = 0,
  sensor_range = 50,
  sensor_for_all = false,
  gx_r_aux = 0,
  baud = 19200,
  exact = false,
  ambient = 24,
}

local known_words = {
  strings = true, modules = true, modules_total = true, module_type = true, capacity = true,
  cells = true, chemistry = true, battery_type = true, current_sensors = true, sensor_range = true,
  sensor_for_all = true, gx_r_aux = true, baud = true, exact = true, ambient = true,
  breaker = true, settings = true, module = true, string = true, battery = true,
  charger = true, load = true, panel = true, com2 = true, wiring = true, dip = true,
  behave = true, on_step = true, on_frame = true,
}

local module_words = {
  voltage = true, temperature = true, resistance = true, state_of_charge = true, latency = true,
  bypass = true, battery = true, address = true, float_current = true, behave = true,
}
local string_words = { current = true, current_ac = true, cable = true, module = true }
local charger_words = {
  voltage = true, boost = true, boosting = true, limit = true, on = true, compensation = true,
}
local load_words = { current = true, power = true, resistance = true }
local panel_words = { slide_switch = true }
local breaker_words = { output = true, wiring = true }

-- How many modules there are, from `modules` a string or from `modules_total`.
local function total_modules(given, strings)
  if given.modules ~= nil and given.modules_total ~= nil then
    refuse("modules (a string) and modules_total are two ways to say one thing; keep one")
  end
  if given.modules_total == nil then
    local each = given.modules == nil and 1 or given.modules
    if math.type(each) ~= "integer" or each < 1 then
      refuse("modules is the whole number of modules a string, from 1, not %s", written(each))
    end
    check_count(each, 1, modules_max, "modules", "G") -- before a product that could wrap around
    return check_count(each * strings, 1, modules_max, "modules", "G")
  end
  local total = check_count(given.modules_total, 1, modules_max, "modules_total", "G")
  if total % strings ~= 0 then
    local below = total - total % strings
    local right = below == 0 and "" or below .. " or "
    refuse("%d modules don't divide evenly into %d strings; %s%d would", total, strings, right,
           below + strings)
  end
  return total
end

-- Guide, "Technical Data": the current sensors there are, in A.
local sensor_ranges = { [50] = true, [200] = true, [400] = true, [1000] = true, [2000] = true }

-- What a battery type says, in place of the words that it would contradict.
local function apply_type(given)
  local word = check_type(given.battery_type, "string", "battery_type")
  for _, key in ipairs { "capacity", "cells", "chemistry" } do
    if given[key] ~= nil then
      refuse("battery_type says the %s already: leave %s out", key, key)
    end
  end
  local is_file = word:find("/", 1, true) or word:find("%.lua$")
  if is_file and word:sub(1, 1) ~= "/" then
    word = (file:match("^(.*/)") or "") .. word
  end
  local type_of, why = sim.battery_type(word)
  if not type_of then
    refuse("battery_type: %s", why)
  end
  return setmetatable(type_of, { __index = given })
end

local function check_shape(given)
  if given.battery_type ~= nil then
    given = apply_type(given)
  end
  local shape = {}
  for key, value in pairs(defaults) do
    shape[key] = given[key]
    if shape[key] == nil then
      shape[key] = value
    end
    check_type(shape[key], type(value), key)
  end
  check_count(shape.strings, 1, strings_max, "strings", "strings")
  shape.modules = total_modules(given, shape.strings)
  check_count(shape.current_sensors, 0, strings_max, "current_sensors")
  if not sensor_ranges[shape.sensor_range] then
    refuse("sensor_range is 50, 200, 400, 1000 or 2000 A, not %s", written(shape.sensor_range))
  end
  check_count(shape.gx_r_aux, 0, aux_max, "gx_r_aux")
  check_count(shape.baud, 1200, 1000000, "baud")
  if not (shape.ambient >= -60 and shape.ambient <= 100) then -- a NaN, too
    refuse("ambient is a number from -60 to 100 degC, not %g", shape.ambient)
  end
  if shape.sensor_for_all and shape.current_sensors ~= 1 then
    refuse("sensor_for_all needs current_sensors = 1, not %d", shape.current_sensors)
  end
  if not shape.sensor_for_all and shape.current_sensors > shape.strings then
    refuse("%d current sensors are more than %d strings: sensor n belongs to string n",
           shape.current_sensors, shape.strings)
  end
  shape.cells = given.cells or cells_of_type[shape.module_type] or 6
  check_count(shape.cells, 1, 24, "cells")
  return shape
end

local dip_words = { current_sensor = true, gx_r_aux = true, allow = true }

-- The addresses that DIP switches are set to, by kind and number; two of a kind with one address
-- garble each other, and are refused unless they are allowed: here, or by the scenario's "dip".
local function check_dip(given, shape, is_allowed)
  local kinds = {
    current_sensor = { shape.current_sensors, strings_max },
    gx_r_aux = { shape.gx_r_aux, aux_max },
  }
  local addresses, is_double = {}, false
  check_words(check_type(given, "table", "dip"), dip_words, "dip")
  is_allowed = check_type(given.allow or false, "boolean", "dip.allow") or is_allowed
  for _, kind in ipairs { "current_sensor", "gx_r_aux" } do
    local count, address_max = table.unpack(kinds[kind])
    local list = check_list(given[kind] or {}, count, "dip." .. kind)
    local owner = {}
    addresses[kind] = {}
    for i = 1, count do
      local what = ("dip.%s[%d]"):format(kind, i)
      local address = list[i] == nil and i or check_count(list[i], 1, address_max, what)
      if owner[address] and not is_allowed then
        refuse('%s: %s[%d] has address %d already; give each its own, or say allow = true in dip '
               .. 'to see what comes of it', what, kind, owner[address], address)
      end
      is_double = is_double or owner[address] ~= nil
      owner[address] = i
      addresses[kind][i] = address
    end
  end
  if is_allowed and not is_double then
    refuse('dip may break no rule here: no two devices have one address; leave its allow out')
  end
  return addresses
end

-- The scenario's allow without the word that is no wiring rule, and whether it was there.
local function split_allow(asked)
  local rest, is_dip = {}, false
  for name in asked:gmatch("[^, ]+") do
    if name == "dip" then
      is_dip = true
    else
      rest[#rest + 1] = name
    end
  end
  return table.concat(rest, ", "), is_dip
end

-- The breakers by string: output over all units, and wiring.
local function check_breakers(given, shape)
  local breakers, taken = {}, {}
  for i = 1, shape.strings do
    local each = check_list(given.breaker or {}, shape.strings, "breaker")[i]
    if each then
      local what = ("breaker[%d]"):format(i)
      check_words(check_type(each, "table", what), breaker_words, what)
      local outputs = shape.gx_r_aux * aux_lines
      if outputs == 0 then
        refuse("%s needs gx_r_aux: it is an output of a GX_R_AUX unit, and there is none", what)
      end
      if math.type(each.output) ~= "integer" or each.output < 1 or each.output > outputs then
        refuse("%s.output is a whole number from 1 to %d (four for each gx_r_aux), not %s", what,
               outputs, written(each.output))
      end
      if taken[each.output] then
        refuse("%s.output: output %d is the breaker of string %d already", what, each.output,
               taken[each.output])
      end
      local wiring = each.wiring or "no"
      if wiring ~= "no" and wiring ~= "nc" then
        refuse('%s.wiring is "no" (on = open) or "nc" (off = open), not %s', what,
               written(wiring))
      end
      taken[each.output] = i
      breakers[i] = { output = each.output, wiring = wiring }
    end
  end
  return breakers
end

-- What hangs on COM2, by its own script; nil: nothing.
local function plan_com2(given)
  if given == nil then
    return nil
  end
  local use = check_type(given, "table", "com2").use
  local build = type(use) == "string" and sim.devices[use]
  if not build then
    refuse("com2.use is one of these texts: %s, not %s", table.concat(sorted(sim.devices), ", "),
           written(use))
  end
  return build(given, checks)
end

-- Structural settings first, then the breakers, then what the file names, in order of name.
local function tell_settings(given, shape, breakers, com2)
  local told = {}
  local function tell(name, value)
    told[name] = true
    local why = sim.setting(name, text_of(value))
    if why then
      refuse("%s", why)
    end
  end
  tell("bank.strings", shape.strings)
  tell("bank.modules", shape.modules)
  tell("bank.module_type", shape.module_type)
  tell("battery.capacity", shape.capacity)
  tell("battery.cells", shape.cells)
  tell("battery.chemistry", shape.chemistry)
  tell("bank.current_sensors", shape.current_sensors)
  tell("bank.sensor_for_all", shape.sensor_for_all)
  tell("bank.sensor_range", shape.sensor_range)
  tell("bank.aux_units", shape.gx_r_aux)
  tell("bus.baud", shape.baud)
  for i = 1, shape.strings do
    if breakers[i] then
      tell("breaker.output_" .. i, breakers[i].output)
      tell("breaker.wiring_" .. i, breakers[i].wiring)
    end
  end
  for _, each in ipairs(com2 and com2.settings or {}) do
    tell(each[1], each[2])
  end
  local settings = check_type(given.settings or {}, "table", "settings")
  for key, value in pairs(settings) do
    check_type(key, "string", "the name of a setting")
    local kind = type(value)
    if kind ~= "string" and kind ~= "number" and kind ~= "boolean" then
      refuse("settings: %s is a number or a text, not a %s", key, kind)
    end
  end
  for _, key in ipairs(sorted(settings)) do
    if told[key] or key:find("^breaker%.") then
      refuse("settings: %s is what the plant is; say it with a word of the plant: %s", key,
             table.concat(sorted(known_words), ", "))
    end
    tell(key, settings[key])
  end
end

local function push(item, number, properties, what)
  for _, name in ipairs(sorted(properties)) do
    local why = sim.push(item, number, name, properties[name])
    if why then
      refuse("%s: %s", what, why)
    end
  end
end

-- A device of one's own in the place of one that is built in.
local function behave(item, number, functions, what)
  local why = sim.behave(item, number, check_type(functions, "table", what))
  if why then
    refuse("%s: %s", what, why)
  end
end

-- Those that are no modules of a string, by kind and number over all.
local function behave_all(given, shape)
  local count = {
    module = shape.modules, current_sensor = shape.current_sensors, gx_r_aux = shape.gx_r_aux,
  }
  check_words(check_type(given, "table", "behave"), count, "behave")
  for _, item in ipairs(sorted(count)) do
    local list = check_list(given[item] or {}, count[item], "behave." .. item)
    for number = 1, count[item] do
      if list[number] ~= nil then
        behave(item, number, list[number], ("behave.%s[%d]"):format(item, number))
      end
    end
  end
end

-- `on_step = function(now, plant)` or `{ every = s, function(now, plant) }`.
local function hook(given)
  local step = given.on_step
  if step ~= nil then
    local is_plain = type(step) ~= "table"
    if not is_plain then
      check_words(step, { every = true, ["1"] = true }, "on_step")
      check_type(step.every, "number", "on_step.every")
      if not (step.every >= 0.001 and step.every <= 1e9) then
        refuse("on_step.every is the seconds between its calls, from 0.001, not %g", step.every)
      end
    end
    local fn = check_type(is_plain and step or step[1], "function", "on_step")
    sim.on_step(fn, is_plain and 0 or step.every)
  end
  if given.on_frame ~= nil then
    sim.on_frame(check_type(given.on_frame, "function", "on_frame"))
  end
end

-- One module's own words, laid over those for all.
local function push_module(number, common, own, what)
  local properties = {}
  for _, words in ipairs { common, own } do
    check_words(check_type(words, "table", what), module_words, what)
    for key, value in pairs(words) do
      properties[key] = value
    end
  end
  if properties.battery ~= nil then
    sim.script(number, check_type(properties.battery, "function", what .. ".battery"))
    properties.battery = nil
  end
  if properties.behave ~= nil then
    behave("module", number, properties.behave, what .. ".behave")
    properties.behave = nil
  end
  push("module", number, properties, what)
end

local function push_strings(given, shape)
  local per_string = shape.modules // shape.strings
  local common = check_type(given.module or {}, "table", "module")
  check_words(common, module_words, "module")
  local for_all = { battery = given.battery }
  for key, value in pairs(common) do
    for_all[key] = value
  end
  local strings = check_list(given.string or {}, shape.strings, "string")
  for i = 1, shape.strings do
    local what = ("string[%d]"):format(i)
    local each = check_type(strings[i] or {}, "table", what)
    check_words(each, string_words, what)
    local own = { current = each.current, current_ac = each.current_ac, cable = each.cable }
    push("string", i, own, what)
    local modules = check_list(each.module or {}, per_string, what .. ".module")
    for k = 1, per_string do
      local name = ("%s.module[%d]"):format(what, k)
      push_module((i - 1) * per_string + k, for_all, modules[k] or {}, name)
    end
  end
end

-- Hangs the device there, and lets it begin with what the file says.
local function push_com2(given, com2)
  if com2 then
    sim.com2(com2, given.com2.use == "sensormanager")
    push("com2", 0, com2.begins, "com2")
    for number, value in pairs(com2.analogs or {}) do
      push("analog", number, { value = value }, ("com2, analog input %d"):format(number))
    end
  end
end

local function build(name, given)
  check_type(name, "string", "the name of a plant")
  check_words(check_type(given, "table", "plant"), known_words, "plant")
  local shape = check_shape(given)
  local breakers = check_breakers(given, shape)
  local rules_allowed, is_dip_allowed = split_allow(allow)
  local wiring = plan_wiring(given.wiring, shape, rules_allowed)
  local com2 = plan_com2(given.com2)
  shape.dip = check_dip(given.dip or {}, shape, is_dip_allowed)
  tell_settings(given, shape, breakers, com2)
  local why = sim.build(shape)
  if why then
    refuse("%s", why)
  end
  lay_wiring(wiring)
  for i, each in pairs(breakers) do
    sim.breaker(i, each.output, each.wiring == "nc")
  end
  for item, words in pairs { charger = charger_words, load = load_words } do
    local properties = check_type(given[item] or {}, "table", item)
    check_words(properties, words, item)
    push(item, 0, properties, item)
  end
  check_words(check_type(given.panel or {}, "table", "panel"), panel_words, "panel")
  push("webmanager", 0, given.panel or {}, "panel")
  push_com2(given, com2)
  push_strings(given, shape)
  behave_all(given.behave or {}, shape)
  hook(given)
end

local plant, found = definition.once(build, "a plant file describes one plant; this is the second")

-- A verb for the items of this plant.
local function define_verb(...)
  local problem = sim.define_verb(...)
  if problem then
    error(problem, 2)
  end
end

local words = { plant = plant, define_verb = define_verb }
for name, factor in pairs { seconds = 1, minutes = 60, hours = 3600, days = 86400 } do
  words[name] = function(value)
    if type(value) ~= "number" then
      error(("%s takes a number, got a %s"):format(name, type(value)), 2)
    end
    return value * factor
  end
end

local why = definition.run(file, loadfile(file, "t", definition.sandbox("plant", words)))
if why then
  return why
end
if not found.is_there then
  return file .. ': describes no plant; write plant "name" { strings = 2, modules = 9, ... }'
end
