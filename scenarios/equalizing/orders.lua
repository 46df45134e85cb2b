-- How far a block is bypassed, when, and when not. Nine blocks of which one is 0.144 V above the
-- others are 0.128 V above their average with it: (0.128 - 0.010) / 0.240 of the bypass.

local HIGH, PART = 12.941 + 0.144, 11.8 / 0.24

local function one_is_high(plant)
  local module = plant.string[1].module[4]
  module.voltage = HIGH
  return module
end

scenario "a block above the average is bypassed in proportion, and not on discharge" {
  tags = { "arm", "equalizing" },
  plant = "guide_dashboard",

  run = function(plant)
    settle()
    note "equal blocks need nothing"
    expect.modbus(1000):is(0x0041)
    local module = one_is_high(plant)
    within(rounds(4), function()
      expect(module.bypass):is_near(PART, 0.2)
      expect.modbus(1000):is(0x00C1)
    end)
    expect(plant.string[1].equalizing):is "on"
    expect(plant.string[1].module[5].bypass):is(0)
    expect(plant.string[2].module[4].bypass):is(0)

    note "on charge as on float"
    plant.string[1].current, plant.string[2].current = 5, 5
    within(rounds(3), function()
      expect.modbus(1000):is(0x0091)
    end)
    throughout(rounds(5), function()
      expect(module.bypass):is_near(PART, 0.2)
    end)

    note "on discharge every charge is wanted"
    plant.string[1].current, plant.string[2].current = -5, -5
    within(seconds(10), function()
      expect(module.bypass):is(0)
      expect.modbus(1000):is(0x0009)
    end)

    note "afterwards it goes on"
    plant.string[1].current, plant.string[2].current = 0, 0
    within(rounds(4), function()
      expect(module.bypass):is_near(PART, 0.2)
    end)
    module.voltage = 12.941
    within(rounds(4), function()
      expect(module.bypass):is(0)
    end)
    expect(plant):has_not "equalizing"
  end,
}

scenario "where the bypass begins and where it is full are settings" {
  tags = { "arm", "equalizing" },
  plant = "guide_dashboard",
  settings = { ["equalizing.start"] = 0.1, ["equalizing.full"] = 0.15 },

  run = function(plant)
    settle()
    local module = one_is_high(plant)
    within(rounds(4), function()
      expect(module.bypass):is_near(0.028 / 0.05 * 100, 0.2)
    end)
    module.voltage = 12.941 + 0.18
    within(rounds(4), function()
      expect(module.bypass):is(100)
    end)
  end,
}

-- The average is 12.957 V.
local refusals = {
  { words = "below the range", settings = { ["equalizing.low"] = 13 } },
  { words = "above the range", settings = { ["equalizing.high"] = 12.9 } },
  { words = "paused", settings = { ["equalizing.paused"] = "yes" } },
}

for _, refusal in ipairs(refusals) do
  scenario("no bypass: " .. refusal.words) {
    tags = { "arm", "equalizing" },
    plant = "guide_dashboard",
    settings = refusal.settings,

    run = function(plant)
      settle()
      local module = one_is_high(plant)
      within(rounds(3), function()
        expect(module.voltage):is(HIGH)
      end)
      throughout(rounds(6), function()
        expect(module.bypass):is(0)
        expect.modbus(1000):is(0x0041)
        expect(plant):is_quiet()
      end)
    end,
  }
end

scenario "every string can be left out, and says so" {
  tags = { "arm", "equalizing" },
  plant = "sixteen_breakers",
  settings = {
    ["equalizing.enabled_1"] = "no", ["equalizing.enabled_2"] = "no",
    ["equalizing.enabled_3"] = "no", ["equalizing.enabled_4"] = "no",
    ["equalizing.enabled_5"] = "no", ["equalizing.enabled_6"] = "no",
    ["equalizing.enabled_7"] = "no", ["equalizing.enabled_8"] = "no",
    ["equalizing.enabled_9"] = "no", ["equalizing.enabled_10"] = "no",
    ["equalizing.enabled_11"] = "no", ["equalizing.enabled_12"] = "no",
    ["equalizing.enabled_13"] = "no", ["equalizing.enabled_14"] = "no",
    ["equalizing.enabled_15"] = "no", ["equalizing.enabled_16"] = "no",
  },

  run = function(plant)
    settle()
    for number, string in ipairs(plant.string) do
      expect(string):has "string_equalizing_disabled"
      expect.snmp("bacsStringAlarm2", number):is(0x0010)
    end
    expect(plant):has_not "general_alarm"
  end,
}

scenario "a module that drops its bypass between slow rounds is told again, and not accused" {
  tags = { "arm", "equalizing", "bus" },
  plant = "guide_dashboard",
  settings = { ["bus.round_period"] = 90 },

  run = function(plant)
    settle()
    local module = one_is_high(plant)
    wait(rounds(2))
    note "half a minute without a bypass in each round, and an order in each"
    throughout(hours(1), function()
      expect(plant):is_quiet()
      expect.modbus(1000):is(0x00C1)
    end)
    note "what it reports is what flows when it is asked: nothing any more"
    expect(module.bypass):is_near(0, 0)
  end,
}

scenario "of 512 modules the last is bypassed like the first" {
  tags = { "arm", "equalizing" },
  plant = "full_bank",

  run = function(plant)
    settle()
    for _, number in ipairs { 1, 331, 512 } do
      plant.module[number].voltage = 13.9
    end
    within(rounds(4), function()
      for _, number in ipairs { 1, 331, 512 } do
        expect(plant.module[number].bypass):is(100)
      end
    end)
  end,
}
