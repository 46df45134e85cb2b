-- A breaker that is open stays open until an operator closes it: over a restart too, whichever way
-- it is wired and whatever has become of the unit that drives it.

local wirings = {
  {
    name = "normally open", plant = "two_strings_of_nine", output = 1,
    open = "on", closed = "off",
  },
  {
    name = "normally closed", plant = "breaker_nc", output = 3,
    open = "off", closed = "on",
  },
}

for _, wiring in ipairs(wirings) do
  scenario("an open breaker is open after a restart, wired " .. wiring.name) {
    tags  = { "arm", "safety", "restart" },
    plant = wiring.plant,

    run = function(plant)
      local string, unit = plant.string[1], plant.gx_r_aux[1]
      local contact = unit.output[wiring.output]
      settle()
      string.current = 3
      operator "breaker open 1"
      within(rounds(3), function() expect(contact):is(wiring.open) end)
      expect.trap "battery_breaker_open"

      note "its contact stays while nobody drives it"
      plant.webmanager:restart { after = minutes(10) }
      throughout(minutes(10) - seconds(1), function()
        expect(contact):is(wiring.open)
      end, { every = seconds(30) })
      wait(seconds(1))
      expect(string.breaker):is "open"
      settle()
      expect(contact):is(wiring.open)
      expect(string.breaker):is "open"
      expect(string.current):is_near(0, 0.05)
      expect.modbus(1001):is(0x0004)
      expect.snmp("bacsAlarmsPresent"):is(1)
      expect.snmp("bacsAlarmTime", 1):is(0) -- before initializing, which was the second
      expect.trap { told = "coldStart" }
      expect.no_trap()

      note "an operator closes it, and so it stays"
      operator "breaker close 1"
      within(rounds(3), function() expect(contact):is(wiring.closed) end)
      expect.trap { removed = "battery_breaker_open" }
      plant.webmanager:restart()
      settle()
      expect(contact):is(wiring.closed)
      expect(string.breaker):is "closed"
      within(rounds(2), function() expect(string.current):is_near(3, 0.1) end)
      expect(plant):has_not "battery_breaker_open"
    end,
  }

  scenario("what was ordered while its unit was lost is driven after a restart, wired "
    .. wiring.name) {
    tags  = { "arm", "safety", "restart" },
    plant = wiring.plant,

    run = function(plant)
      local unit = plant.gx_r_aux[1]
      local contact = unit.output[wiring.output]
      settle()
      unit:unplug()
      within(rounds(6), function() expect(plant):has "sensor_communication_lost" end)
      operator "breaker open 1"
      wait(minutes(1))
      plant.webmanager:power_off()
      unit:plug()
      expect(contact):is(wiring.closed)
      plant.webmanager:power_on()
      within(rounds(3), function()
        expect(contact):is(wiring.open)
        expect(plant.string[1].breaker):is "open"
      end)
    end,
  }

  scenario("an open breaker is known while its unit is lost over a restart, wired "
    .. wiring.name) {
    tags  = { "arm", "safety", "restart" },
    plant = wiring.plant,

    run = function(plant)
      local string, unit = plant.string[1], plant.gx_r_aux[1]
      local contact = unit.output[wiring.output]
      settle()
      operator "breaker open 1"
      within(rounds(3), function() expect(contact):is(wiring.open) end)
      unit:unplug()
      plant.webmanager:restart { after = seconds(30) }
      wait(seconds(30))
      within(rounds(6), function()
        expect(plant):has "sensor_communication_lost"
        expect(plant):has_not "initializing"
      end)
      expect(string.breaker):is "open"
      expect(plant):has "battery_breaker_open"

      note "closed while it is away: it is told when it is back"
      operator "breaker close 1"
      plant.webmanager:restart()
      within(minutes(1), function() expect(plant):has "sensor_communication_lost" end)
      expect(string.breaker):is "closed"
      unit:plug()
      within(rounds(4), function()
        expect(contact):is(wiring.closed)
        expect(plant):is_quiet()
      end)
    end,
  }
end

scenario "an order that was under way when the power went is given when it is back" {
  tags     = { "arm", "safety", "restart" },
  plant    = "two_strings_of_nine",
  settings = { ["bus.round_period"] = 3600 },

  run = function(plant)
    local contact = plant.gx_r_aux[1].output[1]
    settle()
    wait(minutes(1))
    operator "breaker open 1"
    note "half of it is on the line: no unit obeys that"
    plant.webmanager:power_off()
    wait(minutes(1))
    expect(contact):is "off"
    plant.webmanager:power_on()
    settle()
    within(seconds(1), function()
      expect(contact):is "on"
      expect(plant.string[1].breaker):is "open"
    end)
  end,
}

scenario "a breaker that a thermal runaway opened is open after a restart" {
  tags  = { "arm", "safety", "restart" },
  plant = "two_strings_of_nine",

  run = function(plant)
    local hot, contact = plant.string[1].module[7], plant.gx_r_aux[1].output[1]
    settle()
    hot.temperature = 52
    plant.string[1].current = 6.5
    within(minutes(12), function() expect(contact):is "on" end)
    hot.temperature = 24
    plant.webmanager:restart { after = minutes(1) }
    wait(minutes(1))
    settle()
    throughout(minutes(30), function()
      expect(contact):is "on"
      expect(plant.string[1].breaker):is "open"
      expect(plant):has_not "thermal_runaway"
    end, { every = minutes(1) })
  end,
}

scenario "breakers whose record is damaged are left as their contacts stand" {
  tags  = { "arm", "safety", "restart", "store" },
  plant = "two_strings_of_nine",

  run = function(plant)
    local contact = plant.gx_r_aux[1].output
    settle()
    operator "breaker open 2"
    within(rounds(3), function() expect(contact[2]):is "on" end)
    plant.webmanager:power_off()
    plant.webmanager.store:damage { record = "breakers" }
    plant.webmanager:power_on()
    settle()
    expect(plant):has "system_error"
    expect.operator("log events"):shows "store_damaged"
    throughout(minutes(5), function()
      expect(contact[1]):is "off"
      expect(contact[2]):is "on"
      expect(plant.string[1].breaker):is "closed"
      expect(plant.string[2].breaker):is "open"
    end, { every = seconds(10) })

    note "what was adopted is kept from now on; the error stays until somebody has seen to it"
    expect(plant):has "system_error"
    operator "save"
    within(rounds(1), function() expect(plant):has_not "system_error" end)
    plant.webmanager:restart()
    settle()
    expect(plant):has_not "system_error"
    expect(plant.string[2].breaker):is "open"
  end,
}
