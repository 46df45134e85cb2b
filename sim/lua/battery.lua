-- battery.lua — reads a battery type: checks every word of it and hands back plain values.
--
-- Called with the ranges of values, the known classes, the file's path, and its text where it is
-- built in; returns a table, or nil and what is wrong.
-- Always true: what it returns is whole and in range.

local ranges, classes, file, text = ...

-- Errors of a definition travel as tables: their place is the line that says `battery`.
local function refuse(format, ...)
  error({ format:format(...) }, 0)
end

local function sorted(keys)
  local list = {}
  for key in pairs(keys) do
    list[#list + 1] = tostring(key)
  end
  table.sort(list)
  return list
end

-- What somebody wrote, as they wrote it; never an address, which differs from run to run.
local function written(value)
  local kind = type(value)
  if kind == "string" then
    return '"' .. value .. '"'
  end
  local is_plain = kind == "number" or kind == "boolean" or kind == "nil"
  return is_plain and tostring(value) or "a " .. kind
end

local function check_words(given, known, what)
  for _, key in ipairs(sorted(given)) do
    if known[key] == nil then
      refuse('%s has no property "%s"; it has: %s', what, key,
             table.concat(sorted(known), ", "))
    end
  end
end

-- A number in the range of its key; one that may be left out gives nil.
local function check_number(value, key, is_needed)
  local range = ranges[key]
  if value == nil and not is_needed then
    return nil
  end
  if type(value) ~= "number" or (range.whole and math.type(value) ~= "integer") then
    refuse("%s is a %s from %g to %g, not %s", key, range.whole and "whole number" or "number",
           range.low, range.high, written(value))
  end
  if not (value >= range.low and value <= range.high) then -- a NaN, too
    refuse("%s is a number from %g to %g, not %g", key, range.low, range.high, value)
  end
  return value
end

local function check_text(value, what, most)
  if type(value) ~= "string" or value == "" or #value > most then
    refuse("%s is a text of 1 to %d bytes, not %s", what, most,
           type(value) == "string" and #value .. " bytes" or written(value))
  end
  return value
end

-- Hours and amperes-hours in pairs, the longest first.
local function check_rates(given)
  local rates = {}
  if type(given.capacity_Ah) ~= "table" then
    check_number(given.capacity_Ah, "capacity_Ah", true)
    check_number(given.at_hours, "at_hours", true)
    return { { given.capacity_Ah, given.at_hours } }
  end
  if given.at_hours ~= nil then
    refuse("capacity_Ah has its hours in it, as { [20] = 7.2, [10] = 6.8 }; leave out at_hours")
  end
  for hours, capacity in pairs(given.capacity_Ah) do
    check_number(hours, "at_hours", true)
    check_number(capacity, "capacity_Ah", true)
    rates[#rates + 1] = { capacity, hours }
  end
  if #rates < 1 or #rates > ranges.rates_max then
    refuse("capacity_Ah has 1 to %d rates, not %d", ranges.rates_max, #rates)
  end
  table.sort(rates, function(a, b)
    return a[2] > b[2]
  end)
  return rates
end

local words = {
  class = true, cells = true, capacity_Ah = true, at_hours = true, resistance_mOhm = true,
  mass_kg = true, temperature_C = true, source = true, fitted = true, fit = true,
}
local fit_words = {
  capacity_Ah = true, available = true, exchange_per_h = true, resistance_empty = true,
  losses_mOhm = true, slope_V = true,
}

local function check_fit(given)
  if given == nil then
    return nil
  end
  if type(given) ~= "table" then
    refuse("fit is a table, as gbms-bench battery fit writes it, not %s", written(given))
  end
  check_words(given, fit_words, "fit")
  local fit = {}
  for key in pairs(fit_words) do
    fit[key] = check_number(given[key], "fit." .. key, true)
  end
  return fit
end

local function build(name, given)
  check_text(name, "the name of a battery", 63)
  if type(given) ~= "table" then
    refuse("a battery is a table, not %s", written(given))
  end
  check_words(given, words, "battery")
  if classes[given.class] == nil then
    refuse("class is one of %s, not %s", table.concat(sorted(classes), ", "), written(given.class))
  end
  return {
    name = name,
    class = given.class,
    cells = check_number(given.cells, "cells", true),
    rates = check_rates(given),
    resistance_mOhm = check_number(given.resistance_mOhm, "resistance_mOhm"),
    mass_kg = check_number(given.mass_kg, "mass_kg"),
    temperature_C = check_number(given.temperature_C, "temperature_C"),
    source = check_text(given.source or "not told", "source", 399),
    fitted = given.fitted ~= nil and check_text(given.fitted, "fitted", 399) or nil,
    fit = check_fit(given.fit),
  }
end

local built

-- `battery "name" { ... }`
local function battery(name)
  return function(given)
    if built then
      error("a battery file describes one type; this is the second", 2)
    end
    local ok, result = pcall(build, name, given)
    if not ok then
      error(type(result) == "table" and result[1] or tostring(result), 2)
    end
    built = result
  end
end

-- What a type file may use: no clock, no files, no chance, so that a type is the same each time.
local globals = {
  battery = battery, assert = assert, error = error, ipairs = ipairs, next = next, pairs = pairs,
  select = select, tonumber = tonumber, tostring = tostring, type = type,
}
-- Copies: what a file does to them, it does to itself.
for name, library in pairs { math = math, string = string, table = table } do
  globals[name] = {}
  for key, value in pairs(library) do
    globals[name][key] = value
  end
end
globals.math.random, globals.math.randomseed = nil, nil

local environment = setmetatable({}, {
  __index = function(_, key)
    if globals[key] == nil then
      error(('a battery file knows no word "%s"; it knows: %s'):format(tostring(key),
            table.concat(sorted(globals), ", ")), 2)
    end
    return globals[key]
  end,
  __newindex = function(_, key)
    error(('"%s" is not local: write `local %s = ...`'):format(tostring(key), tostring(key)), 2)
  end,
})

local chunk, why
if text then
  chunk, why = load(text, "=" .. file, "t", environment)
else
  chunk, why = loadfile(file, "t", environment)
end
if not chunk then
  return nil, why
end
local ok
ok, why = pcall(chunk)
if not ok then
  return nil, tostring(why)
end
if not built then
  return nil, file .. ': describes no battery; write battery "name" { class = "agm", ... }'
end
return built
