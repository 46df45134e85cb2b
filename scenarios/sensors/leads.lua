-- What the webmanager sees when a module's voltage leads are not where they should be. The block is
-- well all the time; an electrician tells the cases apart by what else the module says.

scenario "an open voltage lead reads a dead block" {
  tags = { "sensors" },
  plant = "guide_dashboard",
  settings = { ["impedance.poll_rate"] = 1 },

  run = function(plant)
    local module = plant.string[1].module[4]
    settle()
    module:voltage_lead_open()
    within(rounds(4), function()
      expect(module):has "voltage_low"
      expect(module.voltage):is(0)
    end)
    note "a dead block would hardly have no resistance that can be measured"
    within(minutes(3), function()
      expect(module):has "resist_alarm_high"
      expect(module.resistance):is(60)
    end)
    expect(module):has_not "module_lost"
    expect(plant.string[1].module[5]):is_quiet()

    note "the string is short of one block in the sum, and so is it for its limits"
    expect(plant.string[1].voltage_sum):is(8 * 12.941)
    expect(plant):has "string_volt_low"

    note "connected again, nothing remains"
    module:heal "voltage_lead_open"
    within(minutes(3), function() expect(plant):is_quiet() end)
    expect(plant.string[1].voltage_sum):is(9 * 12.941)
  end,
}

scenario "a contact that corrodes shows in the resistance long before the voltage" {
  tags = { "sensors" },
  plant = "guide_dashboard",
  settings = { ["impedance.poll_rate"] = 1 },

  run = function(plant)
    local module = plant.string[2].module[2]
    settle()
    note "within a week the fuse holder of the lead goes from nothing to 60 mOhm"
    module:voltage_lead_resistance { contact = 60, at = minutes(5), over = hours(2) }
    throughout(minutes(5), function() expect(plant):is_quiet() end)
    within(hours(2), function() expect(plant):has "resist_warn_high" end)
    expect(module):is_quiet()
    expect(module.resistance):is_near(40, 2)
    within(hours(1), function() expect(module):has "resist_alarm_high" end)
    expect(module.resistance):is_near(50, 2)

    note "its supply current of 18 mA drops a millivolt there: nobody sees it"
    wait(hours(1))
    expect(module.voltage):is(12.939)
    expect(plant):has_not "voltage"
    module:heal()
    within(minutes(3), function() expect(plant):is_quiet() end)
  end,
}

scenario "reversed voltage leads are out of range, and the module is lost" {
  tags = { "sensors" },
  plant = "guide_dashboard",

  run = function(plant)
    local module = plant.string[1].module[9]
    settle()
    module:voltage_lead_reversed()
    within(rounds(5), function()
      expect(module):has "module_lost"
      expect(module.voltage):is_unavailable()
    end)
    expect(module):has_not "voltage_low"
    expect(plant):has "system_error"
    expect(plant.string[1].voltage_sum):is(8 * 12.941)
    expect(plant):has_not "string_volt_low"

    module:heal()
    within(rounds(3), function()
      expect(plant):is_quiet()
      expect(module.voltage):is(12.941)
    end)
  end,
}

scenario "a lead on the neighbour's pole: one block too many here, none there" {
  tags = { "sensors" },
  plant = "type_c23",

  run = function(plant)
    local string = plant.string[1]
    local module, neighbour, others = string.module[2], string.module[3], plant.module
    for _, each in ipairs(others) do
      each.voltage = 10.2 -- deeply discharged: twice that is still in the range of a C23
    end
    settle()
    module:voltage_lead_swapped()
    within(rounds(5), function()
      expect(module.voltage):is(20.4)
      expect(neighbour.voltage):is(0)
      expect(neighbour):has "voltage_low"
    end)
    note "the sum does not show it"
    expect(plant.string[1].voltage_sum):is(#plant.string[1].module * 10.2)

    note "charged, both blocks together are beyond every range: no answer"
    for _, each in ipairs(others) do
      each.voltage = 17
    end
    within(rounds(5), function()
      expect(module):has "module_lost"
      expect(neighbour.voltage):is(0)
    end)
    module:heal()
    within(rounds(4), function()
      expect(plant):is_quiet()
      expect(neighbour.voltage):is(17)
    end)
  end,
}
