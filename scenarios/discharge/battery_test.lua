-- A UPS tests its battery once a month, for some minutes. On float a block that has lost capacity
-- looks like all others; on load it is the first to fall, months before anybody misses it.

scenario "the monthly battery test finds the weak block" {
  tags     = { "discharge", "ups" },
  plant    = "ups_bank",
  settings = { ["equalizing.paused"] = "yes" },

  run = function(plant)
    local weak, well = plant.string[1].module[4], plant.string[1].module[5]

    local function float(duration)
      operator "set bus.round_period 1800"
      wait(duration)
      note "on float nobody sees a difference"
      expect(plant):is_quiet()
      expect(weak.voltage):is_near(well.voltage.value, 0.15)
      operator "set bus.round_period 5"
      wait(minutes(31))
    end

    -- Five minutes of the load; fn is asked at their end.
    local function test(fn)
      plant.charger.on, plant.load.power = false, 11000
      within(seconds(20), function() expect(plant):has "discharging" end)
      wait(minutes(5) - seconds(20))
      for i, module in ipairs(plant.module) do
        if i ~= 4 then
          expect(module):is_quiet()
        end
      end
      fn()
      plant.charger.on, plant.load.power = true, 0
      within(minutes(1), function() expect(plant):has_not "discharging" end)
    end

    settle()
    note "it loses half of its capacity, from next week on, within ten weeks"
    weak:low_capacity { capacity = 45, at = days(7), over = days(70) }
    float(days(2))
    test(function()
      expect(plant):has_not "voltage_low"
      expect(weak.voltage):is_near(well.voltage.value, 0.15)
    end)
    for month = 2, 3 do
      float(days(30))
      test(function()
        note(("month %d: %.3f V beside %.3f V"):format(month, weak.voltage.value,
          well.voltage.value))
        expect(weak.voltage):is_below(well.voltage.value - 0.02)
      end)
    end
    float(days(30))
    test(function()
      expect(weak):has "voltage_low"
    end)
    expect.trap { added = "voltage_low" }
    expect.trap_count { added = "discharging" }:is(4)
    expect(plant.webmanager.discharges):is(4)

    note "a new block, and the next test is a dull one"
    weak:heal "low_capacity"
    float(days(30))
    test(function() expect(plant):has_not "voltage_low" end)
  end,
}
