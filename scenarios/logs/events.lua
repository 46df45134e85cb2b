-- The event log: what happened, in the order in which it happened.

scenario "a story is in the event log, in order" {
  tags  = { "arm", "logs", "console" },
  plant = "two_strings_of_nine",

  run = function(plant)
    settle()
    plant.string[1].module[7].temperature = 52
    within(minutes(1), function()
      expect(plant.string[1].module[7]):has "temperature_high"
    end)
    operator "set voltage.high_warn 14.2"
    plant.string[2].module[3]:unplug()
    within(minutes(1), function()
      expect(plant.string[2].module[3]):has "module_lost"
    end)
    plant.string[2].module[3]:plug()
    within(minutes(1), function()
      expect(plant.string[2].module[3]):has_not "module_lost"
    end)
    expect.operator("log events"):shows_in_order {
      "0 started", "state 0x4000", "alarm_added initializing", "state 0x0041",
      "alarm_removed initializing", "alarm_added temperature_high",
      "setting_changed voltage.high_warn 14.200", "module_lost 12", "alarm_added system_error",
      "module_back 12", "alarm_removed system_error",
    }
    expect.operator("log events few"):is_refused "syntax"
    expect.operator("log events 1"):has_lines(2)
  end,
}

scenario "the clock may be set back, and records go on" {
  tags  = { "arm", "logs", "console" },
  plant = "two_strings_of_nine",

  run = function()
    settle()
    operator "clock 2031-12-31T23:59:00Z"
    expect.operator("log events 1"):shows "2031-12-31T23:59:00.000Z clock_set"
    operator "clock 2020-02-29T12:00:00Z"
    wait(minutes(1))
    operator "set voltage.delay 5"
    expect.operator("log events"):shows_in_order {
      "2031-12-31T23:59:00.000Z clock_set", "2020-02-29T12:00:00.000Z clock_set",
      "2020-02-29T12:01:00.000Z setting_changed voltage.delay 5",
    }
  end,
}
