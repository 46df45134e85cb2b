-- The room's causes of the general alarm are told apart: one that comes as another goes sounds
-- again.

scenario "a value that comes beyond its limit as another comes back sounds again" {
  tags = { "arm", "room", "general_alarm" },
  plant = "managed_room",
  settings = {
    ["alarm.environment_is_general"] = "yes",
    ["com2.analog_4_high"] = 30,
    ["com2.analog_7_high"] = 30,
    ["com2.analog_7_low"] = 5,
  },

  run = function(plant)
    local panel = plant.webmanager
    local first, second = plant.com2.port[2].analog[2], plant.com2.port[4].analog[1]
    local function is_loud()
      expect(panel.alarm_led):is "red"
      expect(panel.buzzer):is "on"
    end
    settle()
    first.value = 31
    within(seconds(3), is_loud)
    panel.mute:press()
    expect(panel.alarm_led):is "yellow"

    note "one goes, another comes"
    first.value, second.value = 19, 31
    within(seconds(3), is_loud)
    panel.mute:press()

    note "too warm, and then too cold"
    second.value = 4
    within(seconds(3), is_loud)
    panel.mute:press()
    throughout(minutes(1), function() expect(panel.buzzer):is "off" end)
    second.value = 18
    within(seconds(3), function()
      expect(plant):is_quiet()
      expect(panel.alarm_led):is "green"
    end)
  end,
}

scenario "an output that is used no more goes off" {
  tags = { "arm", "room", "general_alarm" },
  plant = "managed_room",

  run = function(plant)
    local port = plant.com2.port
    settle()
    plant.module[1].voltage = 16
    within(rounds(3), function() expect(port[1].output):is "on" end)
    operator "set com2.output_1_kind none"
    within(seconds(2), function() expect(port[1].output):is "off" end)
    expect(port[4].output):is "on"
  end,
}
