-- A cable that is too long corrupts frames, the more the longer it is. The checksum catches each
-- of them: what is published is true or lost, never false.

scenario "a line a little too long is helped by asking again" {
  tags = { "arm", "wiring" },
  plant = "long_line",

  run = function(plant)
    settle()
    throughout(minutes(5), function()
      expect(plant):is_quiet()
    end, { every = seconds(10) })
    expect.no_trap()

    note "the far end is read as well as the near one"
    local near, far = plant.module[1], plant.module[50]
    near.voltage, far.voltage = 12.5, 12.7
    within(rounds(5), function()
      expect(near.voltage):is(12.5)
      expect(far.voltage):is(12.7)
    end)
  end,
}

scenario "the farther beyond the limit, the worse" {
  tags = { "arm", "wiring" },
  plant = "three_corridors",
  allow = { "E", "total" },

  run = function(plant)
    local wall, little, much = plant.module[2], plant.module[4], plant.module[6]
    wall.voltage, little.voltage, much.voltage = 12.8, 12.9, 13.1
    settle()

    note "half as far again: frames enough are lost for three rounds in a row"
    within(minutes(5), function()
      expect(much):has "module_lost"
    end)
    expect(much.voltage):is_unavailable()

    note "and one that comes through is enough for it to be back, with a true value"
    within(minutes(5), function()
      expect(much):has_not "module_lost"
      expect(much.voltage):is(13.1)
    end)

    note "five in a hundred beyond is noise; within the limit is peace"
    throughout(minutes(5), function()
      expect(wall):is_quiet()
      expect(wall.voltage):is(12.8)
      expect(little):is_quiet()
      expect(little.voltage):is(12.9)
    end, { every = seconds(10) })
  end,
}
