-- Functions of one's own: a verb, a device's behaviour, a hook for each step, one for each frame.

define_verb("module", "overheat", function(module, options)
  module:drift { temperature = module.temperature + options.by, over = minutes(10) }
end)

scenario "a module with a loose sense wire reads low now and then, and only it is told" {
  tags  = { "arm", "example" },
  plant = "guide_dashboard",

  run = function(plant)
    local module, is_loose = plant.string[1].module[2], false
    settle()
    module:behave {
      measure = function(question, built_in)      -- question.is_alarm: its lamp
        local answer = built_in()                 -- what it would answer by itself
        answer.voltage = is_loose and 9.5 or answer.voltage
        return answer                             -- nil: as built in; false: silence
      end,
    }
    local step = plant:on_step(function(now)
      is_loose = now % 600 < 300                  -- five minutes in ten
    end, { every = seconds(30) })
    within(minutes(11), function() expect(module):has "voltage_low" end)
    within(minutes(6), function() expect(module):has_not "voltage_low" end)

    step:remove()
    module:behave(nil)
    module:overheat { by = 20 }
    within(minutes(11), function() expect(module):has "temperature_high" end)

    local questions = 0
    local look = plant:on_frame(function(frame)
      if frame.device == module and frame.message == "measure" then
        questions = questions + (frame.direction == "question" and 1 or 0)
        return false                              -- it does not come through
      end
    end)
    within(rounds(5), function() expect(module):has "module_lost" end)
    look:remove()
    within(rounds(3), function() expect(module):has_not "module_lost" end)
    assert(questions >= 3, "asked in three rounds before it was lost")
  end,
}
