-- The measurement logs: a record a module at each rate, and what they leave out.

scenario "a day is logged module by module, and read back at the console" {
  tags     = { "logs", "console" },
  plant    = "guide_dashboard",
  settings = { ["bus.round_period"] = 60 },

  run = function(plant)
    settle()
    expect.operator("log normal 100000"):has_lines(1 + 18)
    wait(hours(24) + minutes(2))
    note "18 modules, every 20 minutes, and the header"
    expect.operator("log normal 100000"):has_lines(1 + 18 * (1 + 72))
    expect.operator("log normal 1"):shows "module voltage_V temperature_degC"
    expect.operator("log normal 1"):shows "18 12.940 27.500 4.580 0.0 0.000 present"
    expect.operator("log flow"):has_lines(1)

    note "a module that is lost has a record without values"
    plant.string[1].module[4]:unplug()
    wait(minutes(25))
    expect.operator("log normal 18"):shows "4 0.000 general_alarm communication_lost lost"
  end,
}

scenario "while current flows there is a record a module each minute" {
  tags     = { "logs" },
  plant    = "guide_dashboard",
  settings = { ["bus.round_period"] = 10 },

  run = function(plant)
    settle()
    plant.string[1].current, plant.string[2].current = -8, -7.5
    wait(minutes(30))
    expect(plant):has "discharging"
    expect.operator("log flow 100000"):has_lines(1 + 18 * 30)
    expect.operator("log flow 18"):shows "3 -8.000 present"
    expect.operator("log flow 18"):shows "10 -7.500 present"
    plant.string[1].current, plant.string[2].current = 0, 0
    wait(minutes(30))
    expect.operator("log flow 100000"):has_lines(1 + 18 * 30)
  end,
}

scenario "a full ring keeps the newest records" {
  tags     = { "logs" },
  plant    = "full_bank",
  settings = { ["bus.round_period"] = 60 },

  run = function(plant)
    settle()
    plant.string[1].current = 2
    wait(hours(12.5))
    note "of 512 x 750 records there are those that 10 MB hold, in blocks of 151"
    expect.operator("show logs"):shows "log=flow first=15553 records=368447"
    note "and the last period is whole"
    expect.operator("log flow 513"):has_lines(1 + 513)
    expect.operator("log flow 513"):shows_in_order { "512", "1", "256", "512" }
  end,
}
