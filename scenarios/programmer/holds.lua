-- In programmer mode nobody measures: what has to hold for a while before it counts begins anew
-- after it, with the first value that is read again. No time that passed unseen is added to it.

local function heat(plant)
  for i, module in ipairs(plant.string[1].module) do
    module.temperature = i == 4 and 45 or 25
  end
  plant.string[1].current = 4
end

local holds = {
  { what = "the delay of a block's voltage", alarm = "voltage_low", hold = 30,
    settings = { ["voltage.delay"] = 30 },
    push = function(plant) plant.string[1].module[4].voltage = 11.9 end },
  { what = "the delay of a block's warning", alarm = "voltage_warn_high", hold = 30,
    settings = { ["voltage.delay"] = 30 },
    push = function(plant) plant.string[1].module[4].voltage = 14.2 end },
  { what = "the delay of a string's voltage", alarm = "string_volt_high_warn", hold = 30,
    settings = { ["voltage.delay"] = 30 },
    push = function(plant)
      for _, module in ipairs(plant.string[2].module) do
        module.voltage = 13.9
      end
    end },
  { what = "the delay of a voltage difference", alarm = "max_voltage_diff", hold = 30,
    settings = { ["voltage.delay"] = 30, ["voltage.max_difference"] = 0.3 },
    push = function(plant) plant.string[1].module[4].voltage = 13.5 end },
  { what = "the hold of a discharge", alarm = "discharging", hold = 5,
    push = function(plant) plant.string[1].current = -5 end },
  { what = "the hold of a thermal runaway", alarm = "thermal_runaway", hold = 60,
    settings = { ["runaway.hold"] = 60 }, push = heat },
}

for _, each in ipairs(holds) do
  scenario(("%s begins anew after the mode"):format(each.what)) {
    tags  = { "programmer", "thresholds" },
    plant = "guide_dashboard",
    settings = each.settings,

    run = function(plant)
      settle()
      each.push(plant)
      note "most of it has passed"
      wait(each.hold - 2)
      expect(plant):has_not(each.alarm)
      operator "programmer on"
      throughout(minutes(3), function()
        expect(plant):has_not(each.alarm)
      end, { every = seconds(10) })

      operator "programmer off"
      throughout(each.hold - 1, function()
        expect(plant):has_not(each.alarm)
      end)
      within(rounds(4), function()
        expect(plant):has(each.alarm)
      end)
    end,
  }
end

scenario "a value that is back inside when the mode ends has never been beyond" {
  tags  = { "programmer", "thresholds" },
  plant = "guide_dashboard",
  settings = { ["voltage.delay"] = 30 },

  run = function(plant)
    local module = plant.string[1].module[4]
    settle()
    module.voltage = 11.9
    wait(seconds(28))
    operator "programmer on"
    wait(minutes(1))
    module.voltage = 12.941
    operator "programmer off"
    throughout(minutes(1), function()
      expect(plant):is_quiet()
    end)
    expect.no_trap()
  end,
}

scenario "what is raised before the mode stands, and goes with the first good value after it" {
  tags  = { "programmer", "thresholds" },
  plant = "guide_dashboard",

  run = function(plant)
    local module = plant.string[1].module[4]
    settle()
    module.voltage = 11.9
    within(rounds(3), function()
      expect(module):has "voltage_low"
    end)
    operator "programmer on"
    module.voltage = 12.941
    throughout(minutes(5), function()
      expect(module):has "voltage_low"
      expect(plant):has "general_alarm"
    end, { every = seconds(10) })
    operator "programmer off"
    within(rounds(2), function()
      expect(plant):is_quiet()
    end)
    expect.trap { removed = "voltage_low" }
  end,
}
