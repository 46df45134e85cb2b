-- One block that is far from the average of its string: an option, off unless somebody says how
-- far is too far. Register 1001: voltage difference 0x0002.

scenario "a block too far above or below its string's average" {
  tags = { "thresholds" },
  plant = "guide_dashboard",
  settings = { ["voltage.max_difference"] = 0.4 },

  run = function(plant)
    local string = plant.string[1]
    settle()
    for _, sign in ipairs { 1, -1 } do
      note "nine blocks: 0.45 V off moves the average by a ninth, so it is 0.4 V from it"
      string.module[4].voltage = 12.941 + sign * 0.45
      throughout(rounds(4), function()
        expect(plant):has_not "max_voltage_diff"
      end)
      string.module[4].voltage = 12.941 + sign * 0.452
      within(rounds(4), function()
        expect(plant):has "max_voltage_diff"
        expect.modbus(1001):is(0x0002)
      end)
      expect.trap "max_voltage_diff"
      expect(plant):has_not "general_alarm"
      expect(string.module[4]):is_quiet()

      note "back inside by 0.05 V"
      string.module[4].voltage = 12.941 + sign * 0.396
      throughout(rounds(3), function()
        expect(plant):has "max_voltage_diff"
      end)
      string.module[4].voltage = 12.941 + sign * 0.392
      within(rounds(4), function()
        expect(plant):has_not "max_voltage_diff"
        expect.modbus(1001):is(0)
      end)
      expect.trap { removed = "max_voltage_diff" }
    end

    note "a string that sags as one has no difference, however fast"
    for _, module in ipairs(string.module) do
      module.voltage = 12.5
    end
    throughout(rounds(4), function()
      expect(plant):has_not "max_voltage_diff"
    end)
    expect.no_trap()
  end,
}
