-- A block's resistance walks through its warning and its alarm and back, on either side. It is
-- measured once a minute here, instead of twice a day.
-- Levels of a C20: low alarm 1.1, low warning 1.2, high warning 40, high alarm 50 mOhm; back inside
-- by a hundredth of the level clears.

local sides = {
  { side = "high", at = 40, warning = 41, alarm = 51, hardly = 49.6, less = 49 },
  { side = "low", at = 1.2, warning = 1.15, alarm = 1.05, hardly = 1.11, less = 1.14 },
}
-- Only the high ones have a row for their kind beside their own (as the guide lists them).
local kind_of = { resist_alarm_high = "resist_alarm", resist_warn_high = "resist_warn" }

for _, level in ipairs(sides) do
  local alarm, warning = "resist_alarm_" .. level.side, "resist_warn_" .. level.side

  -- Each trap of an alarm, and of its kind where it has one.
  local function expect_traps(change, name)
    expect.trap { [change] = name }
    if kind_of[name] then
      expect.trap { [change] = kind_of[name] }
    end
  end

  scenario("block resistance " .. level.side .. ": warning, alarm, and back") {
    tags = { "arm", "thresholds" },
    plant = "guide_dashboard",
    settings = { ["impedance.poll_rate"] = 1 },

    run = function(plant)
      local module = plant.string[2].module[9]
      settle()

      note "at the level itself there is nothing to tell"
      module.resistance = level.at
      throughout(minutes(3), function()
        expect(plant):is_quiet()
      end)
      expect(module.resistance):is(level.at)

      note "a warning is a row, not a flag"
      module.resistance = level.warning
      within(minutes(2), function()
        expect(plant):has(warning)
      end)
      expect_traps("added", warning)
      expect.no_trap()
      expect(module):is_quiet()
      if kind_of[warning] then
        expect(plant):has(kind_of[warning])
      end

      note "an alarm is both"
      module.resistance = level.alarm
      within(minutes(2), function()
        expect(module):has(alarm)
        expect(plant.string[2]):has(alarm)
        expect(plant):has(alarm)
        expect(plant):has_not(warning)
      end)
      if kind_of[alarm] then
        expect(plant):has(kind_of[alarm])
      end
      expect_traps("removed", warning)
      expect_traps("added", alarm)
      expect.no_trap()

      note "hardly inside is not inside yet"
      module.resistance = level.hardly
      throughout(minutes(3), function()
        expect(module):has(alarm)
      end)

      note "back to a warning, and to normal"
      module.resistance = level.less
      within(minutes(2), function()
        expect(module):is_quiet()
        expect(plant):has(warning)
      end)
      module.resistance = 4.58
      within(minutes(2), function()
        expect(plant):is_quiet()
      end)
      expect_traps("removed", alarm)
      expect_traps("added", warning)
      expect_traps("removed", warning)
      expect.no_trap()
    end,
  }
end
