-- A reading that no block can have is no reading: it is not used, and counts as not answering.
-- Everything else is used, down to a dead block's 0 V.
-- A C20 measures up to 17 V; three tenths more are allowed for, and -40..125 degC.

local edges = {
  { property = "voltage", good = 22.1, bad = 22.101, alarm = "voltage_high" },
  { property = "voltage", good = 0, alarm = "voltage_low" },
  { property = "temperature", good = 125, bad = 125.1, alarm = "temperature_high" },
  { property = "temperature", good = -40, bad = -40.1, alarm = "temperature_low" },
}

for _, edge in ipairs(edges) do
  scenario(("a %s of %g is used%s"):format(edge.property, edge.good,
    edge.bad and (", %g is not"):format(edge.bad) or "")) {
    tags = { "modules" },
    plant = "guide_dashboard",

    run = function(plant)
      local module = plant.string[1].module[8]
      settle()

      note "the last value that can be: an alarm of its kind, and the module is there"
      module[edge.property] = edge.good
      within(rounds(3), function()
        expect(module):has(edge.alarm)
      end)
      throughout(rounds(6), function()
        expect(module):has_not "module_lost"
      end)
      if edge.property == "voltage" then
        expect(module.voltage):is(edge.good)
      else
        expect.snmp("bacsModuleTemperature", 8):is(edge.good * 10)
      end

      if edge.bad then
        note "a step beyond it the module might as well be silent"
        module[edge.property] = edge.bad
        within(rounds(5), function()
          expect(module):has "module_lost"
        end)
        expect(module.voltage):is_unavailable()
        expect(module.temperature):is_unavailable()
        expect(plant):has "system_error"
      end
    end,
  }
end

scenario "a resistance beyond the range shows the end of the range" {
  tags = { "modules" },
  plant = "guide_dashboard",
  settings = { ["impedance.poll_rate"] = 1 },

  run = function(plant)
    local module = plant.string[1].module[2]
    settle()
    module.resistance = 500
    within(minutes(2), function()
      expect(module):has "resist_alarm_high"
      expect(module.resistance):is(60)
    end)
    module.resistance = 0
    within(minutes(2), function()
      expect(module):has "resist_alarm_low"
      expect(module.resistance):is(0.5)
    end)
    expect(module):has_not "module_lost"
  end,
}
