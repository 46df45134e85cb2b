-- What the bank does: discharge, charge, float or none of them. Exactly one of them is true.
-- Register 1000: running 0x0001, discharging 0x0008, charging 0x0010, discharging stopped 0x0020,
-- float 0x0040.

scenario "a discharge is one after five seconds, and has stopped for five minutes" {
  tags = { "arm", "discharge" },
  plant = "guide_dashboard",

  run = function(plant)
    local function carry(amperes)
      plant.string[1].current, plant.string[2].current = amperes, amperes
    end

    settle()
    note "four seconds are a jolt"
    carry(-20)
    throughout(seconds(4), function()
      expect(plant):has_not "discharging"
    end)
    carry(0)
    throughout(seconds(20), function()
      expect.modbus(1000):is(0x0041)
    end)
    expect.no_trap()

    note "the fifth makes it a discharge"
    carry(-20)
    throughout(seconds(4), function()
      expect(plant):has_not "discharging"
    end)
    within(seconds(4), function()
      expect.modbus(1000):is(0x0009)
    end)
    wait(minutes(1))
    expect(plant):has "discharging"
    expect(plant):has_not "discharging_stopped"

    note "its end shows at once, for five minutes"
    carry(0)
    within(seconds(3), function()
      expect(plant):has_not "discharging"
      expect(plant):has "discharging_stopped"
    end)
    throughout(seconds(296), function()
      expect(plant):has "discharging_stopped"
    end)
    within(seconds(5), function()
      expect.modbus(1000):is(0x0041)
      expect(plant):is_quiet()
    end)
    expect.trap { added = "discharging" }
    expect.trap { removed = "discharging" }
    expect.trap { added = "discharging_stopped" }
    expect.trap { removed = "discharging_stopped" }
    expect.no_trap()
  end,
}

-- What counts as a current: an ampere, or a hundredth of C10 where that is more.
local limits = {
  { plant = "guide_dashboard", capacity = 50, least = 1 },
  { plant = "big_blocks", capacity = 500, least = 5 },
}

for _, limit in ipairs(limits) do
  scenario(("%g Ah: %g A are a current"):format(limit.capacity, limit.least)) {
    tags = { "arm", "discharge" },
    plant = limit.plant,

    run = function(plant)
      local string = plant.string[2]
      settle()
      for sign, status in pairs { [-1] = 0x0009, [1] = 0x0011 } do
        note "hardly less is float"
        string.current = sign * (limit.least - 0.01)
        throughout(seconds(15), function()
          expect.modbus(1000):is(0x0041)
        end)
        note "exactly as much is not"
        string.current = sign * limit.least
        within(seconds(10), function()
          expect.modbus(1000):is(status)
        end)
        string.current = 0
        within(minutes(6), function()
          expect.modbus(1000):is(0x0041)
        end)
      end
    end,
  }
end

scenario "the bank floats only if every string does" {
  tags = { "arm", "discharge" },
  plant = "big_blocks",

  run = function(plant)
    settle()
    expect.modbus(1000):is(0x0041)

    note "one string below 2.15 V a cell, without a current: it rests, and so the bank"
    for _, module in ipairs(plant.string[1].module) do
      module.voltage = 12.8
    end
    within(rounds(3), function()
      expect.modbus(1000):is(0x0001)
    end)
    throughout(seconds(30), function()
      expect.modbus(1000):is(0x0001)
    end)

    note "it floats again"
    for _, module in ipairs(plant.string[1].module) do
      module.voltage = 12.9
    end
    within(rounds(3), function()
      expect.modbus(1000):is(0x0041)
    end)
  end,
}

scenario "without a current the voltage of the cells tells" {
  tags = { "arm", "discharge", "current" },
  plant = "big_blocks",

  run = function(plant)
    -- Lead, six cells a block: 2.08, 2.15 and 2.32 V a cell.
    local steps = {
      { 12.480, 0x0001, "at 2.08 V nothing yet" },
      { 12.479, 0x0009, "below 2.08 V a discharge" },
      { 12.899, 0x0021, "below 2.15 V none, but it has stopped" },
      { 12.899, 0x0001, "and that is forgotten" },
      { 12.900, 0x0041, "from 2.15 V on float" },
      { 13.920, 0x0041, "at 2.32 V still" },
      { 13.921, 0x0011, "above 2.32 V charging" },
    }
    settle()
    plant.current_sensor[1]:unplug()
    plant.current_sensor[2]:unplug()
    within(rounds(5), function()
      expect(plant):has "sensor_communication_lost"
    end)

    for _, step in ipairs(steps) do
      local voltage, flow, words = table.unpack(step)
      -- The lost sensors show nowhere in register 1000.
      note(words)
      for _, string in ipairs(plant.string) do
        for _, module in ipairs(string.module) do
          module.voltage = voltage
        end
      end
      wait(rounds(2))
      within(flow == 0x0021 and seconds(10) or minutes(6), function()
        expect.modbus(1000):is(flow)
      end)
      throughout(seconds(10), function()
        expect.modbus(1000):is(flow)
      end)
    end
  end,
}

scenario "a discharge measures no resistances" {
  tags = { "arm", "discharge" },
  plant = "guide_dashboard",
  settings = { ["impedance.poll_rate"] = 1 },

  run = function(plant)
    local module = plant.string[1].module[1]
    settle()
    plant.string[1].current = -10
    within(seconds(10), function()
      expect(plant):has "discharging"
    end)

    note "the load would falsify it: the value before is kept"
    wait(rounds(2))
    module.resistance = 9
    throughout(minutes(5), function()
      expect(module.resistance):is(4.52)
    end, { every = seconds(10) })

    note "afterwards it is measured again"
    plant.string[1].current = 0
    within(minutes(2), function()
      expect(module.resistance):is(9)
    end)
  end,
}
