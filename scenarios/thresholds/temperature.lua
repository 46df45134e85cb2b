-- A block temperature walks through its warning and its alarm and back, on either side.
-- Levels: low alarm 5, low warning 10, high warning 30, high alarm 35 degC; back inside by 0.5 K
-- clears.

local sides = {
  { side = "high", at = 30, warning = 31, alarm = 35.6, hardly = 34.6, less = 34 },
  { side = "low", at = 10, warning = 9, alarm = 4.4, hardly = 5.4, less = 6 },
}

for _, level in ipairs(sides) do
  local alarm, warning = "temperature_" .. level.side, "temperature_warn_" .. level.side

  scenario("block temperature " .. level.side .. ": warning, alarm, and back") {
    tags = { "arm", "thresholds" },
    plant = "guide_dashboard",

    run = function(plant)
      local module = plant.string[1].module[9]
      settle()

      note "at the level itself there is nothing to tell"
      module.temperature = level.at
      throughout(rounds(4), function()
        expect(plant):is_quiet()
      end)

      note "a warning is a row, not a flag"
      module.temperature = level.warning
      within(rounds(3), function()
        expect(plant):has(warning)
      end)
      expect.trap(warning)
      expect.no_trap()
      expect(module):is_quiet()

      note "an alarm is both"
      module.temperature = level.alarm
      within(rounds(3), function()
        expect(module):has(alarm)
        expect(plant.string[1]):has(alarm)
        expect(plant):has(alarm)
        expect(plant):has "temperature"
        expect(plant):has_not(warning)
      end)
      expect.trap { removed = warning }
      expect.trap { added = alarm }
      expect.trap { added = "temperature" }
      expect.no_trap()

      note "hardly inside is not inside yet"
      module.temperature = level.hardly
      throughout(rounds(4), function()
        expect(module):has(alarm)
      end)

      note "back to a warning, and to normal"
      module.temperature = level.less
      within(rounds(3), function()
        expect(module):is_quiet()
        expect(plant):has(warning)
      end)
      module.temperature = 27.5
      within(rounds(3), function()
        expect(plant):is_quiet()
      end)
      expect.trap { removed = alarm }
      expect.trap { removed = "temperature" }
      expect.trap { added = warning }
      expect.trap { removed = warning }
      expect.no_trap()
    end,
  }
end
