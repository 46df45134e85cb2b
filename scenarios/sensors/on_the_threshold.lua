-- Modules and sensors have noise, and drift with the days. A value that stands exactly on a limit
-- is read beyond it and within it all day long; the alarm must come once and stay.

-- The first number of a cell of the console's table: "12.941 V" and 12.941 alike.
local function number(text)
  return tonumber(tostring(text):match "-?%d+%.?%d*")
end

-- Pushes what the module reads onto the limit: its own gain error is found and allowed for.
local function push_onto(module, position, word, limit)
  module[word] = limit
  local sum, count = 0, 20
  for _ = 1, count do
    wait(rounds(1))
    sum = sum + number(operator("show modules " .. position)[1][word])
  end
  module[word] = limit * limit / (sum / count)
end

local cases = {
  { word = "voltage", limit = 15.5, alarm = "voltage_high", hysteresis = "voltage.hysteresis" },
  { word = "voltage", limit = 12, alarm = "voltage_low", hysteresis = "voltage.hysteresis" },
  -- Told in steps of 0.1 K: 35.05 is the edge between 35.0, which is no alarm, and 35.1.
  { word = "temperature", limit = 35.05, alarm = "temperature_high",
    hysteresis = "temperature.hysteresis" },
}

for _, case in ipairs(cases) do
  scenario(("a day exactly on the limit of %s is one alarm"):format(case.alarm)) {
    tags = { "sensors", "thresholds" },
    plant = "two_strings_of_nine",
    settings = { ["bus.round_period"] = 5 },

    run = function(plant)
      local module = plant.string[1].module[4]
      settle()
      push_onto(module, 4, case.word, case.limit)
      wait(days(1))
      note "it came, and it did not go"
      expect(module):has(case.alarm)
      expect(module[case.word]):is_near(case.limit, 0.1)
      expect.trap_count { added = case.alarm }:is(1)
      expect.trap_count { removed = case.alarm }:is(0)
    end,
  }

  scenario(("%s flickers where its hysteresis is taken away"):format(case.alarm)) {
    tags = { "sensors", "thresholds" },
    plant = "two_strings_of_nine",
    settings = { ["bus.round_period"] = 5, [case.hysteresis] = 0 },

    run = function(plant)
      local module = plant.string[1].module[4]
      settle()
      push_onto(module, 4, case.word, case.limit)
      note "so the noise is there: a single hour tells"
      wait(hours(1))
      within(minutes(30), function() expect(module):has(case.alarm) end)
      for _ = 1, 5 do
        expect.trap { added = case.alarm }
        expect.trap { removed = case.alarm }
      end
    end,
  }
end
