-- Each type of module brings its range and, by its nominal voltage, the defaults of everything
-- that is judged by a voltage. Only the C20 has resistance levels before a reference is set.

local types = {
  { plant = "type_c21", code = 1, nominal = 12, low = 12.0, high = 15.5, end_of_range = 17 },
  { plant = "type_c23", code = 2, nominal = 16, low = 16.0, high = 20.667, end_of_range = 21 },
  { plant = "type_c30", code = 10, nominal = 6, low = 6.0, high = 7.75, end_of_range = 8 },
  { plant = "type_c40", code = 20, nominal = 2, low = 2.0, high = 2.583, end_of_range = 3.2 },
  -- Scaled it would be 5.167 V: the high alarm stays inside the range.
  { plant = "type_c41", code = 21, nominal = 4, low = 4.0, high = 4.967, end_of_range = 5 },
}

for _, type in ipairs(types) do
  scenario(("%s: levels, range and bypass"):format(type.plant)) {
    tags = { "arm", "modules", "equalizing" },
    plant = type.plant,

    run = function(plant)
      local module = plant.string[1].module[2]
      settle()
      expect(plant):is_quiet()
      expect.snmp("bacsModuleType"):is(type.code)
      expect.snmp("bacsVoltageHighAlarm"):is(math.floor(type.high * 100 + 0.5))
      expect.snmp("bacsVoltageLowAlarm"):is(math.floor(type.low * 100 + 0.5))
      expect.snmp("bacsImpcHighAlarm"):is(0)

      note "a quarter of a volt of twelve above the average is a full bypass"
      local rest = module.voltage.value
      module.voltage = rest + 0.36 * type.nominal / 12
      within(rounds(4), function()
        expect(module.bypass):is(100)
      end)

      note "the levels, strictly"
      module.voltage = type.high
      throughout(rounds(4), function()
        expect(module):has_not "voltage_high"
      end)
      module.voltage = type.high + 0.001
      within(rounds(4), function()
        expect(module):has "voltage_high"
      end)
      module.voltage = type.low
      within(rounds(4), function()
        expect(module):is_quiet()
      end)
      throughout(rounds(3), function()
        expect(module):has_not "voltage_low"
      end)
      module.voltage = type.low - 0.001
      within(rounds(4), function()
        expect(module):has "voltage_low"
      end)

      note "three tenths beyond the range are a voltage still, more is none"
      module.voltage = type.end_of_range * 1.3
      within(rounds(4), function()
        expect(module):has "voltage_high"
        expect(module.voltage):is(type.end_of_range * 1.3)
      end)
      module.voltage = type.end_of_range * 1.3 + 0.001
      within(rounds(6), function()
        expect(module):has "module_lost"
      end)
      module.voltage = rest
      within(rounds(4), function()
        expect(plant):is_quiet()
      end)
    end,
  }
end
