-- sysUpTime counts hundredths of a second in 32 bits: after 497 days it begins at 0 again, and
-- nothing else does.

local WRAP = 1 << 32
local WRAP_S = WRAP / 100

scenario "sysUpTime begins anew after 497 days, and nobody is harmed" {
  tags   = { "arm", "services", "uptime" },
  plant  = "guide_dashboard",
  uptime = WRAP_S - days(1),

  run = function(plant)
    local warm, low, high = plant.module[3], plant.module[7], plant.string[2].module[2]
    settle()
    operator "set bus.round_period 3600"
    expect.snmp("sysUpTime"):is_near(WRAP - 8640000 + 300, 6000)
    warm.temperature = 32
    wait(hours(3))
    expect(plant):has "temperature_warn_high"
    local warm_ticks, warm_id = expect.trap "temperature_warn_high"
    expect.snmp("bacsAlarmTime", warm_id):is(warm_ticks)

    note "an hour for each round until two hours before; then a second"
    wait(hours(19))
    operator "set bus.round_period 1"
    wait(hours(2) - minutes(1))
    local before = operator.snmp:get "sysUpTime"
    assert(before > WRAP - 20000 and before < WRAP, before)
    low.voltage = 11.5
    within(rounds(3), function() expect(low):has "voltage_low" end)
    local low_ticks, low_id = expect.trap "voltage_low"
    expect.snmp("bacsAlarmTime", low_id):is(low_ticks)
    assert(low_ticks >= before and low_ticks < WRAP)
    expect.trap "voltage"

    wait(minutes(4))
    note "minutes later, as it counts"
    expect.snmp("sysUpTime"):is_near(before + 24000 - WRAP, 1000)
    expect.snmp("bacsAlarmTime", warm_id):is(warm_ticks)
    expect.snmp("bacsAlarmTime", low_id):is(low_ticks)
    expect(plant):has "temperature_warn_high"
    expect(low):has "voltage_low"
    expect.modbus(1000):is(0x0201)
    high.voltage = 14.5
    within(rounds(3), function() expect(plant):has "voltage_warn_high" end)
    local high_ticks, high_id = expect.trap "voltage_warn_high"
    expect.snmp("bacsAlarmTime", high_id):is(high_ticks)
    assert(high_ticks < 25000 and high_id > low_id)

    note "what came before it goes after it, and with its number"
    low.voltage = 12.94
    within(rounds(3), function()
      local ticks, id = expect.trap { removed = "voltage_low" }
      assert(ticks >= high_ticks and ticks < 25000 and id == low_id)
    end)
    expect.trap { removed = "voltage" }
    expect.no_trap()
    note "whoever wants the whole of it asks the console"
    local uptime = tonumber(operator("show status")[1].uptime)
    assert(uptime > WRAP_S and uptime < WRAP_S + 300, uptime)

    note "a webmanager that was restarted counts from 0"
    plant.webmanager:restart()
    settle()
    expect.trap { told = "coldStart" }
    expect.snmp("sysUpTime"):is_below(60000)
  end,
}
