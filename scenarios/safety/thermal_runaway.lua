-- A hot block is an alarm. A hot block in a string that still takes current heats itself: once
-- that is certain the string is isolated, and stays isolated.

scenario "thermal runaway opens the string breaker" {
  tags = { "safety" },
  plant = "two_strings_of_nine",
  settings = { ["runaway.action"] = "open_breaker" },

  run = function(plant)
    local hot_string, other = plant.string[1], plant.string[2]
    local hot     = hot_string.module[7]
    local breaker = plant.gx_r_aux[1].output[1]

    settle()
    expect(breaker):is "off"
    expect(plant.gx_r_aux[1].output[2]):is "off"

    note "a hot block on a floating string is worth an alarm, not a trip"
    hot:drift { temperature = 52, over = minutes(8) }
    wait(minutes(10))
    expect(hot):has "temperature_high"
    expect(plant):has_not "thermal_runaway"

    note "now the charger pushes current into the hot string"
    hot_string.current = 6.5
    throughout(seconds(590), function()
      expect(plant):has_not "thermal_runaway"
      expect(breaker):is "off"
    end, { every = seconds(10) })
    within(seconds(30), function()
      expect(plant):has "thermal_runaway"
      expect(breaker):is "on" -- NO wiring: on = open
    end)
    expect.trap "thermal_runaway"
    expect.trap "battery_breaker_open"
    expect(plant.gx_r_aux[1].output[2]):is "off"

    note "isolated: no current feeds the fault, and nobody else is accused"
    within(rounds(3), function()
      expect(hot_string.current):is_near(0, 0.1)
      expect(plant):has "battery_breaker_open"
    end)
    expect(other):is_quiet()

    note "cooling down ends the alarm, and does not close the breaker"
    hot:drift { temperature = 26, over = minutes(30) }
    within(minutes(40), function()
      expect(plant):has_not "thermal_runaway"
      expect(plant):has_not "temperature_high"
    end)
    throughout(hours(1), function()
      expect(breaker):is "on"
      expect(plant):has "battery_breaker_open"
    end, { every = minutes(1) })
  end,
}

scenario "without the action a thermal runaway is only told" {
  tags = { "safety" },
  plant = "two_strings_of_nine",
  settings = { ["runaway.action"] = "none" },

  run = function(plant)
    local string = plant.string[2]
    settle()
    string.module[3].temperature = 45
    string.current = 4
    within(minutes(12), function()
      expect(plant):has "thermal_runaway"
    end)
    expect.trap "thermal_runaway"
    expect(plant):has "general_alarm"
    throughout(minutes(5), function()
      expect(plant.gx_r_aux[1].output[2]):is "off"
      expect(plant):has_not "battery_breaker_open"
    end, { every = seconds(30) })
    expect(string.current):is_near(4, 0.5)
  end,
}

scenario "the string heats together: its rise tells" {
  tags = { "safety" },
  plant = "two_strings_of_nine",
  settings = { ["runaway.action"] = "open_breaker" },

  run = function(plant)
    local string = plant.string[1]
    for _, module in ipairs(string.module) do
      module.temperature = 25
    end
    settle()

    note "two quiet hours make the average that the rise is measured from"
    wait(hours(2))
    string.current = 3
    for _, module in ipairs(string.module) do
      module:drift { temperature = 41, over = hours(1) }
    end
    within(minutes(75), function()
      expect(plant):has "thermal_runaway"
      expect(plant.gx_r_aux[1].output[1]):is "on"
    end)
  end,
}

scenario "a breaker that is wired normally closed opens by going off" {
  tags = { "safety" },
  plant = "breaker_nc",

  run = function(plant)
    local breaker = plant.gx_r_aux[1].output[3]
    settle()
    expect(breaker):is "on"
    expect(plant):has_not "battery_breaker_open"

    plant.string[1].module[2].temperature = 50
    plant.string[1].current = 5
    throughout(minutes(9), function()
      expect(breaker):is "on"
    end, { every = seconds(30) })
    within(minutes(2), function()
      expect(plant):has "thermal_runaway"
      expect(plant):has "battery_breaker_open"
      expect(breaker):is "off"
    end)
    within(rounds(3), function()
      expect(plant.string[1].current):is(0)
    end)
  end,
}
