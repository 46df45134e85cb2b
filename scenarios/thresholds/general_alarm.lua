-- The general alarm is what sounds the buzzer. What is only worth a look must not raise it.

scenario "a warning is no general alarm, an alarm is" {
  tags = { "arm", "board", "thresholds", "general_alarm" },
  plant = "guide_dashboard",

  run = function(plant)
    local module, nearby = plant.string[1].module[2], plant.string[1].module[3]
    settle()

    note "a warning"
    module.voltage = 14.5
    within(rounds(3), function()
      expect(plant):has "voltage_warn_high"
    end)
    expect(plant):has_not "general_alarm"

    note "an alarm"
    module.voltage = 16
    within(rounds(3), function()
      expect(plant):has "general_alarm"
      expect(module):has "general_alarm"
    end)
    expect(plant.string[1]):has "general_alarm"
    expect(nearby):has_not "general_alarm"
    expect(plant.string[2]):has_not "general_alarm"

    note "a second cause, and the first one goes: still one"
    nearby.temperature = 40
    within(rounds(3), function()
      expect(nearby):has "general_alarm"
    end)
    module.voltage = 12.94
    within(rounds(3), function()
      expect(module):is_quiet()
    end)
    expect(plant):has "general_alarm"

    note "none is left"
    nearby.temperature = 27
    within(rounds(3), function()
      expect(plant):has_not "general_alarm"
      expect(plant):is_quiet()
    end)
  end,
}

scenario "a discharge is no general alarm" {
  tags = { "arm", "current", "general_alarm" },
  plant = "guide_dashboard",

  run = function(plant)
    settle()
    plant.string[1].current = -12
    within(seconds(10), function()
      expect(plant):has "discharging"
    end)
    expect.trap "discharging"
    expect(plant):has_not "general_alarm"

    note "its end is told for five minutes"
    plant.string[1].current = 0
    within(rounds(3), function()
      expect(plant):has_not "discharging"
      expect(plant):has "discharging_stopped"
    end)
    throughout(seconds(290), function()
      expect(plant):has "discharging_stopped"
    end)
    within(seconds(20), function()
      expect(plant):is_quiet()
    end)
    expect(plant):has_not "general_alarm"
  end,
}
