-- Modules that answer late, not at all, all the time, or always the same.

scenario "a module that goes silent for good, while its block dies" {
  tags = { "arm", "modules" },
  plant = "guide_dashboard",

  run = function(plant)
    local module = plant.string[2].module[6]
    settle()
    module:silent { at = minutes(10) }
    throughout(minutes(10), function() expect(plant):is_quiet() end, { every = seconds(5) })
    within(rounds(5), function() expect(module):has "module_lost" end)
    module.voltage = 2
    wait(minutes(5))
    expect(module):has_not "voltage_low"
    note "the fault found and mended, the dead block is seen at once"
    module:heal "silent"
    within(rounds(4), function()
      expect(module):has_not "module_lost"
      expect(module):has "voltage_low"
    end)
  end,
}

scenario "a module that gets slower is lost when it misses the time-out" {
  tags = { "arm", "modules" },
  plant = "guide_dashboard",

  run = function(plant)
    local module = plant.string[1].module[3]
    settle()
    note "from 1 ms to 50 ms within an hour; the webmanager waits 30 ms"
    module:slow { latency = 0.05, over = hours(1) }
    throughout(minutes(30), function() expect(plant):is_quiet() end, { every = seconds(10) })
    within(minutes(10), function() expect(module):has "module_lost" end)
    note "a longer time-out is the cure that needs no ladder"
    wait(minutes(30))
    operator "set bus.answer_timeout 0.1"
    within(rounds(4), function() expect(plant):is_quiet() end)
    expect(module.voltage):is(12.941)
  end,
}

scenario "a babbling module spoils rounds, never values" {
  tags = { "arm", "modules", "bus" },
  plant = "guide_dashboard",

  run = function(plant)
    settle()
    note "one frame a second is drowned by retries"
    plant.string[1].module[5]:babbling { rate = 1 }
    throughout(minutes(20), function() expect(plant):is_quiet() end, { every = seconds(5) })
    expect.modbus(1000):is(0x0041)

    note "fifty a second leave hardly a gap: all are lost"
    plant.string[1].module[5]:babbling { rate = 50 }
    within(minutes(5), function()
      expect(plant.string[2].module[9]):has "module_lost"
      expect(plant):has "system_error"
    end)
    note "pulled off the bus the others are there again"
    plant.string[1].module[5]:unplug()
    within(rounds(8), function()
      expect(plant.string[2]):is_quiet()
      expect(plant.string[1].module[5]):has "module_lost"
      expect(plant.string[2].module[9].voltage):is(12.940)
    end)
    plant.string[1].module[5]:heal()
    plant.string[1].module[5]:plug()
    within(rounds(8), function() expect(plant):is_quiet() end)
  end,
}

scenario "a module that always tells the same hides what its block does" {
  tags = { "arm", "modules" },
  plant = "guide_dashboard",
  settings = { ["impedance.poll_rate"] = 1 },

  run = function(plant)
    local module = plant.string[1].module[7]
    settle()
    module:stuck_value()
    module.voltage, module.temperature, module.resistance = 9.5, 55, 58
    throughout(minutes(10), function()
      expect(plant):is_quiet()
      expect(module.voltage):is(12.941)
      expect(module.temperature):is(28.5)
      expect(module.resistance):is(5.11)
    end, { every = seconds(20) })
    note "replaced or not, it is the truth that counts then"
    module:heal()
    within(minutes(3), function()
      expect(module):has "voltage_low"
      expect(module):has "temperature_high"
      expect(module):has "resist_alarm_high"
    end)
  end,
}

scenario "a module that reboots drops its bypass, and is not always missed" {
  tags = { "arm", "modules", "equalizing" },
  plant = "guide_dashboard",

  run = function(plant)
    local module = plant.string[2].module[4]
    settle()
    module.voltage = 13.3
    within(rounds(6), function() expect(module.bypass):is(100) end)
    note "half a second is less than three rounds"
    module:rebooting { silent = 0.5, every = 30 }
    throughout(minutes(10), function() expect(module):has_not "module_lost" end, { every = 1 })
    expect(module.voltage):is(13.3)
    expect(plant):has_not "equalizing"

    note "ten seconds are more, each time"
    module:rebooting { silent = 10, every = 30 }
    for _ = 1, 3 do
      within(seconds(45), function() expect(module):has "module_lost" end)
      within(seconds(15), function() expect(module):has_not "module_lost" end)
    end
    module:heal()
    within(rounds(8), function()
      expect(plant):is_quiet()
      expect(module.bypass):is(100)
    end)
  end,
}

scenario "a module of another hardware revision is told when it comes back" {
  tags = { "arm", "modules" },
  plant = "guide_dashboard",

  run = function(plant)
    local module = plant.string[2].module[1]
    settle()
    note "somebody changed its board overnight"
    module:wrong_revision { hardware = 0x0401 }
    module:unplug()
    within(rounds(5), function() expect(module):has "module_lost" end)
    module:plug()
    within(rounds(6), function()
      expect(module):has_not "module_lost"
      expect(plant):has "system_error"
      expect.modbus(1000):is(0x0141)
    end)
    note "and changed it back"
    module:heal()
    module:unplug()
    within(rounds(5), function() expect(module):has "module_lost" end)
    module:plug()
    within(rounds(6), function() expect(plant):is_quiet() end)
  end,
}
