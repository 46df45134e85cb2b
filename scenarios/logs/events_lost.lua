-- A memory that takes nothing any more: what an operator sets is in force but not kept, records of
-- a log are lost. Both are told, once each time, and nothing else stops.

scenario "a store that fails is told, and what was set is in force and kept later" {
  tags  = { "logs", "console" },
  plant = "two_strings_of_nine",

  run = function(plant)
    settle()
    plant.webmanager.store:fail()
    note "the operator hears of it, and the setting counts"
    expect.operator("set voltage.high_warn 14.2"):is_refused "store"
    expect.setting "voltage.high_warn":is(14.2)
    note "a failure of the system, in every window at once"
    expect(plant):has "system_error"
    expect(plant):has "general_alarm"
    expect.modbus(1000):is(0x0141)
    expect.trap "system_error"
    expect.operator("log events 3"):shows_in_order {
      "setting_changed voltage.high_warn 14.200", "store_failed", "alarm_added system_error",
    }

    note "it is tried again each round, and not told again"
    wait(rounds(5))
    expect.operator("breaker open 1"):is_refused "store"
    within(rounds(2), function()
      expect(plant.gx_r_aux[1].output[1]):is "on"
    end)
    expect.operator("log events 2"):shows_in_order {
      "breaker 1", "alarm_added battery_breaker_open",
    }
    expect(plant):has "system_error"

    note "well again: kept within a second, and an operator can rely on it"
    plant.webmanager.store:mend()
    within(rounds(2), function()
      expect(plant):has_not "system_error"
      expect(plant):has_not "general_alarm"
    end)
    expect.trap { removed = "system_error" }
    operator "breaker close 1"
    within(rounds(2), function()
      expect(plant):is_quiet()
    end)

    note "another time is another event"
    plant.webmanager.store:fail()
    expect.operator("set voltage.high_warn 14.1"):is_refused "store"
    expect.operator("log events"):shows_in_order {
      "store_failed", "alarm_removed system_error", "store_failed",
    }
  end,
}

-- The first record that is lost is told; the next one that is written ends the episode.
local rings = {
  { name = "normal", current = 0 },
  { name = "flow", current = -8 },
}

for _, ring in ipairs(rings) do
  scenario(("measurements that cannot be logged are told: %s"):format(ring.name)) {
    tags  = { "logs", "console" },
    plant = "guide_dashboard",
    settings = { ["log.rate_normal"] = 60, ["log.rate_current"] = 60 },

    run = function(plant)
      local told = "log_failed " .. ring.name
      settle()
      plant.string[1].current = ring.current
      wait(minutes(2))
      local lines, events = #operator("log " .. ring.name), #operator "log events"
      plant.webmanager.log:fail { ring = ring.name }
      wait(minutes(3))
      note "18 modules were to be written, three times: one event, and no record"
      expect.operator("log " .. ring.name):has_lines(lines)
      expect.operator("log events 1"):shows(told)
      expect.operator("log events"):has_lines(events + 1)
      expect(plant):has_not "system_error"

      plant.webmanager.log:mend { ring = ring.name }
      wait(minutes(1))
      expect.operator("log " .. ring.name):has_lines(lines + 18)
      expect.operator("log events 1"):shows(told)
      plant.webmanager.log:fail { ring = ring.name }
      wait(minutes(1))
      expect.operator("log events 2"):shows_in_order { told, told }
      expect.operator("log events"):has_lines(events + 2)
    end,
  }
end

scenario "events that cannot be logged are lost, and those before and after are not" {
  tags  = { "logs", "console" },
  plant = "guide_dashboard",

  run = function(plant)
    settle()
    operator "set voltage.delay 1"
    plant.webmanager.log:fail { ring = "events" }
    operator "set voltage.delay 2"
    plant.string[1].module[3].temperature = 40
    within(rounds(3), function()
      expect(plant.string[1].module[3]):has "temperature_high"
    end)
    expect.trap "temperature_high"
    expect.operator("log events 1"):shows "setting_changed voltage.delay 1"
    plant.webmanager.log:mend()
    operator "set voltage.delay 3"
    expect.operator("log events 2"):shows_in_order {
      "setting_changed voltage.delay 1", "setting_changed voltage.delay 3",
    }
  end,
}
