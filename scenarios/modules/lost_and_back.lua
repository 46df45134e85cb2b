-- Silence must be noticed quickly, told once, and forgotten completely.

scenario "a silent module is lost, reported and welcomed back" {
  tags = { "arm", "modules" },
  plant = "guide_dashboard",

  run = function(plant)
    local module, nearby = plant.string[2].module[3], plant.string[2].module[4]
    settle()
    expect(plant.string[2].voltage_sum):is(116.46)

    note "unplugged: the alarm rises, and the last value is not kept alive"
    module:unplug()
    within(rounds(5), function()
      expect(module):has "module_lost"
      expect(plant.string[2]):has "module_lost"
      expect(plant):has "module_lost"
      expect(plant):has "system_error"
    end)
    expect.trap "system_error"
    expect.no_trap()
    expect(module.voltage):is_unavailable()
    expect(module.temperature):is_unavailable()
    expect(module.resistance):is_unavailable()
    expect(plant):has "general_alarm"

    note "the string is judged by those that answer"
    expect(plant.string[2].voltage_sum):is(8 * 12.94)
    expect(plant.string[2].voltage_average):is(12.94)
    expect(plant):has_not "string_volt_low"
    expect(plant):has_not "communication_lost"
    throughout(minutes(2), function()
      expect(nearby):is_quiet()
      expect(plant.string[1]):is_quiet()
    end)

    note "back again: a fresh value and the all-clear"
    module.voltage = 13.1
    module:plug()
    within(rounds(3), function()
      expect(module):has_not "module_lost"
      expect(module.voltage):is(13.1)
    end)
    within(rounds(3), function()
      expect(plant):is_quiet()
    end)
    expect.trap { removed = "system_error" }
    expect.no_trap()
    expect(plant.string[2].voltage_sum):is(8 * 12.94 + 13.1)
  end,
}

scenario "no module answers at all" {
  tags = { "arm", "board", "modules" },
  plant = "guide_dashboard",

  run = function(plant)
    settle()
    for _, string in ipairs(plant.string) do
      for _, module in ipairs(string.module) do
        module:unplug()
      end
    end
    within(minutes(2), function()
      expect(plant):has "communication_lost"
    end)
    expect.trap "communication_lost"
    expect.snmp("bacsTotalVolt"):is(0)
    expect.snmp("bacsAvModuleVolt"):is(0)

    note "one is enough"
    plant.string[2].module[9]:plug()
    within(minutes(2), function()
      expect(plant):has_not "communication_lost"
    end)
    expect.trap { removed = "communication_lost" }
    expect(plant):has "system_error"
    expect.snmp("bacsTotalVolt"):is(1294)
  end,
}
