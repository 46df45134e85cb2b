-- The whole register map at its full size, 1000..3681: 512 modules in 16 strings, 16 current
-- sensors, 4 GX_R_AUX. What each register must hold is worked out here from what the plant truly
-- is; the map is read over the wire and compared one register at a time, reserved ones included.

local STRINGS, EACH, MODULES, FACTOR = 16, 32, 512, 10

-- Flags of the guide.
local RUNNING, LOST, DISCHARGING, EQUALISATION = 0x0001, 0x0004, 0x0008, 0x0080
local VOLTAGE, TEMPERATURE, RESISTANCE = 0x0200, 0x0400, 0x0800
local GENERAL, COMMUNICATION = 0x0001, 0x0002

-- What happens to single modules after the start, and the alarm word that follows from it.
local told = {
  [1]   = { voltage = 15.9, word = GENERAL | 0x0004 },
  [40]  = { voltage = 11.4, word = GENERAL | 0x0008 },
  [77]  = { temperature = 41.5, word = GENERAL | 0x0010 },
  [200] = { temperature = 2, word = GENERAL | 0x0020 },
  [291] = { resistance = 55.55, word = GENERAL | 0x0040 },
  [330] = { resistance = 0.77, word = GENERAL | 0x0080 },
  [331] = { voltage = 15.7, temperature = 3.5, word = GENERAL | 0x0024 },
  [511] = { voltage = 11.2, word = GENERAL | 0x0008 },
  [512] = { voltage = 0, word = GENERAL | 0x0008 },
}
-- Who falls silent later. Of 511 the voltage is then nobody's any more, but nothing has shown that
-- its alarm is over.
local silent = { [400] = true, [511] = true }

local function word_of(number, is_later)
  local word = told[number] and told[number].word or 0
  return is_later and silent[number] and word | GENERAL | COMMUNICATION or word
end

local function round(value)
  return value >= 0 and math.floor(value + 0.5) or -math.floor(-value + 0.5)
end

-- In the plant's own numbers there are no halves of a millivolt or a tenth of a degree.
local function milli(value)
  return round(value * 1000)
end

-- dividend / divisor, half away from zero.
local function rounded(dividend, divisor)
  local half = divisor // 2
  return dividend >= 0 and (dividend + half) // divisor or -((-dividend + half) // divisor)
end

local function general(image, is_later)
  local words = 0
  for number = 1, MODULES do
    words = words | word_of(number, is_later)
  end
  image[1000] = RUNNING | VOLTAGE | TEMPERATURE | RESISTANCE |
    (is_later and LOST | DISCHARGING or EQUALISATION)
  image[1001] = GENERAL
  image[1002] = words
  image[1003], image[1004] = STRINGS, MODULES
end

-- Current, sum, average and ripple; of the last six the map has no sum and no average.
local function strings(image, is_later, plant)
  for s, string in ipairs(plant.string) do
    local place = s <= 10 and 1010 + 5 * (s - 1) or 2710 + 5 * (s - 11)
    local sum_mV, answering = 0, 0
    for m, module in ipairs(string.module) do
      if not (is_later and silent[(s - 1) * EACH + m]) then
        sum_mV, answering = sum_mV + milli(module.voltage.value), answering + 1
      end
    end
    image[place] = rounded(milli(string.current.value) * FACTOR, 1000)
    image[place + 3] = rounded(milli(string.current_ac.value) * FACTOR, 1000)
    if s <= 10 then
      image[place + 1] = rounded(sum_mV * FACTOR, 1000)
      image[place + 2] = rounded(sum_mV * FACTOR, 1000 * answering)
    end
  end
end

local function modules(image, is_later, plant)
  for n, module in ipairs(plant.module) do
    local place = n <= 330 and 1060 + 5 * (n - 1) or 2740 + 5 * (n - 331)
    image[place + 3] = word_of(n, is_later)
    if not (is_later and silent[n]) then
      image[place] = rounded(2 * milli(module.temperature.value) + 78000, 1000)
      image[place + 1] = milli(module.voltage.value)
      image[place + 2] = rounded(milli(module.resistance.value), 10)
      image[place + 4] = rounded(milli(module.bypass.value), 1000)
    end
  end
end

local function lines(image, _, plant)
  for u, unit in ipairs(plant.gx_r_aux) do
    for i = 1, 4 do
      local n = (u - 1) * 4 + i - 1
      image[3650 + n] = unit.input[i].level.value == "normal" and 1 or 0
      image[3666 + n] = unit.output[i].level.value == "on" and 1 or 0
    end
  end
end

local function image_of(plant, is_later)
  local image, list = {}, {}
  for _, part in ipairs { general, strings, modules, lines } do
    part(image, is_later, plant)
  end
  for register = 1000, 3681 do
    list[register - 999] = image[register] or 0
  end
  return list
end

scenario "512 modules in 16 strings: every register is the plant's" {
  tags = { "services", "full" },
  plant = "scattered_bank",
  settings = { ["modbus.string_factor"] = FACTOR, ["impedance.poll_rate"] = 1 },

  run = function(plant)
    settle()
    note "no two modules of a string are alike, and some are told of"
    for number, each in pairs(told) do
      local module = plant.module[number]
      for _, property in ipairs { "voltage", "temperature", "resistance" } do
        if each[property] then
          module[property] = each[property]
        end
      end
    end
    for u, unit in ipairs(plant.gx_r_aux) do
      for i = 1, 4 do
        unit.input[i].level = (u * i) % 3 == 0 and "alarm" or "normal"
      end
    end
    within(minutes(3), function()
      expect.modbus(1000, 2682):is(image_of(plant, false))
    end)

    note "three strings discharge, so that nothing is bypassed, and two modules fall silent"
    plant.string[3].current, plant.string[8].current = -33.3, -4.44
    plant.string[15].current = -21.25
    for number in pairs(silent) do
      plant.module[number]:unplug()
    end
    within(minutes(3), function()
      expect.modbus(1000, 2682):is(image_of(plant, true))
    end)

    note "and so it stays"
    throughout(minutes(1), function()
      expect.modbus(1000, 2682):is(image_of(plant, true))
    end, { every = seconds(20) })
  end,
}
