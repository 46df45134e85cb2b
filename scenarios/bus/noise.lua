-- A long cable beside an inverter: one frame in twenty does not survive. The webmanager asks
-- again; nobody outside notices.

scenario "one frame in twenty corrupted raises nothing false" {
  tags = { "arm", "bus" },
  plant = "guide_dashboard",

  run = function(plant)
    settle()
    note "answers and questions alike"
    plant.bus:corrupt { percent = 5 }
    plant.bus:corrupt { percent = 5, question = true }
    throughout(minutes(30), function()
      expect.modbus(1000):is(0x0041)
      expect(plant):is_quiet()
    end, { every = seconds(5) })
    expect.no_trap()

    note "and the values are still the plant's"
    for _, string in ipairs(plant.string) do
      for _, module in ipairs(string.module) do
        expect(module.voltage):is(module.voltage.value)
        expect(module.temperature):is(module.temperature.value)
      end
    end

    note "a true alarm still comes through"
    plant.string[1].module[5].voltage = 11.2
    within(rounds(5), function()
      expect(plant.string[1].module[5]):has "voltage_low"
    end)
  end,
}

scenario "noise from power-up on" {
  tags = { "arm", "board", "bus" },
  plant = "guide_dashboard",

  run = function(plant)
    plant.bus:corrupt { percent = 15 }
    settle()
    expect.modbus(1000):is(0x0041)
    expect(plant):is_quiet()
    expect(plant.string[1].voltage_sum):is(116.469)
  end,
}

scenario "late, doubled and cut answers are told from true ones" {
  tags = { "arm", "bus" },
  plant = "guide_dashboard",

  run = function(plant)
    settle()
    plant.bus:delay { percent = 5, seconds = 0.04 }
    plant.bus:duplicate { percent = 5 }
    plant.bus:cut { percent = 5 }
    throughout(minutes(10), function()
      expect(plant):is_quiet()
      expect(plant.string[1].module[1].voltage):is(12.941)
      expect(plant.string[2].module[1].voltage):is(12.94)
    end, { every = seconds(5) })

    note "and when the line is mended nothing is left of it"
    plant.bus:heal()
    throughout(rounds(5), function()
      expect(plant):is_quiet()
    end)
    expect.no_trap()
  end,
}

scenario "a cable that comes off in the middle of an answer gives no value" {
  tags = { "arm", "board", "bus" },
  plant = "guide_dashboard",

  run = function(plant)
    local module = plant.string[1].module[7]
    settle()
    note "every answer breaks off, each somewhere else"
    plant.bus:cut { percent = 100 }
    module.voltage = 13.1
    within(rounds(8), function()
      expect(module):has "module_lost"
      expect(plant):has "communication_lost"
    end)
    throughout(rounds(5), function()
      expect(module.voltage):is_unavailable()
    end)

    note "plugged in again"
    plant.bus:heal()
    within(rounds(5), function()
      expect(plant):is_quiet()
      expect(module.voltage):is(13.1)
    end)
  end,
}
