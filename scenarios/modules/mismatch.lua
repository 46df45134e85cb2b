-- Modules of one system are of one kind. Another one among them is told, and polled all the same.
-- The lowest-numbered module that answers says what the kind is.

local strangers = {
  { what = "hardware revision", as = { hardware_revision = "04.01" } },
  { what = "software revision", as = { software_revision = "01.02.03" } },
  { what = "type", as = { type = "c23" } },
}

for _, stranger in ipairs(strangers) do
  scenario("a module of another " .. stranger.what .. " is told") {
    tags = { "arm", "modules" },
    plant = "guide_dashboard",

    run = function(plant)
      local module, nearby = plant.string[1].module[6], plant.string[1].module[5]
      module:replace(stranger.as)
      module.voltage = 13.2

      settle()
      expect(plant):has "system_error"
      expect.modbus(1000):is(0x0141) -- running on float, with a system failure
      expect(plant):has "general_alarm"
      expect(module):has "general_alarm"
      expect(module):has_not "module_lost"
      expect(nearby):is_quiet()
      expect(plant.string[2]):is_quiet()

      note "it was there before, so no trap tells of it; and it is polled all the same"
      expect.no_trap()
      expect(module.voltage):is(13.2)
      module.voltage = 11.5
      within(rounds(3), function()
        expect(module):has "voltage_low"
      end)
    end,
  }
end

scenario "a module that comes back is asked what it is" {
  tags = { "arm", "modules" },
  plant = "guide_dashboard",

  run = function(plant)
    local module = plant.string[2].module[1]

    local function exchange(as)
      module:unplug()
      within(rounds(5), function()
        expect(module):has "module_lost"
      end)
      module:replace(as)
      module:plug()
      within(rounds(3), function()
        expect(module):has_not "module_lost"
      end)
    end

    settle()
    note "a spare part of another hardware"
    exchange { hardware_revision = "04.01" }
    within(rounds(3), function()
      expect(plant):has "system_error"
      expect.modbus(1000):is(0x0141)
      expect(module):has "general_alarm"
    end)
    throughout(minutes(1), function()
      expect(plant):has "system_error"
    end)

    note "and the right one"
    exchange()
    within(rounds(3), function()
      expect(plant):is_quiet()
      expect.modbus(1000):is(0x0041)
    end)
  end,
}
