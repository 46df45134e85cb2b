-- A module that does not do what it was ordered. More than 2 % off for three rounds is an error;
-- a string in which no module obeys has its equalizing cut off.

scenario "a stuck bypass is an error until it obeys" {
  tags = { "equalizing" },
  plant = "guide_dashboard",

  run = function(plant)
    local string = plant.string[1]
    local module = string.module[4]
    settle()
    note "two percent are allowed"
    module.bypass = 2
    throughout(rounds(6), function()
      expect(plant):is_quiet()
    end)

    note "more is not"
    module.bypass = 2.1
    within(rounds(5), function()
      expect(plant):has "equalizing"
      expect(module):has "general_alarm"
    end)
    expect.trap "equalizing"
    expect(plant):has "general_alarm"
    expect(string):has "general_alarm"
    expect(string):has_not "string_equalizing_disabled"
    expect(string.module[5]):is_quiet()

    note "nor is a bypass that does not come"
    module.bypass = 0
    within(rounds(3), function()
      expect(plant):is_quiet()
    end)
    expect.trap { removed = "equalizing" }
    module.voltage = 13.2
    within(rounds(6), function()
      expect(plant):has "equalizing"
    end)
    module:release "bypass"
    within(rounds(3), function()
      expect(plant):is_quiet()
      expect(module.bypass):is_above(80)
    end)
  end,
}

scenario "a string in which no module obeys is cut off" {
  tags = { "equalizing" },
  plant = "guide_dashboard",

  run = function(plant)
    local string = plant.string[2]
    settle()
    for i, module in ipairs(string.module) do
      if i > 1 then
        module.bypass = 30
      end
    end
    within(rounds(5), function()
      expect(plant):has "equalizing"
    end)
    note "one is left"
    throughout(rounds(3), function()
      expect(string):has_not "string_equalizing_disabled"
    end)
    string.module[1]:unplug()
    within(rounds(6), function()
      expect(string):has "string_equalizing_disabled"
    end)
    expect.snmp("bacsStringAlarm2", 2):is(0x0010)
    expect.trap "string_equalizing_disabled"
    expect(plant.string[1]):has_not "string_equalizing_disabled"

    note "it comes back, and the string with it"
    string.module[1]:plug()
    within(rounds(4), function()
      expect(string):has_not "string_equalizing_disabled"
    end)
    expect.trap { removed = "string_equalizing_disabled" }
  end,
}

scenario "a module that tells nonsense does not keep its bypass" {
  tags = { "equalizing" },
  plant = "guide_dashboard",

  run = function(plant)
    local module = plant.string[1].module[4]
    settle()
    module.voltage = 14.5
    within(rounds(5), function()
      expect(module.bypass):is(100)
    end)

    note "nobody believes its voltage now; it hears, and each question would keep its bypass alive"
    module.voltage = 30
    within(rounds(5), function()
      expect(module):has "module_lost"
    end)
    wait(rounds(3))
    assert(module.bypass.value == 0, "it drains its block")

    note "nor does one that cannot be heard"
    module.voltage = 14.5
    within(rounds(8), function()
      expect(module):has_not "module_lost"
      expect(module.bypass):is(100)
    end)
    module:mute { answers = 40 }
    within(rounds(5), function()
      expect(module):has "module_lost"
    end)
    wait(rounds(3))
    assert(module.bypass.value == 0, "it drains its block")
  end,
}
