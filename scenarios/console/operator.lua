-- The service port: an operator asks, sets, and is refused what cannot be.

scenario "the operator reads what the other windows show" {
  tags  = { "arm", "board", "console" },
  plant = "guide_dashboard",

  run = function(plant)
    settle()
    expect.operator("show status"):shows "status=0x0041"
    expect.operator("show modules 1"):shows "module=1 voltage=12.941"
    expect(plant.string[1].module[1].link):is "present"
    expect(plant.string[1].flow):is "float"
    expect(plant.webmanager.discharges):is(0)
    expect(plant.webmanager.mode):is "off"
  end,
}

scenario "a setting is set, kept, and told by every window" {
  tags  = { "arm", "console" },
  plant = "two_strings_of_nine",

  run = function()
    settle()
    operator "set voltage.high_alarm 15.2"
    expect.setting "voltage.high_alarm":is(15.2)
    note "a level that contradicts the others changes nothing"
    expect.operator("set voltage.high_warn 15.3"):is_refused "conflict"
    expect.setting "voltage.high_warn":is(14.1)
    expect.operator("set voltage.low_alarm 99"):is_refused "range"
    expect.setting "voltage.low_alarm":is(12)
    expect.operator("set voltage.lowest 12"):is_refused "unknown"
    expect.operator("set bank.modules 12"):is_refused "range"
  end,
}

scenario "an operator opens a breaker, and it stays open until an operator closes it" {
  tags  = { "arm", "console", "safety" },
  plant = "breaker_nc",

  run = function(plant)
    settle()
    expect(plant.string[1].breaker):is "closed"
    operator "breaker open 1"
    within(rounds(3), function()
      expect(plant):has "battery_breaker_open"
      expect(plant.string[1].breaker):is "open"
    end)
    wait(minutes(10))
    expect(plant.string[1].breaker):is "open"
    operator "breaker close 1"
    within(rounds(3), function()
      expect(plant):has_not "battery_breaker_open"
      expect(plant.string[1].breaker):is "closed"
    end)
    expect.trap { added = "battery_breaker_open" }
    expect.trap { removed = "battery_breaker_open" }
    expect.operator("breaker open 9"):is_refused "range"
    note "the event log has both orders, and the alarm between them"
    expect.operator("log events"):shows "breaker string 1 open"
    expect.operator("log events"):shows "breaker string 1 closed"
    expect.operator("log events"):shows "alarm_added battery_breaker_open"
  end,
}
