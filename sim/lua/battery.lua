-- battery.lua — reads a battery type: checks every word of it and hands back plain values.
--
-- Called with definition.lua's table, the ranges of values, the known classes, the file's path, and
-- its text where it is built in; returns a table, or nil and what is wrong.
-- Always true: what it returns is whole and in range.

local definition, ranges, classes, file, text = ...
local refuse, sorted, written, check_words =
  definition.refuse, definition.sorted, definition.written, definition.check_words

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

local battery, found =
  definition.once(build, "a battery file describes one type; this is the second")
local environment = definition.sandbox("battery", { battery = battery })
local why
if text then
  why = definition.run(file, load(text, "=" .. file, "t", environment))
else
  why = definition.run(file, loadfile(file, "t", environment))
end
if why then
  return nil, why
end
if not found.is_there then
  return nil, file .. ': describes no battery; write battery "name" { class = "agm", ... }'
end
return found.result
