-- The power goes in the middle of a write: the settings that come back are the old ones or the new
-- ones. Every cut of every write is tried in every scenario besides, on copies; here it happens.

-- What a record takes that fits behind the others: its head, its bytes, and what lets it count.
local WRITES = 3

local function set_and_cut(plant, nth, line)
  plant.webmanager:cut_power { nth_write = nth }
  local answer = operator:try(line)
  assert(answer.code == "off", "nobody is there to answer")
  expect(plant.webmanager):is_off()
end

scenario "a setting is the old one or the new one wherever the power goes while it is kept" {
  tags  = { "arm", "services", "power_cut", "settings" },
  plant = "guide_dashboard",

  run = function(plant)
    settle()
    operator "set voltage.high_warn 14.2"
    for nth = 1, WRITES do
      note("in write " .. nth)
      operator "set voltage.high_warn 14.2"
      set_and_cut(plant, nth, "set voltage.high_warn 14.3")
      expect(plant.webmanager.relay):is "dropped"
      plant.webmanager:power_on()
      settle()
      expect.trap { told = "coldStart" }
      -- The last write lets the record count: torn, it counts.
      expect.setting "voltage.high_warn":is(nth < WRITES and 14.2 or 14.3)
      expect(plant):is_quiet()
    end
    note "behind what a cut has torn nothing is written: it goes to the other block"
    operator "set voltage.high_warn 14.1"
    plant.webmanager:restart()
    expect.setting "voltage.high_warn":is(14.1)
  end,
}

scenario "a breaker that is being opened is open after a cut, or was never ordered" {
  tags  = { "arm", "safety", "power_cut" },
  plant = "two_strings_of_nine",

  run = function(plant)
    local contact, string = plant.gx_r_aux[1].output[1], plant.string[1]
    settle()
    operator "breaker open 2"
    within(rounds(3), function() expect(plant.gx_r_aux[1].output[2]):is "on" end)
    for nth = 1, WRITES do
      note("in write " .. nth)
      operator "set voltage.delay 1"
      set_and_cut(plant, nth, "breaker open 1")
      note "what was not kept was not ordered either: the record comes first"
      expect(contact):is "off"
      plant.webmanager:power_on()
      settle()
      within(rounds(3), function()
        expect(string.breaker):is(nth < WRITES and "closed" or "open")
        expect(contact):is(nth < WRITES and "off" or "on")
        expect(plant.gx_r_aux[1].output[2]):is "on"
      end)
    end
  end,
}

scenario "a power cut of an hour in the middle of a discharge costs the count of no other" {
  tags  = { "arm", "discharge", "power_cut" },
  plant = "guide_dashboard",

  run = function(plant)
    local function carry(amperes)
      plant.string[1].current, plant.string[2].current = amperes, amperes
    end

    settle()
    carry(-10)
    within(seconds(13), function() expect(plant.webmanager.discharges):is(1) end)
    carry(0)
    wait(minutes(1))
    carry(-10)
    note "the webmanager goes down when it counts, by itself"
    plant.webmanager:cut_power { nth_write = 2 }
    wait(seconds(15))
    expect(plant.webmanager):is_off()
    carry(0)
    wait(hours(1))
    plant.webmanager:power_on()
    settle()
    expect(plant.webmanager.discharges):is(1)
    carry(-10)
    within(seconds(15), function() expect(plant.webmanager.discharges):is(2) end)
  end,
}

scenario "within waits for a webmanager that went down meanwhile" {
  tags  = { "arm", "services", "power_cut" },
  plant = "two_strings_of_nine",

  run = function(plant)
    settle()
    plant.webmanager:restart { after = seconds(30) }
    within(seconds(60), function()
      expect.modbus(1000):is(0x0041)
    end)
    expect.trap { told = "coldStart" }

    note "no round is finished while the power is off"
    wait(minutes(2))
    plant.webmanager:restart { after = minutes(1) }
    wait(rounds(4))
    expect.snmp("sysUpTime"):is_below(600)
    expect.trap { told = "coldStart" }
  end,
}

scenario "whichever settings a cut has left, the old or the new, values are read by them" {
  tags  = { "arm", "services", "power_cut" },
  plant = "two_strings_of_nine",

  run = function(plant)
    settle()
    for nth = 1, 3 do
      plant.webmanager:cut_power { nth_write = nth }
      local answer = operator:try "set temperature.unit fahrenheit"
      expect(plant.webmanager):is_off()
      assert(not answer.is_ok, "it went down before it could answer")
      plant.webmanager:power_on()
      settle()
      expect(plant.module[1].temperature):is_near(24, 1)
      operator "set temperature.unit celsius"
      wait(rounds(2))
    end
  end,
}
