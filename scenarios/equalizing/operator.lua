-- Equalizing in an operator's hands: paused for all, or switched off for one string.

scenario "an operator pauses equalizing, lets it go on, and switches a string off" {
  tags = { "equalizing", "console" },
  plant = "guide_dashboard",

  run = function(plant)
    local string, other = plant.string[1], plant.string[2]
    local module = string.module[4]
    settle()
    expect(string.equalizing):is "off"
    module.voltage = 13.2
    within(rounds(4), function()
      expect(module.bypass):is_above(80)
      expect(string.equalizing):is "on"
    end)
    expect(other.equalizing):is "off"

    note "paused: the bypass ends at once, and nobody calls it an alarm"
    operator "set equalizing.paused yes"
    within(rounds(3), function()
      expect(module.bypass):is(0)
      expect(string.equalizing):is "paused"
      expect(other.equalizing):is "paused"
      expect.modbus(1000):is(0x0041)
    end)
    throughout(rounds(5), function()
      expect(plant):is_quiet()
    end)

    note "it goes on where it was"
    operator "set equalizing.paused no"
    within(rounds(3), function()
      expect(module.bypass):is_above(80)
      expect(string.equalizing):is "on"
    end)

    note "a string switched off says so"
    operator "set equalizing.enabled_1 no"
    within(rounds(3), function()
      expect(module.bypass):is(0)
      expect(string.equalizing):is "disabled"
      expect(string):has "string_equalizing_disabled"
    end)
    expect.trap "string_equalizing_disabled"
    expect(other):has_not "string_equalizing_disabled"
    operator "set equalizing.enabled_1 yes"
    within(rounds(3), function()
      expect(plant):is_quiet()
    end)
    expect.trap { removed = "string_equalizing_disabled" }
    expect.no_trap()

    note "a ramp that goes down, a range that is empty: refused"
    expect.operator("set equalizing.start 0.25"):is_refused "conflict"
    expect.operator("set equalizing.low 14.7"):is_refused "conflict"
    expect.operator("set current_deviation.charge_warn 10.1"):is_refused "conflict"
    operator "set string_current.high_alarm 20"
    expect.operator("set string_current.high_warn 21"):is_refused "conflict"
    operator "set string_current.high_warn 20"
  end,
}
