-- A telecom string of fifty 12 V blocks on float. All are full, and some are overfull: a third of
-- them a little, a few a good deal, up to 0.3 V above the rest.

local modules = {}
for i = 1, 50 do
  local beyond = i % 9 == 0 and 2.5 or i % 3 == 0 and 1 + i % 4 * 0.2 or i % 5 * 0.1
  modules[i] = { state_of_charge = 100 + beyond }
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
