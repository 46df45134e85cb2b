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
    tags = { "arm", "thresholds" },
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

-- A lost module takes its voltage out of the sum, and not out of the judgement: what the others
-- have on average stands for all nine. Eight blocks of 12.94 V are 103.5 V, and nine are 116.5 V.
scenario "a lost module neither lowers a string's voltage nor hides it" {
  tags = { "arm", "thresholds", "modules" },
  plant = "guide_dashboard",
  settings = quiet_blocks,

  run = function(plant)
    local string = plant.string[2]

    local function set_others(voltage)
      for i, module in ipairs(string.module) do
        module.voltage = i ~= 5 and voltage or 12.94
      end
    end

    settle()
    string.module[5]:unplug()
    within(rounds(5), function()
      expect(string.module[5]):has "module_lost"
      expect(string.voltage_sum):is_near(8 * 12.94, 0.001)
    end)
    note "the sum is below the low alarm of 105 V, and nobody is alarmed"
    throughout(rounds(5), function()
      expect(string):has_not "string_volt_low"
      expect(plant):has_not "string_volt_low_warn"
    end)

    note "8 x 13.888 V are 111.1 V; nine of them would be 124.99 V, a millivolt more each 125.001 V"
    set_others(13.888)
    within(rounds(3), function()
      expect(string.voltage_average):is_near(13.888, 0.001)
    end)
    throughout(rounds(3), function()
      expect(plant):has_not "string_volt_high_warn"
    end)
    set_others(13.889)
    within(rounds(4), function()
      expect(plant):has "string_volt_high_warn"
      expect(string.voltage_sum):is_near(8 * 13.889, 0.001)
    end)

    note "likewise the alarm: nine times 15.001 V are above 135 V"
    set_others(15.001)
    within(rounds(4), function()
      expect(string):has "string_volt_high"
      expect(plant):has_not "string_volt_high_warn"
    end)
    expect(plant.string[1]):is_quiet()

    note "and the other side: nine times 11.666 V are below 105 V"
    set_others(11.666)
    within(rounds(4), function()
      expect(string):has "string_volt_low"
      expect(string):has_not "string_volt_high"
    end)

    note "back again it counts by itself: 8 x 11.666 + 12.94 V are 106.3 V"
    string.module[5]:plug()
    within(rounds(4), function()
      expect(string.module[5]):has_not "module_lost"
      expect(string.voltage_sum):is_near(8 * 11.666 + 12.94, 0.001)
      expect(string):has_not "string_volt_low"
      expect(plant):has "string_volt_low_warn"
    end)
  end,
}
