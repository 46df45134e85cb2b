-- Strings in parallel share a current. One that takes much less or much more than the mean is
-- worth a warning at 5 A and an alarm at 10 A (for 50 Ah), apart for charge and for discharge.

local directions = {
  { name = "charge", sign = 1, alarm_flag = 0x0040, warning_flag = 0x1000 },
  { name = "discharge", sign = -1, alarm_flag = 0x0020, warning_flag = 0x0080 },
}

for _, direction in ipairs(directions) do
  local alarm = "string_curr_deviation_" .. direction.name
  local warning = alarm .. "_warn"

  scenario("strings deviate on " .. direction.name .. ": warning, alarm, and back") {
    tags = { "arm", "current" },
    plant = "guide_dashboard",

    run = function(plant)
      -- A mean of 20 A a string, and so much from it either way.
      local function deviate(amperes)
        plant.string[1].current = direction.sign * (20 + amperes)
        plant.string[2].current = direction.sign * (20 - amperes)
      end

      settle()
      note "at the level itself there is nothing to tell"
      deviate(5)
      within(seconds(10), function()
        expect(plant.string[1].current):is(direction.sign * 25)
        expect.modbus(1000):is(direction.sign > 0 and 0x0011 or 0x0009)
      end)
      throughout(rounds(3), function()
        expect(plant):has_not(warning)
      end)

      note "a hair beyond it both strings are accused"
      deviate(5.001)
      within(rounds(3), function()
        expect(plant.string[1]):has(warning)
        expect(plant.string[2]):has(warning)
      end)
      expect.snmp("bacsStringAlarm2", 1):is(direction.warning_flag)
      expect.trap(warning)

      note "an alarm, and no general alarm"
      deviate(10)
      throughout(rounds(3), function()
        expect(plant):has_not(alarm)
      end)
      deviate(10.001)
      within(rounds(3), function()
        expect(plant.string[2]):has(alarm)
        expect(plant):has_not(warning)
      end)
      expect.snmp("bacsStringAlarm2", 2):is(direction.alarm_flag)
      expect.trap { removed = warning }
      expect.trap { added = alarm }
      expect(plant):has_not "general_alarm"

      note "back inside by half an ampere, and not by less"
      deviate(9.501)
      throughout(rounds(3), function()
        expect(plant):has(alarm)
      end)
      deviate(9.5)
      within(rounds(3), function()
        expect(plant):has_not(alarm)
        expect(plant):has(warning)
      end)

      note "a bank at rest has nothing to compare"
      plant.string[1].current, plant.string[2].current = direction.sign * 1.99, 0
      within(rounds(3), function()
        expect(plant):has_not(warning)
      end)
      expect.trap { removed = alarm }
      expect.trap { removed = warning }
    end,
  }
end

scenario "how much strings may deviate are settings, and scale with the blocks" {
  tags = { "arm", "current" },
  plant = "big_blocks",
  settings = {
    ["current_deviation.charge_alarm"] = 4, ["current_deviation.charge_warn"] = 2,
    ["current_deviation.discharge_alarm"] = 3, ["current_deviation.discharge_warn"] = 1,
  },

  run = function(plant)
    local one, other = plant.string[1], plant.string[2]
    local steps = {
      { 12.001, 8, "string_curr_deviation_charge_warn" },
      { 14.001, 6, "string_curr_deviation_charge" },
      { -11.001, -9, "string_curr_deviation_discharge_warn" },
      { -13.001, -7, "string_curr_deviation_discharge" },
    }
    settle()
    for _, step in ipairs(steps) do
      one.current, other.current = step[1], step[2]
      within(rounds(3), function()
        expect(one):has(step[3])
        expect(other):has(step[3])
      end)
      one.current, other.current = 0, 0
      within(rounds(3), function()
        expect(one):has_not(step[3])
        expect.snmp("bacsStringAlarm2", 1):is(0)
      end)
    end
  end,
}

scenario "a deviation stays while a sensor that told of it is lost" {
  tags = { "arm", "current" },
  plant = "guide_dashboard",

  run = function(plant)
    local one, other = plant.string[1], plant.string[2]
    local alarm = "string_curr_deviation_charge"
    settle()
    one.current, other.current = 35, 5
    within(rounds(3), function()
      expect(one):has(alarm)
      expect(other):has(alarm)
    end)

    note "of the one nothing is known, and the other one has nobody to be compared with"
    plant.current_sensor[2]:unplug()
    within(rounds(6), function()
      expect(plant):has "sensor_communication_lost"
    end)
    one.current, other.current = 20, 20
    throughout(minutes(2), function()
      expect(one):has(alarm)
      expect(other):has(alarm)
    end)
    expect(other.current):is_unavailable()

    note "a good value clears it"
    plant.current_sensor[2]:plug()
    within(rounds(4), function()
      expect(plant):is_quiet()
    end)
    expect.trap { added = alarm }
    expect.trap { removed = alarm }

    note "and one that is not good raises it again"
    one.current, other.current = 35, 5
    within(rounds(4), function()
      expect(other):has(alarm)
    end)
  end,
}

scenario "of many strings the one with the lost sensor keeps its deviation, and no other gets one" {
  tags = { "arm", "current" },
  plant = "sixteen_breakers",

  run = function(plant)
    local alarm, warning = "string_curr_deviation_discharge", "string_curr_deviation_discharge_warn"
    local one = plant.string[5]
    settle()
    for _, string in ipairs(plant.string) do
      string.current = -20
    end
    one.current = -35
    within(rounds(4), function()
      expect(one):has(alarm)
    end)

    note "the 0 that it reads now is nobody's current"
    plant.current_sensor[5]:unplug()
    plant.current_sensor[9]:unplug()
    within(rounds(6), function()
      expect(one.current):is_unavailable()
      expect(plant.string[9].current):is_unavailable()
    end)
    throughout(rounds(10), function()
      expect(one):has(alarm)
      expect(plant):has_not(warning)
      expect.snmp("bacsStringAlarm2", 9):is(0)
      expect.snmp("bacsStringAlarm2", 1):is(0)
    end)

    note "back again, and like the others"
    one.current = -20
    plant.current_sensor[5]:plug()
    plant.current_sensor[9]:plug()
    within(rounds(4), function()
      expect(plant):has_not(alarm)
      expect(plant):has_not "sensor_communication_lost"
    end)
  end,
}

scenario "a current beyond its limit stays told while its sensor is lost" {
  tags = { "arm", "current" },
  plant = "guide_dashboard",
  settings = { ["string_current.high_alarm"] = 20 },

  run = function(plant)
    local string = plant.string[2]
    settle()
    string.current, plant.string[1].current = 21, 21
    within(rounds(3), function()
      expect(string):has "string_current_high"
    end)
    plant.current_sensor[2]:unplug()
    within(rounds(6), function()
      expect(string.current):is_unavailable()
    end)
    string.current = 0
    throughout(minutes(1), function()
      expect(string):has "string_current_high"
    end)
    plant.current_sensor[2]:plug()
    within(rounds(4), function()
      expect(string):has_not "string_current_high"
    end)
  end,
}

scenario "an isolated string deviates from nobody" {
  tags = { "arm", "current", "safety" },
  plant = "two_strings_of_nine",
  settings = { ["runaway.hold"] = 10 },

  run = function(plant)
    local hot, other = plant.string[1], plant.string[2]
    settle()
    hot.current, other.current = 6.5, 16
    within(rounds(3), function()
      expect(plant):has_not "string_curr_deviation_charge_warn"
    end)
    hot.module[7].temperature = 52
    within(minutes(1), function()
      expect(plant):has "battery_breaker_open"
    end)
    note "without a current it is not compared, however much the other one carries"
    other.current = 40
    throughout(rounds(6), function()
      expect(plant):has_not "string_curr_deviation_charge"
      expect(plant):has_not "string_curr_deviation_charge_warn"
    end)
    expect(other.current):is_near(40, 0.5)
  end,
}
