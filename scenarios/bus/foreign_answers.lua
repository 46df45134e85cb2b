-- An answer belongs to one question. What arrives for an earlier one must not be taken for the
-- one that is open, however well it is formed.

scenario "an answer that comes after its time-out is no answer" {
  tags = { "arm", "bus" },
  plant = "guide_dashboard",

  run = function(plant)
    settle()
    note "half a time-out too late: each answer meets the next question"
    plant.bus:delay { percent = 100, seconds = 0.026 }
    within(minutes(1), function()
      expect(plant):has "communication_lost"
      expect(plant):has "sensor_communication_lost"
    end)
    throughout(minutes(1), function()
      expect(plant.string[1].module[1].voltage):is_unavailable()
      expect(plant.string[2].module[9].voltage):is_unavailable()
    end, { every = seconds(5) })

    note "in time again, all of it is back"
    plant.bus:heal()
    within(rounds(5), function()
      expect(plant):is_quiet()
    end)
  end,
}

scenario "a longer time-out waits for slow answers, a shorter one does not" {
  tags = { "arm", "board", "bus" },
  plant = "guide_dashboard",
  settings = { ["bus.answer_timeout"] = 0.2 },

  run = function(plant)
    settle()
    local slow, late = plant.string[1].module[2], plant.string[2].module[7]
    slow.latency, late.latency = 0.18, 0.22
    within(rounds(5), function()
      expect(late):has "module_lost"
    end)
    throughout(rounds(5), function()
      expect(slow):is_quiet()
      expect(slow.voltage):is(12.941)
    end)
  end,
}

-- Questions carry a number of eight bits: after 256 of them it comes again, and only the address
-- tells whose an answer is. In this plant, with the one retry, that is twelve rounds and fifteen
-- questions later: 12.2 s.
scenario "an answer of the same number from another module is not taken" {
  tags = { "arm", "bus" },
  plant = "guide_dashboard",

  run = function(plant)
    local asked, meets = plant.string[1].module[1], plant.string[2].module[7]
    settle()
    asked.voltage = 13.3
    wait(rounds(2))
    for step = 0, 14 do
      -- The answer to the first question of a round, so late that it meets that other question.
      plant.bus:delay { nth = 1, seconds = 12.17 + step * 0.004 }
      throughout(rounds(14), function()
        expect(meets.voltage):is(12.94)
      end)
    end
    expect(asked.voltage):is(13.3)
    expect(plant):is_quiet()
  end,
}

scenario "a late answer does not shorten the time of the next question" {
  tags = { "arm", "bus" },
  needs = { "virtual_time" }, -- milliseconds, or the first instant, are what it is about
  plant = "guide_dashboard",

  run = function(plant)
    local module = plant.string[1].module[1]
    module.latency = 0.024 -- of the 0.030 that it has
    settle()
    note "in each round the first answer is late, and the tries after it are answered in time"
    for lap = 1, 5 do
      wait(rounds(1))
      module.voltage = 12.941 + lap / 100
      plant.bus:delay { nth = 1, seconds = 0.012 }
      within(rounds(1), function()
        expect(module.voltage):is(12.941 + lap / 100)
      end)
      expect(module):is_quiet()
    end
  end,
}
