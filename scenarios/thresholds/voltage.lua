-- A block voltage walks through its warning and its alarm and back, on either side.
-- Levels of a 12 V block: low alarm 12.0, low warning set to 12.4, high warning 14.1, high alarm
-- 15.5 V; back inside by 0.05 V clears.

local sides = {
  { side = "high", at = 14.10, warning = 14.15, alarm = 15.55, hardly = 15.46, less = 15.40 },
  { side = "low", at = 12.40, warning = 12.35, alarm = 11.95, hardly = 12.04, less = 12.10 },
}

for _, level in ipairs(sides) do
  local alarm, warning = "voltage_" .. level.side, "voltage_warn_" .. level.side

  scenario("block voltage " .. level.side .. ": warning, alarm, and back") {
    tags = { "arm", "thresholds" },
    plant = "guide_dashboard",
    settings = { ["voltage.low_warn"] = 12.4 },

    run = function(plant)
      local module, nearby = plant.string[2].module[5], plant.string[2].module[6]
      settle()
      expect(plant):is_quiet()

      note "at the level itself there is nothing to tell"
      module.voltage = level.at
      throughout(rounds(4), function()
        expect(plant):is_quiet()
      end)
      expect.no_trap()

      note "beyond the warning level: a row and a trap, no flag of the module"
      module.voltage = level.warning
      within(rounds(3), function()
        expect(plant):has(warning)
      end)
      expect.trap(warning)
      expect.no_trap()
      expect(module):is_quiet()
      expect.snmp("bacsModuleWarningsPresent"):is(1)
      expect.snmp("bacsModuleAlarmsPresent"):is(0)

      note "beyond the alarm level it counts as alarm only"
      module.voltage = level.alarm
      within(rounds(3), function()
        expect(module):has(alarm)
        expect(plant):has(alarm)
        expect(plant):has "voltage"
        expect(plant):has_not(warning)
      end)
      expect.trap { removed = warning }
      expect.trap { added = alarm }
      expect.trap { added = "voltage" }
      expect.no_trap()
      expect(plant.string[2]):has(alarm)
      expect(nearby):is_quiet()
      expect(plant.string[1]):is_quiet()
      expect.snmp("bacsModuleWarningsPresent"):is(0)
      expect.snmp("bacsModuleAlarmsPresent"):is(1)
      expect.modbus(1000):is_above(0x01FF) -- voltage out of range, beside running

      note "hardly inside is not inside yet"
      module.voltage = level.hardly
      throughout(rounds(4), function()
        expect(module):has(alarm)
      end)
      expect.no_trap()

      note "back to a warning"
      module.voltage = level.less
      within(rounds(3), function()
        expect(module):has_not(alarm)
        expect(plant):has_not(alarm)
        expect(plant):has(warning)
      end)
      expect.trap { removed = alarm }
      expect.trap { removed = "voltage" }
      expect.trap { added = warning }
      expect.no_trap()

      note "back to normal"
      module.voltage = 12.94
      within(rounds(3), function()
        expect(plant):is_quiet()
      end)
      expect.trap { removed = warning }
      expect.no_trap()
    end,
  }
end

scenario "a voltage alarm waits for its delay, and a short dip is forgotten" {
  tags = { "arm", "thresholds" },
  plant = "guide_dashboard",
  settings = { ["voltage.delay"] = 30 },

  run = function(plant)
    local module = plant.string[1].module[1]
    settle()

    note "twenty seconds are too short"
    module.voltage = 11.5
    throughout(seconds(20), function()
      expect(module):is_quiet()
    end)
    module.voltage = 12.94
    throughout(minutes(1), function()
      expect(plant):is_quiet()
    end)
    expect.no_trap()

    note "thirty without break are not"
    module.voltage = 11.5
    throughout(seconds(29), function()
      expect(module):is_quiet()
    end)
    within(seconds(5), function()
      expect(module):has "voltage_low"
    end)
    expect.trap "voltage_low"

    note "clearing has no delay"
    module.voltage = 12.94
    within(rounds(3), function()
      expect(module):is_quiet()
    end)
  end,
}
