-- faults.lua — what gbms-bench matrix plays: every fault of the catalogue, at three severities, on
-- each class of plant. Some time on float, half an hour on load, three hours on charge.
--
-- Each scenario prints a line for each row of the alarm table that came, the first time: name,
-- seconds since the phase began, phase, and whether what it tells of is "so" in the plant or
-- "false"; and one that is "missed" where nothing came by which somebody would look there.

local plants = { "ups", "telecom", "nickel", "lithium" }

-- Who cannot have it: other cells do not sulphate or dry out; lithium is charged at one voltage.
local has_no = {
  nickel = { sulphated = true },
  lithium = { sulphated = true, dry_out = true, compensation_lost = true },
}

-- Rounds of a second at the begin of a phase, so long.
local QUICK = minutes(2)

-- Rows that stand beside one that says more.
local umbrellas = {
  initializing = true, voltage = true, temperature = true, resist_alarm = true, resist_warn = true,
}

-- Sizes that have no usual one: another module of the plant.
local chosen = { probe_misplaced = 7, twin_address = 3 }

-- By what somebody would be sent to it, as beginnings of names, true or not; false: no rule of the
-- webmanager is meant for it.
local resistance, voltage, difference = { "resist" }, { "voltage", "max_v" }, { "max_v" }
local string_voltage, deviation = { "voltage", "string_volt" }, { "string_curr_deviation" }
local lost, temperature = { "module_lost" }, { "temperature" }
local telling = {
  none = {}, dry_out = resistance, aged = resistance, sulphated = resistance,
  low_capacity = voltage, cell_shorted = voltage, cell_open = { "resist", "voltage", "max_v" },
  soft_short = voltage, self_discharge = voltage, joint = resistance, discharged = voltage,
  sun = temperature, too_high = string_voltage, too_low = string_voltage, failed = string_voltage,
  compensation_lost = false, ripple = false, fuse_blown = deviation, uneven = deviation,
  ground_fault = voltage, cooling_failed = temperature, voltage_lead_open = voltage,
  voltage_lead_resistance = resistance, voltage_lead_reversed = lost,
  voltage_lead_swapped = voltage, probe_detached = false, probe_open = temperature,
  probe_shorted = temperature, probe_misplaced = false, resistance_noisy = resistance,
  zero_drift = deviation, gain_error = deviation, reversed = { "string_curr", "discharging" },
  silent = lost, slow = lost, babbling = lost, wrong_address = lost, twin_address = lost,
  wrong_revision = { "system_error" }, stuck_value = difference, rebooting = lost,
  stuck_bypass = { "equalizing" }, noisy = lost, wrong_termination = lost,
  shorted = { "communication_lost" }, brown_out = lost, cut = lost, too_long = lost,
}

-- How long on float, where a day shows too little of it; a module that is lost needs none.
local watched = {
  none = days(3), dry_out = days(3), cell_shorted = days(3),
  soft_short = days(7), self_discharge = days(21),
}
for verb, names in pairs(telling) do
  watched[verb] = watched[verb] or (names == lost and hours(1) or days(1))
end

-- How a beginning is written where nothing came.
local spelled = {
  resist = "resist_…", voltage = "voltage_…", max_v = "max_voltage_diff",
  string_volt = "string_volt_…", string_curr = "string_curr_…", temperature = "temperature_…",
  string_curr_deviation = "string_curr_deviation_…",
}

-- Wanted before the fault shows at all.
local first = {
  resistance_noisy = function(plant) plant.charger:ripple {} end,
  probe_misplaced = function(plant) plant.module[chosen.probe_misplaced]:sun { by = 2 } end,
}

-- Without which nobody meets it: a revision is asked for when a module is back.
local after = {
  wrong_revision = function(module)
    module:unplug()
    wait(minutes(5))
    module:plug()
  end,
}

-- "mild" and the size, in the order of a table row; one where there is none, or it is an address.
-- Where the usual size is the end of the range, those below it take the place of twice as much.
local function severities(row)
  local usual = row.usual or chosen[row.verb]
  if not row.size or row.is_whole or not row.usual then
    return { { "usual", usual } }
  end
  local function part(factor)
    local size = row.neutral + factor * (usual - row.neutral)
    return math.max(row.low, math.min(row.high, size))
  end
  if part(2) == usual then
    return { { "mild", part(0.25) }, { "medium", part(0.5) }, { "usual", usual } }
  end
  return { { "mild", part(0.5) }, { "usual", usual }, { "severe", part(2) } }
end

local function item_of(plant, word)
  local items = {
    module = plant.string[1].module[2], string = plant.string[1], plant = plant,
    charger = plant.charger, bus = plant.bus, current_sensor = plant.current_sensor[1],
  }
  return items[word] or plant:cable(plant.module[1], plant.module[2])
end

-- Lowest and highest of what the plant itself knows, since the fault; the least current, since the
-- phase began.
local function observe(plant, seen)
  local function take(name, value)
    local range = seen[name] or { value, value }
    seen[name] = { math.min(range[1], value), math.max(range[2], value) }
  end
  for i = 1, #plant.string do
    local voltages, sum = {}, 0
    for k, module in ipairs(plant.string[i].module) do
      voltages[k] = module.voltage.value
      sum = sum + voltages[k]
      take("voltage", voltages[k])
      take("temperature", module.temperature.value)
      take("impedance", module.resistance.value)
    end
    take("string_voltage", sum)
    for _, voltage in ipairs(voltages) do
      take("off_average", math.abs(voltage - sum / #voltages))
    end
  end
  local current, other = plant.string[1].current.value, plant.string[2].current.value
  take(current + other > 0 and "charge_difference" or "discharge_difference",
    math.abs(current - other) / 2)
  seen.current = math.min(current, other, seen.current or current)
  take("ambient", plant.ambient.value)
end

local function limit(name)
  return tonumber(operator("show settings " .. name)[1].value)
end

-- Alarms of a limit: the quantity, the setting, and the side.
local limits = {
  voltage_high = { "voltage", "voltage.high_alarm", 2 },
  voltage_low = { "voltage", "voltage.low_alarm", 1 },
  voltage_warn_high = { "voltage", "voltage.high_warn", 2 },
  voltage_warn_low = { "voltage", "voltage.low_warn", 1 },
  temperature_high = { "temperature", "temperature.high_alarm", 2 },
  temperature_low = { "temperature", "temperature.low_alarm", 1 },
  temperature_warn_high = { "temperature", "temperature.high_warn", 2 },
  temperature_warn_low = { "temperature", "temperature.low_warn", 1 },
  resist_alarm_high = { "impedance", "impedance.high_alarm", 2 },
  resist_alarm_low = { "impedance", "impedance.low_alarm", 1 },
  resist_warn_high = { "impedance", "impedance.high_warn", 2 },
  resist_warn_low = { "impedance", "impedance.low_warn", 1 },
  string_volt_high = { "string_voltage", "string_voltage.high_alarm", 2 },
  string_volt_low = { "string_voltage", "string_voltage.low_alarm", 1 },
  string_volt_high_warn = { "string_voltage", "string_voltage.high_warn", 2 },
  string_volt_low_warn = { "string_voltage", "string_voltage.low_warn", 1 },
  max_voltage_diff = { "off_average", "voltage.max_difference", 2 },
  string_curr_deviation_charge = { "charge_difference", "current_deviation.charge_alarm", 2 },
  string_curr_deviation_discharge =
    { "discharge_difference", "current_deviation.discharge_alarm", 2 },
  string_curr_deviation_charge_warn = { "charge_difference", "current_deviation.charge_warn", 2 },
  string_curr_deviation_discharge_warn =
    { "discharge_difference", "current_deviation.discharge_warn", 2 },
}

-- What its row tells of, is it so in the plant? warmer_K: what the fault itself adds to the room.
local function is_true(name, seen, warmer_K)
  local row = limits[name]
  if row then
    local range, bound = seen[row[1]], limit(row[2])
    return range ~= nil and (row[3] == 1 and range[1] < bound or row[3] == 2 and range[2] > bound)
  elseif name == "thermal_runaway" then
    return seen.temperature[2] > seen.ambient[2] + warmer_K + 10
  elseif name == "discharging" then
    return seen.current <= -math.max(1, limit "battery.capacity" / 100)
  end
  return true
end

local function print_line(...)
  print(table.concat({ ... }, "\t"))
end

-- The event log from this number on, a line each; more of it is read only where more has come.
local function log_from(number)
  local count, text = 10, nil
  repeat
    text = operator:try("log events " .. count).said
    local first = tonumber(text:match "\n(%d+),") or number
    count = count * 10
  until first <= number or count > 10000
  return text:gmatch "[^\n]+"
end

-- Every alarm that came since the last look, { name, s of uptime }: some are gone again by now.
local function news_of(story)
  local list, is_lost = {}, false
  for line in log_from(story.next) do
    local number, s, event, name = line:match "^(%d+),[^,]*,([%d.]+),([%w_]+),([^,]*)"
    number = tonumber(number)
    if number and number >= story.next then
      story.next = number + 1
      is_lost = is_lost or event == "module_lost"
      if event == "module_lost" or event == "alarm_added" then
        list[#list + 1] = { name = event == "module_lost" and event or name, s = tonumber(s) }
      end
    end
  end
  return list, is_lost
end

-- A story: seen and named so far, the next number of the log, phase, begun (s of uptime), warmer_K.
local function look(plant, story)
  observe(plant, story.seen)
  local list, is_lost = news_of(story)
  for _, row in ipairs(list) do
    local is_due = umbrellas[row.name] or (row.name == "system_error" and is_lost) or
      (story.phase == "load" and row.name == "discharging") or
      (story.phase == "charge" and row.name == "discharging_stopped")
    if not is_due and not story.named[row.name] then
      story.named[row.name] = true
      print_line(row.name, ("%.0f"):format(math.max(row.s - story.begun, 0)), story.phase,
        is_true(row.name, story.seen, story.warmer_K) and "so" or "false")
    end
  end
end

-- Rounds of a second as by default, at first; no round is of interest for weeks.
local function round_s(now, quick_s)
  return now < quick_s and 1 or now < hours(1) and 60 or 300
end

local function set_round(story, round)
  if round ~= story.round then
    story.round = round
    operator("set bus.round_period " .. round)
  end
end

-- Looks each second for twenty, later each round or tenth of the time that has passed.
local function watch(plant, story, phase, duration, quick_s)
  local now = 0
  story.seen.current = nil
  observe(plant, story.seen)
  story.phase, story.begun = phase, operator.snmp:get "sysUpTime" / 100
  while now < duration do
    local round = round_s(now, quick_s)
    set_round(story, round)
    local pause = math.min(now < 20 and 1 or math.max(now // 10, round), duration - now)
    wait(pause)
    now = now + pause
    look(plant, story)
  end
  set_round(story, 1)
  wait(rounds(1))
  look(plant, story)
end

local function tell_missed(verb, named)
  local words = {}
  for _, beginning in ipairs(telling[verb] or {}) do
    for name in pairs(named) do
      if name:sub(1, #beginning) == beginning then
        return
      end
    end
    words[#words + 1] = spelled[beginning] or beginning
  end
  if telling[verb] == false then
    print_line("no rule", 0, "charge", "missed")
  elseif #words > 0 then
    print_line(table.concat(words, " or "), 0, "charge", "missed")
  end
end

-- Before the fault nothing is raised, so what comes is of it.
local function begin(plant, row, size)
  settle()
  operator("set voltage.max_difference " .. plant.module[1].voltage.value / 40)
  if first[row.verb] then
    first[row.verb](plant)
  end
  wait(minutes(10))
  expect(plant):is_quiet()
  local is_warmer = row.verb == "sun" or row.verb == "cooling_failed"
  local story = { seen = {}, named = {}, next = 0, round = 1, warmer_K = is_warmer and size or 0 }
  news_of(story)
  return story
end

local function play(plant, row, size)
  local story, item = begin(plant, row, size), item_of(plant, row.item)
  if row.verb ~= "none" then
    item[row.verb](item, size and { [row.size] = size } or nil)
  end
  if after[row.verb] then
    after[row.verb](item)
    news_of(story)
  end
  local quick_s = telling[row.verb] == lost and minutes(10) or QUICK
  watch(plant, story, "float", watched[row.verb], quick_s)
  plant.charger.on = false
  plant.load.current = limit "battery.capacity" * #plant.string / 5
  watch(plant, story, "load", minutes(30), QUICK)
  plant.load.current = 0
  plant.charger.on = true
  watch(plant, story, "charge", hours(3), QUICK)
  tell_missed(row.verb, story.named)
end

local function define(name, row, severity)
  local size = severity[2]
  local text = size and ("%.4g %s"):format(size, row.unit:match "^[^(]*"):match "^(.-)%s*$" or "-"
  scenario(("%s|%s|%s|%s|%s"):format(name, row.item, row.verb, severity[1], text)) {
    plant = name,
    settings = { ["bus.round_period"] = 1, ["impedance.poll_rate"] = 60 },
    run = function(plant)
      play(plant, row, size)
    end,
  }
end

local rows = { { item = "-", verb = "none" }, table.unpack(faults()) }

for _, name in ipairs(plants) do
  for _, row in ipairs(rows) do
    if telling[row.verb] == nil then
      error(("%s: by what is it seen? telling names none"):format(row.verb), 0)
    end
    local is_possible = not (has_no[name] or {})[row.verb]
    for _, severity in ipairs(is_possible and severities(row) or {}) do
      define(name, row, severity)
    end
  end
end
