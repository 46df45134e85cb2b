-- What the log rings hold, an outsider reads as CSV: which module, when, and what it showed.

scenario "the logs tell what each module showed, and when" {
  tags  = { "console" },
  plant = "guide_dashboard",

  run = function(plant)
    settle()
    note "at the start, and then every twenty minutes: by the end of the round that saw it"
    plant.module[7].temperature = 29
    plant.string[2].module[9].temperature = 21
    plant.module[3]:unplug()
    wait(minutes(19))
    expect.operator("log normal 1"):shows "17 2020-06-01T00:00:00Z 18 present"
    wait(minutes(2))
    expect.operator("log normal 18"):shows "18 2020-06-01T00:20:01Z 1 present"
    expect.operator("log normal 18"):shows "20 2020-06-01T00:20:01Z 3 lost"
    expect.operator("log normal 18"):shows "24 2020-06-01T00:20:01Z 7 29.000 present"
    expect.operator("log normal 18"):shows "35 2020-06-01T00:20:01Z 18 21.000 present"
    expect.operator("log flow"):is_ok()

    note "once a minute while a string is charged, with its own current"
    plant.string[2].current = 6
    wait(minutes(1) + seconds(30))
    expect.operator("log flow 18"):shows "7 29.000 present"
    expect.operator("log flow 18"):shows "18 21.000 6.000 present"
    assert(#operator:try("log flow").lines == 1 + 2 * 18, "the header, and two times all modules")
  end,
}
