-- A telecom string of fifty 12 V blocks on float. No two float alike: a third of them take less
-- current than the rest at the same voltage, so that in one string they stand up to 0.3 V higher.

local modules = {}
for i = 1, 50 do
  local current = i % 9 == 0 and 42 or i % 3 == 0 and 70 - i % 4 * 5 or 100 - i % 5
  modules[i] = { float_current = current }
end

plant "string_of_fifty" {
  strings         = 1,
  modules         = 50,
  module_type     = "c20",
  capacity        = 50,
  current_sensors = 1,
  exact           = true,
  charger         = { voltage = 50 * 13.5, limit = 20 },
  settings        = { ["bus.round_period"] = 30 },
  string          = { { module = modules } },
}
