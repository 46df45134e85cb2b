-- The webmanager counts discharges of at least ten seconds. The operator reads the number.

scenario "a discharge of ten seconds counts, a shorter one does not" {
  tags = { "discharge" },
  plant = "guide_dashboard",

  run = function(plant)
    local function carry(amperes)
      plant.string[1].current, plant.string[2].current = amperes, amperes
    end

    settle()
    expect(plant.webmanager.discharges):is(0)
    note "eight seconds: a discharge, and too short to count"
    carry(-10)
    within(seconds(8), function()
      expect(plant):has "discharging"
    end)
    carry(0)
    throughout(seconds(20), function()
      expect(plant.webmanager.discharges):is(0)
    end)

    note "twelve seconds count, and an hour counts no more than they"
    carry(-10)
    within(seconds(12), function()
      expect(plant.webmanager.discharges):is(1)
    end)
    throughout(hours(1), function()
      expect(plant.webmanager.discharges):is(1)
    end, { every = minutes(1) })

    note "a string that takes over goes on with the same one"
    plant.string[1].current = 0
    wait(minutes(1))
    plant.string[1].current = -10
    wait(minutes(1))
    plant.string[2].current = 0
    wait(minutes(1))
    expect(plant.webmanager.discharges):is(1)
    carry(0)
    within(rounds(3), function()
      expect(plant):has "discharging_stopped"
    end)
    carry(-10)
    within(seconds(13), function()
      expect(plant.webmanager.discharges):is(2)
    end)
  end,
}
