-- A current sensor measures up to its range, either way, and its ripple too; beyond it the range is
-- what it shows.

for _, range in ipairs { 50, 200, 400, 1000, 2000 } do
  scenario(("a current sensor of %d A"):format(range)) {
    tags = { "arm", "current" },
    plant = "sensor_of_" .. range,

    run = function(plant)
      local string = plant.string[1]
      settle()
      expect.setting "bank.sensor_range":is(range)
      local path = {
        { direct = range - 0.5, ripple = range / 10, shown = range - 0.5, shown_ac = range / 10 },
        { direct = 1.2 * range, ripple = 1.5 * range, shown = range, shown_ac = range },
        { direct = -range, ripple = 0.25, shown = -range, shown_ac = 0.25 },
        { direct = -1.2 * range, ripple = 0, shown = -range, shown_ac = 0 },
      }
      for _, step in ipairs(path) do
        string.current, string.current_ac = step.direct, step.ripple
        within(rounds(3), function()
          expect(string.current):is(step.shown)
          expect(string.current_ac):is(step.shown_ac)
        end)
      end
    end,
  }
end
