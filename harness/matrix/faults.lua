-- faults.lua — what gbms-bench matrix plays: every fault of the catalogue, at up to three
-- severities, on each class of plant. A day on float, half an hour on load, three hours on charge.
--
-- Each scenario prints a line for every row of the alarm table that was seen, the first time:
-- name, seconds since the fault, phase, and whether what it tells of is so in the plant.

local plants = { "ups", "telecom", "nickel" }

-- Rows that stand beside one that says more.
local umbrellas = { voltage = true, temperature = true, resist_alarm = true, resist_warn = true }

-- Sizes that have no usual one: another module of the plant.
local chosen = { probe_misplaced = 7, twin_address = 3 }

-- Wanted before the fault shows at all.
local first = {
  resistance_noisy = function(plant) plant.charger:ripple {} end,
}

-- Without which nobody meets it: a revision is asked for when a module is back.
local after = {
  wrong_revision = function(module)
    module:unplug()
    wait(minutes(5))
    module:plug()
  end,
}

-- "mild" and the size, in the order of a table row; one where there is no size.
local function severities(row)
  if not row.size then
    return { { "usual" } }
  end
  local usual = row.usual or chosen[row.verb]
  if row.is_whole or not row.usual then
    return { { "usual", usual } }
  end
  local list = {}
  for _, each in ipairs { { "mild", 0.5 }, { "usual", 1 }, { "severe", 2 } } do
    local size = row.neutral + each[2] * (usual - row.neutral)
    size = math.max(row.low, math.min(row.high, size))
    if #list == 0 or list[#list][2] ~= size then
      list[#list + 1] = { each[1], size }
    end
  end
  return list
end

local function item_of(plant, word)
  local items = {
    module = plant.string[1].module[2], string = plant.string[1], plant = plant,
    charger = plant.charger, bus = plant.bus, current_sensor = plant.current_sensor[1],
  }
  return items[word] or plant:cable(plant.module[1], plant.module[2])
end

-- Lowest and highest of what the plant itself knows, since the fault.
local function observe(plant, seen)
  local function take(name, value)
    local range = seen[name] or { value, value }
    seen[name] = { math.min(range[1], value), math.max(range[2], value) }
  end
  for i = 1, #plant.module do
    local module = plant.module[i]
    take("voltage", module.voltage.value)
    take("temperature", module.temperature.value)
    take("impedance", module.resistance.value)
  end
  local currents = {}
  for i = 1, #plant.string do
    local string = plant.string[i]
    currents[i] = string.current.value
    take("current", currents[i])
    local sum = 0
    for k = 1, #string.module do
      sum = sum + string.module[k].voltage.value
    end
    take("string_voltage", sum)
  end
  take("difference", math.abs(currents[1] - currents[2]) / 2)
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
  string_curr_deviation_charge = { "difference", "current_deviation.charge_alarm", 2 },
  string_curr_deviation_discharge = { "difference", "current_deviation.discharge_alarm", 2 },
  string_curr_deviation_charge_warn = { "difference", "current_deviation.charge_warn", 2 },
  string_curr_deviation_discharge_warn = { "difference", "current_deviation.discharge_warn", 2 },
}

-- What its row tells of, is it so in the plant? warmer_K: what the fault itself adds to the room.
-- A deviation may have been largest between two looks: a tenth is allowed for that.
local function is_true(name, seen, is_fault_on_float, warmer_K)
  local row = limits[name]
  if row then
    local value, bound = seen[row[1]][row[3]], limit(row[2])
    value = row[1] == "difference" and value * 1.1 or value
    return row[3] == 1 and value < bound or row[3] == 2 and value > bound
  elseif name == "thermal_runaway" then
    return seen.temperature[2] > seen.ambient[2] + warmer_K + 10
  elseif name == "discharging" or name == "discharging_stopped" then
    return seen.current[1] < -limit "battery.capacity" / 100 or not is_fault_on_float
  end
  return true
end

local function play(plant, item, verb, options, size)
  settle()
  operator("set voltage.max_difference " .. plant.module[1].voltage.value / 40)
  if first[verb] then
    first[verb](plant)
  end
  wait(minutes(10))
  expect(plant):has_not "thermal_runaway"
  local begun = operator.snmp:get "sysUpTime" / 100
  local told, seen = {}, {}
  for _, row in ipairs(operator "show alarms") do
    told[row.alarm] = true -- before the fault
  end
  local phase = "float"
  local warmer_K = (verb == "sun" or verb == "cooling_failed") and size or 0
  local function look(every, times)
    for _ = 1, times do
      wait(every)
      observe(plant, seen)
      for _, row in ipairs(operator "show alarms") do
        local is_usual = phase ~= "float" and row.alarm:find "^discharging"
        if not told[row.alarm] and not umbrellas[row.alarm] and not is_usual then
          told[row.alarm] = true
          print(("%s\t%.0f\t%s\t%s"):format(row.alarm, math.max(row.since - begun, 0), phase,
            is_true(row.alarm, seen, phase == "float", warmer_K) and "so" or "false"))
        end
      end
    end
  end
  item[verb](item, options)
  if after[verb] then
    after[verb](item)
  end
  look(minutes(1), 10)
  look(minutes(10), 5)
  look(hours(1), 23)
  phase = "load"
  plant.charger.on = false
  plant.load.current = limit "battery.capacity" * #plant.string / 5
  look(minutes(2), 15)
  phase = "charge"
  plant.load.current = 0
  plant.charger.on = true
  look(minutes(10), 18)
end

for _, name in ipairs(plants) do
  for _, row in ipairs(faults()) do
    for _, severity in ipairs(severities(row)) do
      local size = severity[2]
      local text = size and ("%.4g %s"):format(size, row.unit) or "-"
      scenario(("%s|%s|%s|%s|%s"):format(name, row.item, row.verb, severity[1], text)) {
        plant = name,
        settings = { ["bus.round_period"] = 20, ["impedance.poll_rate"] = 60 },
        run = function(plant)
          local options = size and { [row.size] = size } or nil
          play(plant, item_of(plant, row.item), row.verb, options, size)
        end,
      }
    end
  end
end
