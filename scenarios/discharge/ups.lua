-- A UPS lives from its batteries for ten minutes, at constant power: the lower the voltage, the
-- higher the current. It gives up at 90 V, 1.67 V a cell, and then everything has to come back.

local power, last_voltage = 22000, 90

local function mains(plant, are_there)
  plant.charger.on = are_there
  plant.load.power = are_there and 0 or power
end

-- Carries the load until the UPS gives up; returns after how long. That both strings were shown
-- above the end one look earlier, and below it now.
local function empty(plant, most)
  local string, seconds_passed = plant.string[1], 0
  mains(plant, false)
  while string.voltage_sum > last_voltage and seconds_passed < most do
    wait(seconds(5))
    seconds_passed = seconds_passed + 5
  end
  within(rounds(2), function() expect(string.voltage_sum):is_below(last_voltage) end)
  return seconds_passed
end

scenario "ten minutes of a UPS: discharge, its end, and the recharge" {
  tags  = { "discharge", "ups" },
  plant = "ups_bank",

  run = function(plant)
    local string, module = plant.string[1], plant.string[1].module[4]
    settle()
    expect.modbus(1000):is(0x0041)

    note "the mains fail"
    mains(plant, false)
    within(seconds(15), function() expect(plant):has "discharging" end)
    wait(minutes(1))
    local first = string.current.value
    expect(string.current):is_near(first, 2)
    assert(first < -98 and first > -108, ("22 kW over two strings, %.1f A"):format(first))
    expect(module):has "voltage_low"

    note "eight minutes later it takes more current out of less voltage"
    wait(minutes(8))
    local now = string.current.value
    expect(string.current):is_near(now, 2)
    assert(now < first - 8 and now > -125, ("%.1f A"):format(now))
    expect(plant):has "string_volt_low"
    expect(plant):has_not "string_curr_deviation_discharge_warn"
    expect(string.voltage_sum):is_above(last_voltage + 3)

    note "in its twelfth minute it is over"
    within(minutes(3), function() expect(string.voltage_sum):is_below(last_voltage) end)
    mains(plant, true)
    within(minutes(1), function()
      expect(plant):has_not "discharging"
      expect(plant):has "discharging_stopped"
      expect(string.flow):is "charge"
    end)
    expect.traps_in_order {
      { added = "voltage_low" }, { added = "discharging" }, { added = "string_volt_low" },
      { removed = "discharging" }, { added = "discharging_stopped" },
    }
    expect(plant.webmanager.discharges):is(1)

    note "the charger gives its 20 A until the voltage is up, then less and less"
    wait(minutes(30))
    expect(string.current):is_near(10, 0.5)
    within(hours(2), function()
      expect(string.voltage_sum):is_near(9 * 13.62, 0.6)
      expect(string.current):is_below(9)
    end)
    expect(plant):has_not "voltage_low"
    within(hours(6), function() expect(string.flow):is "float" end)
    wait(hours(24))
    expect(string.current):is_below(0.1)
    expect(plant):is_quiet()
  end,
}

-- What is left of the ten minutes, by what has become of the blocks or of their room.
local cases = {
  {
    name = "new, at 24 degC", least = minutes(10), most = minutes(13),
    change = function() end,
  },
  {
    name = "at the end of its life", least = minutes(2), most = minutes(5),
    change = function(plant)
      for _, module in ipairs(plant.module) do
        module:aged { age = 130 }
      end
    end,
  },
  {
    name = "in a room of 0 degC", least = minutes(7), most = minutes(9.5),
    change = function(plant)
      plant.ambient = 0
      for _, module in ipairs(plant.module) do
        module.temperature = 0
        module:release "temperature"
      end
    end,
    seen = function(plant) expect(plant.module[1]):has "temperature_low" end,
  },
  {
    name = "in summer, at 34 degC", least = minutes(10.5), most = minutes(14),
    change = function(plant)
      plant.ambient = 34
      for _, module in ipairs(plant.module) do
        module.temperature = 34
        module:release "temperature"
      end
    end,
    seen = function(plant) expect(plant.module[1]):has "temperature_high" end,
  },
  {
    name = "with one string's fuse blown", least = minutes(1), most = minutes(4),
    change = function(plant) plant.string[2]:fuse_blown() end,
    seen = function(plant)
      expect(plant.string[2].current):is_near(0, 0.1)
      expect.modbus(1015):is(0)
    end,
  },
}

for _, case in ipairs(cases) do
  scenario("how long a UPS lives: " .. case.name) {
    tags  = { "discharge", "ups" },
    plant = "ups_bank",

    run = function(plant)
      case.change(plant)
      settle()
      local lived = empty(plant, minutes(20))
      note(("it lived %d:%02d"):format(lived // 60, lived % 60))
      assert(lived >= case.least and lived <= case.most, ("it lived %d s"):format(lived))
      expect(plant):has "discharging"
      expect(plant):has "string_volt_low"
      if case.seen then
        case.seen(plant)
      end
    end,
  }
end
