-- Blocks that take different currents stand at different voltages: equalizing holds them together,
-- with real modules and their noise. Without it they stay apart, and one that goes bad hides.

-- Highest less lowest, each of them shown as it is.
local function spread(string)
  local low, high = math.huge, -math.huge
  for _, module in ipairs(string.module) do
    expect(module.voltage):is_near(module.voltage.value, 0.06)
    low, high = math.min(low, module.voltage.value), math.max(high, module.voltage.value)
  end
  return high - low
end

for _, is_equalized in ipairs { true, false } do
  scenario("mixed blocks on float " .. (is_equalized and "are held together" or "stay apart")) {
    tags     = { "float", "equalizing" },
    plant    = "scattered_float",
    settings = { ["equalizing.enabled_1"] = is_equalized and "yes" or "no" },

    run = function(plant)
      local string, low = plant.string[1], plant.string[1].module[5]
      settle()
      assert(spread(string) > 0.2)
      wait(days(3))
      local found = spread(string)
      note(("%.0f mV apart"):format(found * 1000))
      if is_equalized then
        -- As they are read: two that are misread by 30 mV each are held 60 mV apart by it.
        assert(found < 0.15, "held together")
        expect(plant):is_quiet()
        expect.modbus(1000):is(0x00C1)
      else
        assert(found > 0.2, "apart as before")
        expect(string):has "string_equalizing_disabled"
        expect.modbus(1000):is(0x0041)
      end
      expect(string.voltage_sum):is_near(18 * 13.5, 1)

      note "one of them begins to leak"
      low:self_discharge { leak = 3 }
      wait(days(3))
      expect(low.voltage):is_below(13.42)
      local bypassed = 0
      for _, module in ipairs(string.module) do
        bypassed = bypassed + module.bypass.value
      end
      assert((bypassed > 20) == is_equalized, "the others are bypassed for its sake")
      expect(low.bypass):is(0)
    end,
  }
end
