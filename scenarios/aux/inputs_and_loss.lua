-- Four inputs and four outputs of a GX_R_AUX. A lost one reads its inputs as alarm, because that
-- is the safe side, and its outputs as they were last commanded, because they are.

scenario "each input is read where it is" {
  tags = { "arm", "board", "aux" },
  plant = "two_strings_of_nine",

  run = function(plant)
    local unit = plant.gx_r_aux[1]
    settle()
    for pushed = 1, 4 do
      unit.input[pushed].level = "alarm"
      within(rounds(3), function()
        for line = 1, 4 do
          expect(unit.input[line]):is(line == pushed and "alarm" or "normal")
        end
      end)
      unit.input[pushed].level = "normal"
    end
    within(rounds(3), function()
      for line = 1, 4 do
        expect(unit.input[line]):is "normal"
      end
    end)
  end,
}

scenario "a lost unit reads alarm, and its outputs stay" {
  tags = { "arm", "board", "aux" },
  plant = "breaker_nc",

  run = function(plant)
    local unit = plant.gx_r_aux[1]
    local breaker = unit.output[3]
    settle()
    expect(breaker):is "on" -- normally closed: on = closed
    for line = 1, 4 do
      expect(unit.input[line]):is "normal"
    end

    note "unplugged from the bus; its relays keep their state"
    unit:unplug()
    within(rounds(5), function()
      expect(plant):has "sensor_communication_lost"
    end)
    expect.trap "sensor_communication_lost"
    for line = 1, 4 do
      expect(unit.input[line]):is "alarm"
    end
    expect(breaker):is "on"
    expect(unit.output[1]):is "off"
    expect(plant):has_not "battery_breaker_open"

    note "back again"
    unit:plug()
    within(rounds(3), function()
      expect(plant):is_quiet()
    end)
    within(rounds(2), function()
      for line = 1, 4 do
        expect(unit.input[line]):is "normal"
      end
    end)
    expect(breaker):is "on"
    expect.trap { removed = "sensor_communication_lost" }
    expect.no_trap()
  end,
}

scenario "an order that a silent unit missed is given again" {
  tags = { "arm", "aux", "safety" },
  plant = "two_strings_of_nine",

  run = function(plant)
    local unit, string = plant.gx_r_aux[1], plant.string[1]
    settle()
    unit:unplug()
    string.module[5].temperature = 50
    string.current = 5
    within(minutes(11), function()
      expect(plant):has "thermal_runaway"
      expect(plant):has "battery_breaker_open"
    end)

    note "nobody heard the order: the current still flows"
    throughout(minutes(1), function()
      expect(string.current):is_near(5, 0.5)
    end, { every = seconds(5) })

    note "the unit is heard again, and obeys"
    unit:plug()
    within(rounds(3), function()
      expect(unit.output[1]):is "on"
      expect(unit.output[2]):is "off"
    end)
    within(rounds(3), function()
      expect(string.current):is_near(0, 0.1)
    end)
  end,
}
