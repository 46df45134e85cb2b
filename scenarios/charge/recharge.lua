-- How blocks take a recharge: well, or not.

scenario "a sulphated block rises early on recharge, is full too soon and empty too soon" {
  tags     = { "charge", "discharge" },
  plant    = "two_strings_of_nine",
  settings = {
    ["bus.round_period"] = 10, ["impedance.poll_rate"] = 60, ["impedance.reference"] = 7.7,
  },

  run = function(plant)
    local string = plant.string[1]
    local bad, well = string.module[4], string.module[8]
    settle()
    bad:sulphated { part = 30 }
    within(hours(2), function() expect(bad):has "resist_alarm_high" end)
    wait(hours(12))
    expect(bad.voltage):is_near(well.voltage.value, 0.12)

    note "40 minutes at 20 A: lower than the rest all the time"
    plant.charger.on, plant.load.current = false, 40
    wait(minutes(40))
    expect(bad.voltage):is_below(well.voltage.value - 0.35)
    expect(bad):has "voltage_low"
    expect(well):has_not "voltage_low"

    note "and on recharge it is the first to rise"
    plant.charger.on, plant.load.current = true, 0
    within(minutes(20), function()
      expect(bad.voltage):is_above(well.voltage.value + 0.3)
    end)
    note "what it does not take the whole string does not get"
    wait(minutes(20))
    expect(plant.string[2].current):is_above(string.current.value + 0.4)
    wait(hours(30))
    expect(well):is_quiet()
  end,
}

scenario "strings share a charger: the emptier one takes more, and the charging deviates" {
  tags     = { "charge", "current" },
  plant    = "three_strings",

  run = function(plant)
    settle()
    note "one string was disconnected for maintenance, and is put back half empty"
    for _, module in ipairs(plant.string[2].module) do
      module:discharged { charge = 50 }
    end
    within(minutes(2), function()
      expect(plant):has "string_curr_deviation_charge"
      expect(plant.string[2].flow):is "charge"
    end)
    expect(plant.string[2].current):is_above(20)
    expect(plant.string[1].current):is_below(8)
    expect(plant):has_not "general_alarm"
    expect(plant):has_not "thermal_runaway"
    within(hours(4), function()
      expect(plant):has_not "string_curr_deviation_charge"
      expect(plant):has_not "string_curr_deviation_charge_warn"
    end)
    expect.trap { added = "string_curr_deviation_charge" }
    expect.trap { removed = "string_curr_deviation_charge" }
    within(hours(24), function() expect(plant.string[2].flow):is "float" end)
  end,
}
