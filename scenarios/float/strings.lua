-- What goes wrong around a string on float: a second earth, a fuse.

scenario "a ground fault drains the blocks between the earths and overcharges the rest" {
  tags     = { "arm", "float" },
  plant    = "two_strings_of_nine",
  settings = {
    ["bus.round_period"] = 30, ["voltage.max_difference"] = 0.4,
    ["string_current.high_warn"] = 0.1, ["string_current.hysteresis"] = 0.05,
  },

  run = function(plant)
    local string = plant.string[1]
    settle()
    string:ground_fault { current = 0.3, blocks = 3, at = hours(1), over = hours(2) }
    throughout(hours(1), function() expect(plant):is_quiet() end, { every = minutes(5) })
    within(hours(4), function()
      expect(plant):has "max_voltage_diff"
      expect(plant):has "string_current_high_warn"
    end)
    wait(hours(12))
    note "in the first three goes out what should charge them; the others see it all"
    for i, module in ipairs(string.module) do
      if i <= 3 then
        expect(module.voltage):is_below(12.95)
      else
        expect(module.voltage):is_above(13.7)
      end
    end
    expect(string.current):is_near(0.27, 0.08)
    expect(plant.string[2].current):is_near(0.02, 0.04)
    expect(string.voltage_sum):is_near(9 * 13.5, 0.6)
    expect(plant):has_not "thermal_runaway"

    note "the damp cable is found"
    string:heal "ground_fault"
    within(hours(24), function()
      expect(plant):has_not "max_voltage_diff"
      expect(plant):has_not "string_current_high_warn"
    end)
  end,
}

scenario "a fuse that blows on float: the sum falls slowly, and only whoever asks knows" {
  tags     = { "arm", "float" },
  plant    = "two_strings_of_nine",
  settings = { ["bus.round_period"] = 50, ["string_voltage.low_warn"] = 117 },

  run = function(plant)
    local string = plant.string[1]
    settle()
    expect(string.flow):is "float"
    string:fuse_blown { at = hours(2) }
    wait(hours(8))
    expect(string.current):is_near(0, 0.05)
    expect(string.voltage_sum):is_near(9 * 13.1, 1)
    expect(plant):is_quiet()
    within(hours(16), function() expect(plant):has "string_volt_low_warn" end)
    within(hours(6), function() expect(string.flow):is "none" end)
    expect(plant.string[2].flow):is "float"
    string:heal()
    within(hours(6), function()
      expect(string.flow):is "float"
      expect(plant):is_quiet()
    end)
  end,
}
