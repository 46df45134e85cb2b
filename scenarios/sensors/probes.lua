-- Temperature probes that hang, break, or sit on the wrong block.

scenario "a detached probe follows the room while its block gets hot" {
  tags = { "arm", "sensors", "runaway" },
  plant = "guide_dashboard",

  run = function(plant)
    local module, attached = plant.string[1].module[4], plant.string[1].module[5]
    settle()
    module:probe_detached { over = minutes(10) }
    wait(minutes(11))
    note "the room has 24 degC, the block had 29.5"
    expect(module.temperature):is_near(24, 0.1)

    note "both blocks get hot, and only one is seen"
    module:drift { temperature = 48, over = minutes(20) }
    attached:drift { temperature = 48, over = minutes(20) }
    within(minutes(20), function() expect(attached):has "temperature_high" end)
    wait(minutes(20))
    expect(module):is_quiet()
    expect(module.temperature):is_near(24, 0.1)
    expect(plant):has_not "thermal_runaway"

    note "put back, it tells the truth at once"
    module:heal()
    within(rounds(4), function()
      expect(module):has "temperature_high"
      expect(module.temperature):is(48)
    end)
  end,
}

scenario "an open probe is as cold as can be, a shorted one as hot" {
  tags = { "arm", "sensors", "runaway" },
  plant = "two_strings_of_nine",

  run = function(plant)
    local open, shorted = plant.string[1].module[3], plant.string[2].module[3]
    settle()
    open:probe_open()
    shorted:probe_shorted { at = minutes(1) }
    within(rounds(4), function()
      expect(open):has "temperature_low"
      expect(open.temperature):is(-40)
    end)
    expect(shorted):is_quiet()
    within(minutes(2), function()
      expect(shorted):has "temperature_high"
      expect(shorted.temperature):is(125)
    end)

    note "a hundred kelvin above the others, but nothing charges: no runaway, and no breaker opens"
    throughout(minutes(30), function()
      expect(plant):has_not "thermal_runaway"
      expect(plant):has_not "battery_breaker_open"
    end, { every = seconds(30) })
    expect(open):has_not "module_lost"
    expect(shorted):has_not "module_lost"
    open:heal()
    shorted:heal()
    within(rounds(4), function() expect(plant):is_quiet() end)
  end,
}

scenario "a probe on the wrong block accuses the wrong module" {
  tags = { "arm", "sensors" },
  plant = "guide_dashboard",

  run = function(plant)
    local hot, wrong = plant.string[2].module[5], plant.string[1].module[2]
    settle()
    note "whoever installed it mixed up two rows: module 2 feels block 14, and 14 feels block 2"
    wrong:probe_misplaced { on = 14 }
    hot:probe_misplaced { on = 2 }
    hot.temperature = 41
    within(rounds(4), function()
      expect(wrong):has "temperature_high"
      expect(wrong.temperature):is(41)
      expect(hot.temperature):is(27.5)
    end)
    expect(hot):is_quiet()
    wrong:heal()
    hot:heal()
    within(rounds(4), function()
      expect(hot):has "temperature_high"
      expect(wrong):is_quiet()
    end)
  end,
}
