-- A runaway is a hot block and a charging current, both for ten minutes without break. It ends
-- when the temperatures are two kelvin below their limits, and no breaker closes for that.
-- The hottest block is measured against the others: 10 K above them is the limit.

-- A string of 25 degC, and one block in it of another temperature.
local function set_string(string, hot, temperature)
  for i, module in ipairs(string.module) do
    module.temperature = i == hot and temperature or 25
  end
end

scenario "a hot block on discharge is no runaway" {
  tags = { "safety" },
  plant = "guide_dashboard",

  run = function(plant)
    settle()
    set_string(plant.string[1], 4, 45)
    plant.string[1].current = -6
    throughout(minutes(25), function()
      expect(plant):has_not "thermal_runaway"
    end, { every = seconds(10) })
    note "nor is it without a current"
    plant.string[1].current = 0
    throughout(minutes(25), function()
      expect(plant):has_not "thermal_runaway"
    end, { every = seconds(10) })
  end,
}

-- What breaks the ten minutes: the current, or the heat.
local breaks = {
  { what = "the current pauses",
    pause = function(string) string.current = 0 end,
    go_on = function(string) string.current = 4 end },
  { what = "the block cools",
    pause = function(string) string.module[4].temperature = 34 end,
    go_on = function(string) string.module[4].temperature = 45 end },
}

for _, each in ipairs(breaks) do
  scenario(("%s: the ten minutes start again"):format(each.what)) {
    tags = { "safety" },
    plant = "guide_dashboard",

    run = function(plant)
      local string = plant.string[2]
      settle()
      set_string(string, 4, 45)
      string.current = 4
      for _ = 1, 3 do
        throughout(minutes(9), function()
          expect(plant):has_not "thermal_runaway"
        end, { every = seconds(10) })
        each.pause(string)
        wait(seconds(10))
        each.go_on(string)
      end
      throughout(seconds(595), function()
        expect(plant):has_not "thermal_runaway"
      end, { every = seconds(5) })
      within(seconds(10), function()
        expect(plant):has "thermal_runaway"
      end)
    end,
  }
end

scenario "just above the limit it rises, and two kelvin below it ends" {
  tags = { "safety" },
  plant = "guide_dashboard",

  run = function(plant)
    local string = plant.string[1]
    settle()
    note "ten kelvin above the others are not more than ten"
    set_string(string, 7, 35)
    string.current = 4
    throughout(minutes(15), function()
      expect(plant):has_not "thermal_runaway"
    end, { every = seconds(10) })

    note "half a kelvin more is"
    string.module[7].temperature = 35.5
    within(minutes(11), function()
      expect(plant):has "thermal_runaway"
    end)

    note "8.1 K above the others, and no current any more: still told"
    string.current = 0
    string.module[7].temperature = 33.1
    throughout(minutes(5), function()
      expect(plant):has "thermal_runaway"
    end, { every = seconds(10) })
    string.module[7].temperature = 32.9
    within(rounds(3), function()
      expect(plant):has_not "thermal_runaway"
    end)
    expect.trap { added = "thermal_runaway" }
    expect.trap { removed = "thermal_runaway" }
  end,
}

scenario "neither cooling nor a lost aux nor a current closes a breaker" {
  tags = { "safety" },
  plant = "two_strings_of_nine",

  run = function(plant)
    local string, unit = plant.string[2], plant.gx_r_aux[1]
    settle()
    set_string(string, 3, 45)
    string.current = 4
    within(minutes(11), function()
      expect(unit.output[2]):is "on"
    end)

    local function stays_open(duration)
      throughout(duration, function()
        expect(unit.output[2]):is "on"
        expect(unit.output[1]):is "off"
        expect(plant):has "battery_breaker_open"
      end, { every = seconds(10) })
    end

    note "the block cools"
    set_string(string, 3, 25)
    within(rounds(3), function()
      expect(plant):has_not "thermal_runaway"
    end)
    stays_open(minutes(10))

    note "the unit falls silent, and comes back"
    unit:unplug()
    within(rounds(5), function()
      expect(plant):has "sensor_communication_lost"
    end)
    stays_open(minutes(5))
    unit:plug()
    stays_open(minutes(5))

    note "the charger is switched off and on"
    plant.charger.on = false
    stays_open(minutes(1))
    plant.charger.on = true
    stays_open(minutes(5))
  end,
}

scenario "a runaway does not end because the hot block falls silent" {
  tags = { "safety" },
  plant = "guide_dashboard",
  settings = { ["runaway.hold"] = 30 },

  run = function(plant)
    local string = plant.string[2]
    settle()
    set_string(string, 4, 45)
    string.current = 4
    within(seconds(40), function()
      expect(plant):has "thermal_runaway"
    end)
    note "what has burnt out tells nothing of its temperature"
    string.module[4]:unplug()
    within(rounds(5), function()
      expect(string.module[4]):has "module_lost"
    end)
    throughout(minutes(10), function()
      expect(plant):has "thermal_runaway"
    end, { every = seconds(10) })
    string.module[4].temperature = 25
    string.module[4]:plug()
    within(rounds(4), function()
      expect(string.module[4]):has_not "module_lost"
      expect(plant):has_not "thermal_runaway"
    end)
  end,
}
