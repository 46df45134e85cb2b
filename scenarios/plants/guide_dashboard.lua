-- The dashboard printed in the user guide ("String UPS A", "String UPS B"): every value pinned,
-- every device exact. The printed sums, 116.47 V and 116.46 V, make the blocks 12.941 and 12.940 V.

local function string_of(voltage, blocks)
  local modules = {}
  for i, block in ipairs(blocks) do
    modules[i] = { voltage = voltage, temperature = block[1], resistance = block[2] }
  end
  return { current = 0, current_ac = 0, module = modules }
end

plant "guide_dashboard" {
  strings         = 2,
  modules         = 9,
  module_type     = "c20",
  capacity        = 50,
  current_sensors = 2,
  exact           = true,

  string = {
    string_of(12.941, {
      { 27.5, 4.52 }, { 27.5, 4.69 }, { 27.5, 4.69 }, { 29.5, 5.39 }, { 27.0, 4.58 },
      { 27.0, 4.64 }, { 28.5, 5.11 }, { 27.0, 4.58 }, { 27.6, 4.62 },
    }),
    string_of(12.940, {
      { 26.5, 4.60 }, { 27.1, 4.71 }, { 27.5, 4.79 }, { 27.8, 4.62 }, { 26.5, 4.71 },
      { 27.5, 4.58 }, { 27.0, 4.66 }, { 27.2, 4.77 }, { 27.5, 4.58 },
    }),
  },
}
