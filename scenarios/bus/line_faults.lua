-- What goes wrong with the line itself: noise, echoes, shorts, and a supply that is too weak.

scenario "noise that grows: first nobody notices, then everybody is lost" {
  tags = { "arm", "bus" },
  plant = "guide_dashboard",

  run = function(plant)
    settle()
    note "a frequency converter next door runs up: one frame in twenty"
    plant.bus:noisy { percent = 5, over = minutes(10) }
    throughout(minutes(20), function() expect(plant):is_quiet() end, { every = seconds(5) })
    expect(plant.string[1].module[3].voltage):is(12.941)

    note "three in four, each way: nobody is heard three rounds in a row"
    plant.bus:noisy { percent = 75 }
    within(minutes(5), function() expect(plant):has "module_lost" end)
    plant.bus:heal "noisy"
    within(rounds(6), function() expect(plant):is_quiet() end)
  end,
}

scenario "a missing terminator hits the far end, and the near one hardly" {
  tags = { "arm", "bus" },
  plant = "long_line",
  allow = "E",

  run = function(plant)
    settle()
    plant.bus:wrong_termination { percent = 90 }
    within(minutes(10), function() expect(plant.string[1].module[50]):has "module_lost" end)
    throughout(minutes(5), function()
      expect(plant.string[1].module[1]):is_quiet()
      expect(plant.string[1].module[2]):is_quiet()
    end, { every = seconds(5) })
    plant.bus:heal()
    within(rounds(10), function() expect(plant.string[1].module[50]):is_quiet() end)
  end,
}

scenario "a short anywhere takes all devices away" {
  tags = { "arm", "bus" },
  plant = "two_strings_of_nine",

  run = function(plant)
    settle()
    plant.bus:shorted { at = minutes(2) }
    within(minutes(4), function()
      expect(plant):has "communication_lost"
      expect(plant):has "sensor_communication_lost"
      expect(plant.string[2].module[9]):has "module_lost"
    end)
    expect(plant.string[1].current):is_unavailable()
    note "the pinched cable is found"
    plant.bus:heal()
    within(rounds(6), function() expect(plant):is_quiet() end)
  end,
}

scenario "a supply too weak: what is furthest away starts again and again" {
  tags = { "arm", "bus", "modules" },
  plant = "string_of_fifty",
  settings = { ["bus.round_period"] = 2 },

  run = function(plant)
    local string = plant.string[1]
    settle()
    note "the last ten of fifty fall below their voltage whenever all bypasses are on"
    plant.bus:brown_out { share = 20, silent = 15, every = 120 }
    within(minutes(1), function()
      expect(string.module[50]):has "module_lost"
      expect(string.module[42]):has "module_lost"
    end)
    expect(string.module[40]):is_quiet()
    within(minutes(1), function() expect(string.module[50]):has_not "module_lost" end)
    within(minutes(3), function() expect(string.module[50]):has "module_lost" end)
    plant.bus:heal()
    within(minutes(1), function() expect(plant):has_not "module_lost" end)
  end,
}

scenario "a cable that was made longer loses what hangs beyond it" {
  tags = { "arm", "bus", "wiring" },
  plant = "guide_dashboard",

  run = function(plant)
    local string = plant.string[2]
    settle()
    local cable = plant:cable(plant.string[1].module[9], string.module[1])
    note "a tenth beyond its limit is made good by asking again"
    cable:too_long { by = 10 }
    throughout(minutes(10), function() expect(plant):is_quiet() end, { every = seconds(5) })
    note "nine tenths are not"
    cable:too_long { by = 90 }
    within(minutes(1), function() expect(string.module[1]):has "module_lost" end)
    expect(plant.string[1]):is_quiet()
    cable:heal()
    within(rounds(8), function() expect(plant):is_quiet() end)

    note "and cut it is gone"
    cable:cut { at = minutes(1) }
    within(minutes(2), function()
      expect(string.module[1]):has "module_lost"
      expect(string.module[9]):has "module_lost"
    end)
    expect(plant.string[1]):is_quiet()
    cable:mend()
    within(rounds(8), function() expect(plant):is_quiet() end)
  end,
}
