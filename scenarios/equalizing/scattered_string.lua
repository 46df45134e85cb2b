-- Equalizing: blocks above their string's average are bypassed, so that on float they take less
-- than their neighbours, fall, and let the low ones rise. Days, not minutes.

-- Highest less lowest, what is shown of it.
local function spread(string)
  local low, high = math.huge, -math.huge
  for _, module in ipairs(string.module) do
    local voltage = module.voltage.value
    low, high = math.min(low, voltage), math.max(high, voltage)
  end
  return high - low
end

-- Every block is shown where the plant has it, and the spread of the plant is what is claimed.
local function expect_spread(string, most, least)
  for _, module in ipairs(string.module) do
    expect(module.voltage):is_near(module.voltage.value, 0.002)
  end
  local found = spread(string)
  note(("the spread is %.0f mV"):format(found * 1000))
  assert(found < most and found > least,
    ("a spread of %.0f mV, not between %.0f and %.0f"):format(found * 1000, least * 1000,
      most * 1000))
end

scenario "a scattered string of 50 blocks is pulled together" {
  tags = { "equalizing" },
  plant = "string_of_fifty",

  run = function(plant)
    local string = plant.string[1]
    settle()
    note "blocks of one string are 0.3 V apart"
    expect_spread(string, 0.35, 0.28)
    expect.modbus(1000):is(0x0041)

    note "those well above the average are bypassed, those at or below it never"
    wait(rounds(3))
    local average = string.voltage_average.value
    for i, module in ipairs(string.module) do
      local above = module.voltage.value - average
      if above > 0.013 then
        expect(module.bypass):is_near((above - 0.01) / 0.24 * 100, 1.1)
        expect.modbus(1060 + 5 * (i - 1) + 4):is_above(0)
      elseif above <= 0.01 then
        expect(module.bypass):is(0)
      end
    end
    expect.modbus(1000):is(0x00C1)
    expect.snmp("bacsModuleBypass", 9):is_above(600)

    note "two days later they are together, and nobody was accused"
    local lowest = string.module[10].voltage.value
    throughout(days(2), function()
      expect(plant):is_quiet()
      expect(string.module[1].bypass):is(0)
    end, { every = hours(1) })
    expect_spread(string, 0.05, 0)
    note "the charger holds the sum: the low ones rose"
    expect(string.module[10].voltage):is_above(lowest + 0.03)
    expect(string.voltage_sum):is_near(50 * 13.5, 0.1)

    note "and they stay together, held there by a little of it"
    local together = spread(string)
    throughout(days(1), function()
      expect(plant):is_quiet()
      expect(string.module[9].bypass):is_below(10)
    end, { every = hours(1) })
    expect_spread(string, together + 0.001, 0)
  end,
}

scenario "without equalizing the blocks stay apart" {
  tags = { "equalizing" },
  plant = "string_of_fifty",
  settings = { ["equalizing.enabled_1"] = "no" },

  run = function(plant)
    local string = plant.string[1]
    settle()
    expect_spread(string, 0.35, 0.28)
    expect(string):has "string_equalizing_disabled"
    throughout(days(2), function()
      expect.modbus(1000):is(0x0041)
      expect(string.module[9].bypass):is(0)
    end, { every = hours(1) })
    expect_spread(string, 0.35, 0.28)
  end,
}
