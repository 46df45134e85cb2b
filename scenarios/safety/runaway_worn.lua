-- Blocks that have lost water take more current and make more heat of it. One of them in a string
-- does not run away: the current of a series string is that of all, and its neighbours refuse it.
-- Where most of a string has dried, at its proper float voltage, nothing refuses.

-- What a sensor of 50 A shows where nothing flows: its noise, and a step.
local NOTHING <const> = 0.02

-- The hottest block above the coldest.
local function spread(string)
  local coldest, hottest = math.huge, -math.huge
  for _, module in ipairs(string.module) do
    coldest = math.min(coldest, module.temperature.value)
    hottest = math.max(hottest, module.temperature.value)
  end
  return hottest - coldest
end

scenario "one dry block in a hot room is warm, tired, and no runaway" {
  tags     = { "safety", "runaway", "float" },
  plant    = "hot_room",
  settings = { ["impedance.reference"] = 7.1, ["impedance.poll_rate"] = 60 },

  run = function(plant)
    local string = plant.string[1]
    local dry, well = string.module[4], string.module[6]
    settle()
    dry:dry_out { water = 25 }
    within(hours(2), function() expect(dry):has "resist_alarm_high" end)
    throughout(days(4), function()
      expect(plant):has_not "thermal_runaway"
      expect(plant):has_not "temperature_warn_high"
      expect(plant.gx_r_aux[1].output[1]):is "off"
    end, { every = hours(1) })
    expect(dry.temperature):is_near(36.7, 0.7)
    note "it needs less voltage for the current of all, and the others get the rest"
    expect(dry.voltage):is_below(13.2)
    expect(well.voltage):is_above(13.6)
    expect(string.current):is_above(0.09)
    expect(string.current):is_below(0.2)
  end,
}

scenario "most of a string dry and two cells shorted: at proper float it runs away as one" {
  tags     = { "safety", "runaway", "combined" },
  plant    = "hot_room",
  settings = { ["impedance.reference"] = 7.1, ["impedance.poll_rate"] = 60 },

  run = function(plant)
    local string, breaker = plant.string[1], plant.gx_r_aux[1].output[1]
    settle()
    for i = 1, 7 do
      string.module[i]:dry_out { water = 25, over = hours(12) }
    end
    string.module[2]:cell_shorted { at = hours(11) }
    string.module[5]:cell_shorted { cell = 3, at = hours(12) }
    wait(hours(10))
    expect(plant):has_not "thermal_runaway"
    expect(plant):has "resist_alarm_high"

    note "two cells less: the others share four volts, and that is enough"
    within(hours(12), function()
      expect(string.module[2]):has "voltage_low"
      expect(string.module[5]):has "voltage_low"
      expect(plant):has "temperature_high"
    end)
    expect(plant):has_not "thermal_runaway"
    within(hours(12), function() expect(plant):has "thermal_runaway" end)
    note "the whole string is hot: its hottest block is only some kelvin above the coldest"
    local apart = spread(string)
    assert(apart < 6 and apart > 0.5, ("%.1f K apart"):format(apart))
    for _, module in ipairs(string.module) do
      expect(module.temperature):is_above(45)
    end
    within(rounds(3), function()
      expect(breaker):is "on"
      expect(string.current):is_near(0, NOTHING)
    end)
    note "isolated, even such a string cools down"
    within(hours(9), function()
      expect(plant):has_not "thermal_runaway"
      expect(plant):has_not "temperature_high"
    end)
    expect(string.current):is_near(0, NOTHING)
    expect(plant):has "battery_breaker_open"
  end,
}

scenario "a string that dries slowly is told by its resistance weeks before it runs away" {
  tags     = { "safety", "runaway" },
  plant    = "hot_room",
  settings = {
    ["bus.round_period"] = 600, ["equalizing.paused"] = "yes",
    ["impedance.reference"] = 7.1, ["impedance.poll_rate"] = 720,
  },

  run = function(plant)
    local string = plant.string[1]
    plant.ambient = 28
    settle()
    for _, module in ipairs(string.module) do
      module:dry_out { water = 28, over = days(60) }
    end
    within(days(30), function() expect(plant):has "resist_warn_high" end)
    expect(string.current):is_below(0.25)
    within(days(20), function() expect(plant):has "resist_alarm_high" end)
    expect(plant):has_not "temperature_warn_high"

    note "not before the last two weeks it gets warm"
    within(days(20), function() expect(plant):has "thermal_runaway" end)
    expect.traps_in_order {
      { added = "resist_warn_high" }, { added = "resist_alarm_high" },
      { added = "temperature_high" }, { added = "thermal_runaway" },
    }
    within(rounds(3), function() expect(string.current):is_near(0, NOTHING) end)
  end,
}
