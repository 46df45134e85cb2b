-- Sixteen inputs and sixteen outputs over four units: each is where it is, and nowhere else.

scenario "of sixteen inputs each is read where it is" {
  tags = { "aux" },
  plant = "four_aux",

  run = function(plant)
    settle()
    for u, unit in ipairs(plant.gx_r_aux) do
      for i = 1, 4 do
        unit.input[i].level = "alarm"
        within(rounds(3), function()
          for other, another in ipairs(plant.gx_r_aux) do
            for line = 1, 4 do
              expect(another.input[line]):is(other == u and line == i and "alarm" or "normal")
            end
          end
        end)
        unit.input[i].level = "normal"
      end
    end
  end,
}

scenario "of sixteen breakers each opens for its own string" {
  tags = { "aux", "safety" },
  plant = "sixteen_breakers",
  settings = { ["runaway.hold"] = 60 },

  run = function(plant)
    -- Output of string s, over all units.
    local function output_of(s)
      local number = (s * 5 - 1) % 16
      return plant.gx_r_aux[number // 4 + 1].output[number % 4 + 1]
    end
    settle()
    for s = 1, #plant.string do
      expect(output_of(s)):is "on"
    end
    for hot, string in ipairs(plant.string) do
      note(("string %d heats itself"):format(hot))
      string.module[1].temperature = 50
      string.current = 5
      within(seconds(70), function()
        for s = 1, #plant.string do
          expect(output_of(s)):is(s <= hot and "off" or "on")
        end
      end)
    end
    expect(plant):has "battery_breaker_open"
  end,
}
