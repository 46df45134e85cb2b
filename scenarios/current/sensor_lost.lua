-- A current that nobody measures any more is no current: the loss is told, and the last value is
-- not kept alive.

scenario "a lost current sensor takes its current with it" {
  tags = { "arm", "current" },
  plant = "guide_dashboard",

  run = function(plant)
    local string, other = plant.string[2], plant.string[1]
    local sensor = plant.current_sensor[2]
    settle()
    string.current, other.current = 7, 3
    within(rounds(3), function()
      expect(string.current):is(7)
    end)

    note "silent: the alarm rises, and the value goes"
    sensor:unplug()
    within(rounds(5), function()
      expect(plant):has "sensor_communication_lost"
    end)
    expect.trap "sensor_communication_lost"
    expect.no_trap()
    expect(string.current):is_unavailable()
    expect.modbus(1015):is(0)
    expect(other.current):is(3)
    expect(plant):has_not "system_error"

    note "back again: a fresh value and the all-clear"
    string.current = 4
    sensor:plug()
    within(rounds(3), function()
      expect(plant):is_quiet()
    end)
    within(rounds(2), function()
      expect(string.current):is(4)
    end)
    expect.trap { removed = "sensor_communication_lost" }
    expect.no_trap()
  end,
}

-- Whether it sounds the buzzer is a setting; left alone, it does where a runaway opens a breaker,
-- because without a current nothing would.
local choices = {
  { general = "yes", action = "none", sounds = true },
  { general = "no", action = "open_breaker", sounds = false },
  { general = "automatic", action = "none", sounds = false },
  { general = "automatic", action = "open_breaker", sounds = true },
}

for _, choice in ipairs(choices) do
  scenario(("a lost sensor as general alarm: %s, runaway action %s"):format(choice.general,
    choice.action)) {
    tags = { "arm", "current", "general_alarm" },
    plant = "two_strings_of_nine",
    settings = {
      ["alarm.sensor_lost_is_general"] = choice.general, ["runaway.action"] = choice.action,
    },

    run = function(plant)
      settle()
      plant.current_sensor[1]:unplug()
      within(rounds(5), function()
        expect(plant):has "sensor_communication_lost"
      end)
      if choice.sounds then
        expect(plant):has "general_alarm"
      else
        expect(plant):has_not "general_alarm"
      end
    end,
  }
end

scenario "one sensor for all strings: each carries its share" {
  tags = { "arm", "current" },
  plant = "one_sensor_for_all",

  run = function(plant)
    settle()
    for _, string in ipairs(plant.string) do
      string.current = 6
    end
    within(rounds(3), function()
      for _, string in ipairs(plant.string) do
        expect(string.current):is(6)
      end
    end)

    note "the sensor sees the sum, and can only share it out"
    plant.string[1].current = 0
    within(rounds(3), function()
      for _, string in ipairs(plant.string) do
        expect(string.current):is(4)
      end
    end)
  end,
}
