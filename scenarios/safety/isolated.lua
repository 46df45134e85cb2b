-- A string whose breaker is open carries nothing: what is measured and judged of the others goes on
-- as if it were not there.

scenario "the only string that is joined has all of the current, and runs away" {
  tags = { "arm", "safety" },
  plant = "one_sensor_three_breakers",

  run = function(plant)
    settle()
    note "all three share what one sensor measures"
    plant.string[3].current = 0.6
    within(rounds(3), function()
      for i = 1, 3 do
        expect(plant.string[i].current):is_near(0.2, 0.05)
      end
    end)

    note "two are isolated, and the third has it all: 0.6 A is above the limit of a runaway"
    operator "breaker open 1"
    operator "breaker open 2"
    plant.string[3].module[1].temperature = 52
    within(rounds(4), function()
      expect(plant.string[1].current):is_near(0, 0.01)
      expect(plant.string[2].current):is_near(0, 0.01)
      expect(plant.string[3].current):is_near(0.6, 0.05)
    end)
    within(minutes(11), function()
      expect(plant):has "thermal_runaway"
      expect(plant.string[3].breaker):is "open"
      expect(plant.gx_r_aux[1].output[3]):is "on"
    end)

    note "an operator who closes it on a string that is as hot has ten minutes"
    operator "breaker close 3"
    within(rounds(3), function()
      expect(plant.string[3].breaker):is "closed"
    end)
    throughout(minutes(9), function()
      expect(plant.string[3].breaker):is "closed"
    end, { every = seconds(30) })
    within(minutes(2), function()
      expect(plant.string[3].breaker):is "open"
    end)
  end,
}

scenario "an isolated string at rest is no discharge, and keeps nobody from being measured" {
  tags = { "arm", "safety" },
  plant = "two_breakers_no_sensor",

  run = function(plant)
    settle()
    operator "breaker open 1"
    for i = 1, 3 do
      plant.string[1].module[i].voltage = 12.3
    end
    wait(seconds(30))
    expect.modbus(1000):is(0x0041)
    expect(plant):has_not "discharging"

    note "a block of the other string ages, and that is seen"
    plant.string[2].module[1].resistance = 55
    within(minutes(11), function()
      expect(plant.string[2].module[1]):has "resist_alarm_high"
    end)
  end,
}
