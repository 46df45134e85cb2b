-- The buzzer calls a person; the mute button says that one has come. It silences what is known, and
-- nothing that comes after.

scenario "mute silences what is known until a new cause comes" {
  tags = { "arm", "panel", "general_alarm" },
  plant = "two_strings_of_nine",

  run = function(plant)
    local panel = plant.webmanager
    local first, second = plant.module[3], plant.module[12]
    local function is_loud()
      expect(panel.alarm_led):is "red"
      expect(panel.buzzer):is "on"
    end
    local function is_muted()
      expect(panel.alarm_led):is "yellow"
      expect(panel.buzzer):is "off"
    end
    settle()

    note "nothing to acknowledge: the button does nothing, and the event log says so"
    panel.mute:press()
    expect(panel.alarm_led):is "green"
    expect.operator("log events 1"):shows "request_refused conflict 1"

    note "a block too high"
    first.voltage = 16
    within(rounds(3), is_loud)
    expect(plant):has "general_alarm"

    note "somebody comes and presses the button: silent at once, and the alarm stands"
    panel.mute:press()
    is_muted()
    expect(plant):has "general_alarm"
    expect(first):has "voltage_high"
    throughout(minutes(10), is_muted)

    note "a second block of the same kind: no new row in the table, but a new cause"
    second.voltage = 16
    within(rounds(3), is_loud)
    panel.mute:press()
    is_muted()

    note "a third; this time the operator at the console says so"
    plant.module[7].voltage = 16
    within(rounds(3), is_loud)
    operator "acknowledge"
    is_muted()
    plant.module[7].voltage = 13.5
    within(rounds(3), function() expect(plant.module[7]):has_not "voltage_high" end)
    is_muted()

    note "one of the two goes, the other stays: nothing new"
    second.voltage = 13.5
    within(rounds(3), function() expect(second):has_not "voltage_high" end)
    is_muted()

    note "a warning calls nobody"
    second.temperature = 32
    within(rounds(3), function() expect(plant):has "temperature_warn_high" end)
    is_muted()

    note "another kind"
    second.temperature = 40
    within(rounds(3), is_loud)

    note "all is well again, and the next alarm sounds although the last one was muted"
    panel.mute:press()
    is_muted()
    first.voltage, second.temperature = 13.5, 24
    within(rounds(3), function()
      expect(plant):is_quiet()
      expect(panel.alarm_led):is "green"
      expect(panel.buzzer):is "off"
    end)
    first.voltage = 16
    within(rounds(3), is_loud)
  end,
}
