-- One string of eighteen 12 V blocks as they come from two makers: no two take the same float
-- current, and the charger holds only their sum.

local modules = {}
for i = 1, 18 do
  modules[i] = { float_current = 40 + i * 7 % 18 * 4 }
end

plant "scattered_float" {
  modules         = 18,
  capacity        = 50,
  current_sensors = 1,
  charger         = { voltage = 18 * 13.5, limit = 10 },
  settings        = { ["bus.round_period"] = 30 },
  string          = { { module = modules } },
}
