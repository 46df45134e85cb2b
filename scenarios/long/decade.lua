-- Ten years of one webmanager, in which all that counts comes to its end and goes on: sysUpTime
-- after each 497 days, the bus's sequence after 256 questions, the rings of the log when they are
-- full. Numbers of records, ids of alarms and the count of discharges only rise.

local WRAP = 1 << 32 -- of sysUpTime, in hundredths of a second
local YEARS, EVENTS = 10, 10000

-- The numbers of the oldest and newest record of a ring.
local function held(name)
  local lines = operator("log " .. name).lines
  return tonumber(lines[2]:match "^%d+"), tonumber(lines[#lines]:match "^%d+")
end

local function begins_anew(name, largest)
  local first, last = held(name)
  assert(first > 1 and last - first < largest, ("%s: %d to %d"):format(name, first, last))
  return last
end

scenario "a decade in which everything that can wrap does, and a fault is seen at its end" {
  tags     = { "long" },
  plant    = "telecom_48_v",
  settings = {
    ["bus.round_period"] = 1800, ["log.rate_normal"] = 300,
    ["temperature.high_warn"] = 30, ["temperature.high_alarm"] = 32,
  },

  run = function(plant)
    local warm, sensor = plant.module[2], plant.current_sensor[1]
    local last_id, wraps, last_ticks = 0, 0, 0
    settle()

    note "the sun is on one block every morning"
    local sun = plant:on_step(function(now)
      warm.temperature = now % days(1) < hours(12) and 33 or 26
    end, { every = hours(12) })

    for year = 1, YEARS do
      for _ = 1, 12 do
        plant.charger.on, plant.load.current = false, 5
        wait(hours(1))
        plant.charger.on, plant.load.current = true, 0
        wait(days(365 / 12) - hours(1))
        local _, id = expect.trap { added = "temperature_high" }
        assert(id > last_id, "ids of alarms rise")
        local ticks = operator.snmp:get "sysUpTime"
        wraps = wraps + (ticks < last_ticks and 1 or 0)
        last_id, last_ticks = id, ticks
      end
      expect.snmp("sysUpTime"):is_near(year * 365 * 8640000 % WRAP, 100)
      expect(plant.webmanager.discharges):is(12 * year)
    end
    assert(wraps == YEARS * 365 * 8640000 // WRAP and wraps == 7)
    expect.trap_count { added = "temperature_high" }:is(3649)

    note "a sensor that tells of a charge that is none fills the ring of those"
    sensor:zero_drift { by = 1.5 }
    operator "set bus.round_period 300"
    wait(days(340))
    expect(plant):has_not "thermal_runaway"
    sensor:heal "zero_drift"

    note "of each ring the oldest records are gone, and the newest are there"
    local last = begins_anew("events", EVENTS)
    begins_anew("normal", 20e6 / 27)
    begins_anew("flow", 10e6 / 27)

    note "healthy, but for its years"
    sun:remove()
    warm:release "temperature"
    wait(days(2))
    expect(plant):is_quiet()
    expect(plant.module[1].resistance):is_above(8)

    note "and a fault is seen at once, and goes"
    operator "set bus.round_period 1"
    wait(minutes(6))
    plant.module[4]:unplug()
    within(rounds(4), function() expect(plant.module[4]):has "module_lost" end)
    plant.module[4]:plug()
    within(rounds(3), function() expect(plant):is_quiet() end)
    expect.operator("log events"):shows_in_order { "module_lost", "module_back" }
    assert(select(2, held "events") > last)
  end,
}
