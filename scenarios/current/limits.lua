-- The limits of a string's current, off unless somebody sets them: two levels on either side of
-- zero, and half an ampere back inside to clear. They accuse the string and sound nothing.

local levels = {
  ["string_current.low_alarm"] = -20, ["string_current.low_warn"] = -15,
  ["string_current.high_warn"] = 15, ["string_current.high_alarm"] = 20,
}

local sides = {
  { name = "high", sign = 1, alarm_flag = 0x0001, warning_flag = 0x0004 },
  { name = "low", sign = -1, alarm_flag = 0x0002, warning_flag = 0x0008 },
}

for _, side in ipairs(sides) do
  local alarm = "string_current_" .. side.name
  local warning = alarm .. "_warn"

  scenario("string current " .. side.name .. ": warning, alarm, and back") {
    tags = { "current" },
    plant = "guide_dashboard",
    settings = levels,

    run = function(plant)
      local string, other = plant.string[2], plant.string[1]

      local function carry(amperes)
        string.current = side.sign * amperes
        other.current = side.sign * 14
      end

      settle()
      note "at the level itself there is nothing to tell"
      carry(15)
      within(seconds(10), function()
        expect(string.current):is(side.sign * 15)
      end)
      throughout(rounds(3), function()
        expect(string):has_not(warning)
      end)

      note "a hair beyond it is a warning, a row and a flag of the second word"
      carry(15.001)
      within(rounds(3), function()
        expect(string):has(warning)
      end)
      expect.snmp("bacsStringAlarm2", 2):is(side.warning_flag)
      expect.snmp("bacsStringAlarm", 2):is(0)
      expect.trap(warning)

      note "the alarm takes the warning's place, and is no general alarm"
      carry(20)
      throughout(rounds(3), function()
        expect(string):has_not(alarm)
      end)
      carry(20.001)
      within(rounds(3), function()
        expect(string):has(alarm)
        expect(string):has_not(warning)
      end)
      expect.snmp("bacsStringAlarm2", 2):is(side.alarm_flag)
      expect.trap { removed = warning }
      expect.trap { added = alarm }
      expect(plant):has_not "general_alarm"
      expect(other):has_not(alarm)

      note "back inside by half an ampere, and not by less"
      carry(19.501)
      throughout(rounds(3), function()
        expect(string):has(alarm)
      end)
      carry(19.5)
      within(rounds(3), function()
        expect(string):has_not(alarm)
        expect(string):has(warning)
      end)
      carry(14.5)
      within(rounds(3), function()
        expect(string):has_not(warning)
        expect.snmp("bacsStringAlarm2", 2):is(0)
      end)
      expect.trap { removed = alarm }
      expect.trap { removed = warning }
    end,
  }
end

scenario "how far back inside a current must be is a setting" {
  tags = { "current" },
  plant = "guide_dashboard",
  settings = { ["string_current.high_warn"] = 15, ["string_current.hysteresis"] = 3 },

  run = function(plant)
    local string = plant.string[1]
    settle()
    string.current = 15.1
    within(rounds(3), function()
      expect(string):has "string_current_high_warn"
    end)
    string.current = 12.1
    throughout(rounds(3), function()
      expect(string):has "string_current_high_warn"
    end)
    string.current = 12
    within(rounds(3), function()
      expect(string):has_not "string_current_high_warn"
    end)
  end,
}

scenario "without limits no current is too much" {
  tags = { "current" },
  plant = "guide_dashboard",

  run = function(plant)
    settle()
    plant.string[1].current, plant.string[2].current = 49, 49
    within(rounds(3), function()
      expect(plant.string[1].current):is(49)
    end)
    throughout(rounds(5), function()
      expect(plant):is_quiet()
    end)
  end,
}
