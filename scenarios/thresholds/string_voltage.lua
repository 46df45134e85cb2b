-- The voltage of a whole string walks through its warning and its alarm and back. Levels of a
-- string of nine: low alarm 105, low warning 110, high warning 125, high alarm 135 V; back inside
-- by 0.5 V clears. The levels of the blocks are switched off, so that only the string speaks.

local sides = {
  { side = "high", at = 125, warning = 126, alarm = 136, hardly = 134.6, less = 134 },
  { side = "low", at = 110, warning = 109, alarm = 104, hardly = 105.4, less = 106 },
}

local quiet_blocks = {
  ["voltage.low_alarm"] = 0, ["voltage.low_warn"] = 0,
  ["voltage.high_warn"] = 0, ["voltage.high_alarm"] = 0,
}

for _, level in ipairs(sides) do
  local alarm = "string_volt_" .. level.side
  local warning = alarm .. "_warn"

  scenario("string voltage " .. level.side .. ": warning, alarm, and back") {
    tags = { "thresholds" },
    plant = "guide_dashboard",
    settings = quiet_blocks,

    run = function(plant)
      local string, other = plant.string[2], plant.string[1]

      local function set_string(voltage)
        -- To the millivolt: what the other blocks leave is the last one's.
        local each = math.floor(voltage / 9 * 1000) / 1000
        for i, module in ipairs(string.module) do
          module.voltage = i < 9 and each or voltage - 8 * each
        end
      end

      settle()
      note "at the level itself there is nothing to tell"
      set_string(level.at)
      within(rounds(3), function()
        expect(string.voltage_sum):is(level.at)
      end)
      throughout(rounds(3), function()
        expect(plant):is_quiet()
      end)

      note "a warning is a row, not a flag"
      set_string(level.warning)
      within(rounds(4), function()
        expect(plant):has(warning)
      end)
      expect.trap(warning)
      expect.no_trap()
      expect(string):is_quiet()
      expect(plant):has_not "general_alarm"

      note "an alarm is both"
      set_string(level.alarm)
      within(rounds(4), function()
        expect(string):has(alarm)
        expect(plant):has(alarm)
        expect(plant):has_not(warning)
      end)
      expect.trap { removed = warning }
      expect.trap { added = alarm }
      expect.no_trap()
      expect(plant):has "general_alarm"
      expect(other):is_quiet()
      expect(string.module[1]):is_quiet()

      note "hardly inside is not inside yet"
      set_string(level.hardly)
      throughout(rounds(4), function()
        expect(string):has(alarm)
      end)

      note "back to a warning, and to normal"
      set_string(level.less)
      within(rounds(4), function()
        expect(string):is_quiet()
        expect(plant):has(warning)
      end)
      set_string(116.46)
      within(rounds(4), function()
        expect(plant):is_quiet()
      end)
      expect.trap { removed = alarm }
      expect.trap { added = warning }
      expect.trap { removed = warning }
      expect.no_trap()
    end,
  }
end
