-- Without a current the voltage of the cells tells what a battery does, and what it tells depends
-- on what the cells are made of, and on how many make a block.

scenario "nickel-cadmium: 1.28, 1.36 and 1.45 V a cell" {
  tags = { "arm", "discharge" },
  plant = "nickel",

  run = function(plant)
    local steps = {
      { 14.501, 0x0011, "above 1.45 V charging" },
      { 14.500, 0x0041, "at 1.45 V float" },
      { 13.600, 0x0041, "at 1.36 V still" },
      { 13.599, 0x0001, "below 1.36 V none" },
      { 12.800, 0x0001, "at 1.28 V nothing yet" },
      { 12.799, 0x0009, "below 1.28 V a discharge" },
    }
    settle()
    for _, step in ipairs(steps) do
      local voltage, flow, words = table.unpack(step)
      note(words)
      for _, module in ipairs(plant.module) do
        module.voltage = voltage
      end
      wait(seconds(10))
      expect.modbus(1000):is(flow)
    end
  end,
}
