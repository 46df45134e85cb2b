-- A UPS of 55 Ah is tested each month: its load is carried until a block is down to 1.75 V a cell.
-- The blocks age on the way, and the tests tell by how much.

scenario "twelve monthly tests of a UPS tell how its capacity falls with its age" {
  tags     = { "long", "discharge" },
  plant    = "ups_of_55_ah",
  settings = { ["bus.round_period"] = 300, ["voltage.low_alarm"] = 10.5 },

  run = function(plant)
    local carried = {} -- minutes, by month
    settle()
    for _, module in ipairs(plant.module) do
      module:aged { age = 125, over = days(365) }
    end

    for month = 1, 12 do
      operator "set bus.round_period 10"
      wait(minutes(6))
      local before = tonumber(operator("show status")[1].uptime)
      plant.charger.on, plant.load.current = false, 31.9
      within(minutes(2), function() expect(plant):has "discharging" end)
      within(minutes(70), function() expect(plant):has "voltage_low" end)
      carried[month] = (tonumber(operator("show status")[1].uptime) - before) / 60
      plant.charger.on, plant.load.current = true, 0
      within(minutes(10), function() expect(plant):has_not "discharging" end)
      expect(plant.webmanager.discharges):is(month)
      operator "set bus.round_period 300"
      wait(days(365 / 12))
      expect(plant):is_quiet()
    end

    note "a new one carries it as long as its sheet says, and each month a little less"
    assert(carried[1] > 54 and carried[1] < 60, carried[1] .. " min")
    local due
    for month = 2, 12 do
      assert(carried[month] < carried[month - 1], "month " .. month)
      due = due or carried[month] < 0.8 * carried[1] and month or nil
    end
    note "below four fifths blocks are due: at an age of nine months in twelve here"
    assert(due == 9, due)
    expect(plant.module[1].resistance):is_above(1.5 * 7.5)
  end,
}
