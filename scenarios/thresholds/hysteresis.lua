-- An alarm rises strictly beyond its level, stays until the value is back inside by the
-- hysteresis, and goes exactly there; each edge is met from both sides, in the finest steps.

local edges = {
  { property = "voltage", alarm = "voltage_high", settled = 12.94,
    at = 15.5, beyond = 15.501, stays = 15.451, goes = 15.45 },
  { property = "voltage", alarm = "voltage_low", settled = 12.94,
    at = 12, beyond = 11.999, stays = 12.049, goes = 12.05 },
  { property = "temperature", alarm = "temperature_high", settled = 27,
    at = 35, beyond = 35.1, stays = 34.6, goes = 34.5 },
  { property = "temperature", alarm = "temperature_low", settled = 27,
    at = 5, beyond = 4.9, stays = 5.4, goes = 5.5 },
  { property = "resistance", alarm = "resist_alarm_high", settled = 4.6,
    at = 50, beyond = 50.01, stays = 49.51, goes = 49.5 },
  { property = "resistance", alarm = "resist_alarm_low", settled = 4.6,
    at = 1.1, beyond = 1.09, stays = 1.11, goes = 1.12 },
}

for _, edge in ipairs(edges) do
  scenario(edge.alarm .. ": both edges") {
    tags = { "arm", "thresholds" },
    plant = "guide_dashboard",
    settings = { ["impedance.poll_rate"] = 1 },

    run = function(plant)
      local module = plant.string[1].module[4]
      -- A resistance is measured once a minute, the rest in every round.
      local soon = edge.property == "resistance" and seconds(70) or seconds(3)

      local function push(value)
        module[edge.property] = value
      end
      settle()

      push(edge.at)
      throughout(2 * soon, function()
        expect(module):has_not(edge.alarm)
      end)
      push(edge.beyond)
      within(soon, function()
        expect(module):has(edge.alarm)
      end)
      push(edge.stays)
      throughout(2 * soon, function()
        expect(module):has(edge.alarm)
      end)
      push(edge.goes)
      within(soon, function()
        expect(module):has_not(edge.alarm)
      end)
      push(edge.settled)
      within(soon, function()
        expect(plant):is_quiet()
      end)
    end,
  }
end

scenario "one wild reading raises nothing" {
  tags = { "arm", "thresholds" },
  plant = "guide_dashboard",
  settings = { ["bus.round_period"] = 0 },

  run = function(plant)
    local module = plant.string[1].module[4]
    settle()
    note "ten milliseconds are too short for two readings; sooner or later they meet one"
    for _ = 1, 100 do
      module.voltage = 16
      wait(seconds(0.010))
      module.voltage = 12.94
      wait(seconds(0.313))
    end
    expect.no_trap()
    expect(plant):is_quiet()

    note "two in a row raise it, within one round"
    module.voltage = 16
    within(rounds(2), function()
      expect(module):has "voltage_high"
    end)
  end,
}

scenario "the delay of voltages delays no temperature" {
  tags = { "arm", "board", "thresholds" },
  plant = "guide_dashboard",
  settings = { ["voltage.delay"] = 600 },

  run = function(plant)
    local module = plant.string[2].module[2]
    settle()
    module.temperature = 40
    within(rounds(3), function()
      expect(module):has "temperature_high"
    end)
    module.temperature = 27
    within(rounds(3), function()
      expect(module):is_quiet()
    end)
  end,
}
