-- Current sensors that lie: what the webmanager makes of the bank follows what they say.

scenario "a zero that drifts turns float into a charge" {
  tags = { "arm", "sensors", "current" },
  plant = "guide_dashboard",

  run = function(plant)
    local string = plant.string[1]
    settle()
    expect.modbus(1000):is(0x0041)
    plant.current_sensor[1]:zero_drift { by = 1.5, over = hours(6) }
    note "1 A or more into 50 Ah is a charge; it is there after four of the six hours"
    wait(minutes(225))
    expect(string.current):is_near(0.94, 0.02)
    expect.modbus(1000):is(0x0041)
    within(minutes(30), function() expect.modbus(1000):is(0x0011) end)
    wait(hours(2))
    expect(string.current):is(1.5)
    expect(plant):is_quiet()

    note "set to zero again"
    plant.current_sensor[1]:heal()
    within(rounds(9), function() expect.modbus(1000):is(0x0041) end)
    expect(string.current):is(0)
  end,
}

scenario "a sensor mounted the wrong way round counts a charge as a discharge" {
  tags = { "arm", "sensors", "current" },
  plant = "guide_dashboard",

  run = function(plant)
    plant.current_sensor[2]:reversed()
    settle()
    plant.string[1].current, plant.string[2].current = 6, 6
    within(minutes(1), function()
      expect(plant.string[1].current):is(6)
      expect(plant.string[2].current):is(-6)
      expect(plant):has "discharging"
    end)
    note "while the voltage of both says otherwise"
    expect(plant.string[2].voltage_average):is(12.94)

    plant.current_sensor[2]:heal()
    within(minutes(1), function()
      expect(plant.string[2].current):is(6)
      expect(plant):has_not "discharging"
    end)
  end,
}

scenario "a sensor that reads too little makes one string look lazy" {
  tags = { "arm", "sensors", "current" },
  plant = "guide_dashboard",

  run = function(plant)
    plant.string[1].current, plant.string[2].current = -20, -20
    settle()
    expect(plant):has_not "string_curr_deviation_discharge"
    plant.current_sensor[1]:gain_error { by = -60 }
    note "both are 6 A from their mean, and neither carries another current than before"
    within(minutes(1), function()
      expect(plant.string[1].current):is(-8)
    end)
    within(rounds(4), function()
      expect(plant):has "string_curr_deviation_discharge_warn"
    end)
    plant.current_sensor[1]:heal()
    within(rounds(4), function()
      expect(plant):has_not "string_curr_deviation_discharge_warn"
      expect(plant.string[1].current):is(-20)
    end)
  end,
}
