-- An alarm storm: however many modules have an alarm, it is one row, told once when the first gets
-- it and once when the last is rid of it; and each receiver hears the same.

scenario "five hundred modules that get hot at once are one row" {
  tags = { "arm", "snmp", "traps" },
  plant = "full_bank",
  settings = { ["snmp.receiver_1_address"] = trap_receiver(1),
    ["snmp.receiver_2_address"] = trap_receiver(2), ["snmp.receiver_2_kind"] = "inform" },

  run = function(plant)
    settle()
    expect(plant):is_quiet()
    for _, module in ipairs(plant.module) do
      module.temperature = 36
    end
    within(rounds(3), function()
      expect.snmp("bacsModuleAlarmsPresent"):is(#plant.module)
    end)
    for _, name in ipairs { "temperature", "temperature_high" } do
      expect.trap { added = name }
      expect.trap { added = name, receiver = 1 }
      expect.trap { added = name, receiver = 2, kind = "inform" }
      expect.trap_count { added = name }:is(1)
    end
    expect.no_trap()
    expect.snmp("bacsAlarmsPresent"):is(2)

    note "all but one cool down: the row stays"
    for i, module in ipairs(plant.module) do
      module.temperature = i > 1 and 24 or 36
    end
    within(rounds(3), function()
      expect.snmp("bacsModuleAlarmsPresent"):is(1)
    end)
    expect.no_trap()
    expect(plant):has "temperature_high"

    note "the last one too"
    plant.module[1].temperature = 24
    within(rounds(3), function()
      expect(plant):is_quiet()
    end)
    for receiver = 1, 2 do
      expect.traps_in_order {
        { removed = "temperature", receiver = receiver },
        { removed = "temperature_high", receiver = receiver },
      }
      expect.no_trap(receiver)
    end
    expect.trap { removed = "temperature" }
    expect.trap { removed = "temperature_high" }
    expect.no_trap()
  end,
}

scenario "everything goes wrong at once, and comes right again" {
  tags = { "arm", "snmp", "traps" },
  plant = "string_of_fifty",
  settings = { ["snmp.receiver_1_address"] = trap_receiver(1), ["snmp.receiver_1_version"] = "v1",
    ["snmp.receiver_2_address"] = trap_receiver(2), ["snmp.receiver_2_kind"] = "inform" },

  run = function(plant)
    settle()
    for round = 1, 8 do
      for i, module in ipairs(plant.module) do
        local state = (i + round) % 6
        module.voltage = ({ 16, 14.5, 11.5, 12.9, 12.9, 12.9 })[state + 1]
        module.temperature = ({ 24, 24, 24, 36, 32, 3 })[state + 1]
      end
      wait(rounds(2))
    end
    for _, module in ipairs(plant.module) do
      module.voltage, module.temperature = 12.9, 24
    end
    within(rounds(4), function()
      expect(plant):is_quiet()
    end)
    note "the same rows to each: the account at the end has it all"
    for receiver = 1, 2 do
      expect.trap { added = "voltage_high", receiver = receiver }
      expect.trap { removed = "temperature_low", receiver = receiver }
    end
  end,
}
