-- After an outage every string takes a high current and warms by a few kelvin: that is work, not
-- a runaway, and no breaker may open for it.

scenario "a recharge after an outage opens no breaker" {
  tags = { "safety" },
  plant = "two_strings_of_nine",
  settings = { ["runaway.action"] = "open_breaker" },

  run = function(plant)
    settle()
    -- The worst this battery does by itself would be less: every block 6 K up, one of them 9 K.
    local before = 24
    for _, string in ipairs(plant.string) do
      for _, module in ipairs(string.module) do
        module.temperature = before
      end
    end

    note "the mains fail for half an hour"
    for _, string in ipairs(plant.string) do
      string.current = -10
    end
    within(minutes(1), function()
      expect(plant):has "discharging"
    end)
    wait(minutes(30))

    note "the mains are back, and the charger gives what it can"
    for _, string in ipairs(plant.string) do
      string.current = 10
      for _, module in ipairs(string.module) do
        module:drift { temperature = before + 6, over = hours(1) }
      end
    end
    plant.string[1].module[5]:drift { temperature = before + 9, over = hours(1) }
    within(minutes(1), function()
      expect(plant):has_not "discharging"
    end)
    throughout(hours(4), function()
      expect(plant):has_not "thermal_runaway"
      expect(plant):has_not "battery_breaker_open"
      expect(plant.gx_r_aux[1].output[1]):is "off"
      expect(plant.gx_r_aux[1].output[2]):is "off"
    end, { every = minutes(1) })

    note "that block is warm, and told as warm: above 30 degC, below 35"
    expect(plant):has "temperature_warn_high"
    expect(plant):has_not "temperature_high"
  end,
}
