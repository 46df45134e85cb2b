-- Programmer mode takes the bus from the monitoring: everybody is told, and no alarm comes of it.

scenario "in programmer mode nothing is polled, and the flags say so" {
  tags  = { "programmer" },
  plant = "two_strings_of_nine",

  run = function(plant)
    local module = plant.string[1].module[3]
    settle()
    expect.modbus(1000):is(0x0041)
    expect(module.led):is "green"

    operator "programmer on"
    note "addressing, and no longer running: the last float charge that was seen stands"
    expect.modbus(1000):is(0x1040)
    expect.snmp "bacsStatus":is(0x1040)
    within(seconds(1), function() expect(module.led):is "fast_flashing_red" end)

    note "what happens now is not seen, and not guessed"
    module.temperature = 80
    throughout(minutes(10), function()
      expect(plant):is_quiet()
      expect.modbus(1000):is(0x1040)
    end, { every = minutes(1) })

    note "back to work: all are asked at once"
    operator "programmer off"
    within(rounds(3), function()
      expect(module):has "temperature_high"
      expect.modbus(1000):is(0x0441)
    end)
    within(rounds(2), function() expect(module.led):is "red" end)
    module:release "temperature"
    module.temperature = 24
    within(rounds(3), function() expect(module.led):is "green" end)
  end,
}

scenario "programmer mode ends when nobody touches it" {
  tags  = { "programmer" },
  plant = "two_strings_of_nine",

  run = function(plant)
    settle()
    operator "programmer on"
    wait(minutes(14))
    note "an order begins the fifteen minutes anew"
    operator "programmer stop"
    wait(minutes(14))
    expect.operator("show programmer"):shows "mode=on"
    within(minutes(1) + seconds(1), function() expect.modbus(1000):is(0x0041) end)
    expect.operator("show programmer"):shows "mode=off"

    note "another limit is kept to"
    operator "set programmer.idle_limit 120"
    operator "programmer on"
    wait(seconds(119))
    expect.operator("show programmer"):shows "mode=on"
    wait(seconds(2))
    expect.operator("show programmer"):shows "mode=off"
    within(rounds(2), function() expect.modbus(1000):is(0x0041) end)
    expect(plant):is_quiet()
  end,
}

scenario "the programmer takes no order while the mode is off, and none that it can't keep" {
  tags  = { "programmer" },
  plant = "one_module",

  run = function()
    settle()
    for _, order in ipairs { "range 1 5", "stop", "single 1 2", "show 1", "query", "reset" } do
      expect.operator("programmer " .. order):is_refused "conflict"
    end
    operator "programmer on"
    for _, order in ipairs { "range 0 5", "range 1 513", "range 5 4", "single 1 513", "single 1 0",
                             "single 600 1", "single 3 3", "show 0", "show 513" } do
      expect.operator("programmer " .. order):is_refused "range"
    end
    operator "programmer range 1 5"
    expect.operator("programmer query"):is_refused "conflict"
    expect.operator("show programmer"):shows "activity=range first=1 last=5"
  end,
}

scenario "a breaker is opened in programmer mode, too" {
  tags  = { "board", "programmer", "safety" },
  plant = "two_strings_of_nine",

  run = function(plant)
    settle()
    operator "programmer on"
    operator "programmer range 1 18"
    wait(seconds(2))
    operator "breaker open 1"
    within(seconds(1), function() expect(plant.gx_r_aux[1].output[1]):is "on" end)
    expect.operator("show programmer"):shows "activity=range"
  end,
}

scenario "programmer mode puts the bypasses off, and equalizing goes on after it" {
  tags  = { "programmer", "equalizing" },
  plant = "two_strings_of_nine",

  run = function(plant)
    local module = plant.string[1].module[2]
    settle()
    module.voltage = 13.9
    within(rounds(5), function()
      expect(module.bypass):is(100)
      expect.modbus(1000):is(0x00C1)
    end)
    operator "programmer on"
    wait(seconds(1))
    expect.modbus(1000):is(0x1040)
    operator "programmer off"
    note "asked first, ordered after it: the module has told that its bypass is off"
    within(rounds(2), function() expect.modbus(1000):is(0x0041) end)
    within(rounds(3), function()
      expect(module.bypass):is(100)
      expect.modbus(1000):is(0x00C1)
    end)
    expect(plant):has_not "equalizing"
  end,
}
