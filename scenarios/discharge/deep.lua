-- Batteries that nobody switched off in time: they go down to nothing, stand there, and come back
-- slowly, and not quite.

scenario "a bank is emptied to the end, stands for ten days, and never is quite the same" {
  tags     = { "discharge", "charge", "combined" },
  plant    = "two_strings_of_nine",
  settings = {
    ["bus.round_period"] = 30, ["impedance.poll_rate"] = 60, ["impedance.reference"] = 7.7,
  },

  run = function(plant)
    local string, module = plant.string[1], plant.string[1].module[5]
    settle()
    note "the mains are off over a long weekend, and some lamps stay on"
    plant.charger.on, plant.load.current = false, 6
    within(hours(18), function() expect(plant):has "voltage_low" end)
    within(hours(18), function() expect(module.voltage):is_below(6) end)
    wait(hours(8))
    expect(module.voltage):is_below(1)
    plant.load.current = 0
    expect(plant):has "string_volt_low"

    note "without the load some volts come back, but no charge"
    wait(hours(3))
    expect(module.voltage):is_above(4)
    expect(module.voltage):is_below(11)
    expect(module):has "voltage_low"
    expect(module):has "resist_alarm_high"
    expect(module.resistance):is_near(60, 0.1)

    note "ten days like this are ten days of sulphate"
    wait(days(10))
    plant.charger.on = true
    within(minutes(5), function() expect(string.flow):is "charge" end)
    wait(hours(2))
    within(hours(8), function() expect(string.voltage_sum):is_above(9 * 13.4) end)
    expect(string.current):is_above(1)
    within(hours(20), function() expect(string.flow):is "float" end)
    wait(days(2))
    expect(module):is_quiet()
    expect(module.voltage):is_near(13.5, 0.1)
    expect(module.resistance):is_above(8.7)
    expect(string.current):is_below(0.1)
  end,
}

scenario "one flat block in a full string gets no charge on float, and some from a boost of days" {
  tags     = { "discharge", "charge" },
  plant    = "two_strings_of_nine",
  settings = { ["bus.round_period"] = 30, ["impedance.poll_rate"] = 60 },

  run = function(plant)
    local flat, well = plant.string[1].module[4], plant.string[1].module[5]
    settle()
    flat:discharged { charge = 5 }
    within(hours(2), function()
      expect(flat):has "voltage_low"
      expect(flat.voltage):is_below(11.8)
      expect(flat.resistance):is_above(30)
    end)
    note "full neighbours let no more through than they need themselves"
    wait(hours(24))
    local on_float = plant.string[1].current.value
    expect(plant.string[1].current):is_near(on_float, 0.05)
    assert(on_float < 0.4)
    expect(well.voltage):is_above(13.65)
    expect(flat):has "voltage_low"

    note "a boost pushes twice as much through them, and they are warm of it"
    plant.charger.boosting = true
    wait(hours(12))
    expect(plant.string[1].current):is_above(2 * on_float)
    expect(well):has_not "voltage_high"
    expect(plant):has "voltage_warn_high"
    within(days(4), function() expect(flat):has_not "voltage_low" end)
    plant.charger.boosting = false
    within(hours(6), function() expect(plant):has_not "voltage_warn_high" end)
    wait(hours(12))
    expect(flat):is_quiet()
    expect(flat.voltage):is_above(12)
  end,
}
