-- As much as one webmanager takes, and no two of its values alike where that can be: 512 modules
-- in 16 strings, 16 current sensors, 4 GX_R_AUX with half of their lines the other way.

local strings, breakers = {}, {}

for s = 1, 16 do
  local modules = {}
  for m = 1, 32 do
    local n = (s - 1) * 32 + m
    modules[m] = {
      -- 37 and 91 have no factor in common with 512: each value comes once.
      voltage     = 12.2 + n * 37 % 512 * 0.003,
      resistance  = 3 + n * 91 % 512 * 0.01,
      temperature = 12 + n * 29 % 181 * 0.1,
    }
  end
  strings[s] = { module = modules, current = (s - 1) * 0.053, current_ac = s * 0.27 }
  -- Normally closed is on: a pattern of outputs without an open breaker.
  breakers[s] = { output = (s * 5 - 1) % 16 + 1, wiring = s % 3 == 0 and "nc" or "no" }
end

plant "scattered_bank" {
  strings         = 16,
  modules         = 32,
  module_type     = "c20",
  capacity        = 50,
  current_sensors = 16,
  gx_r_aux        = 4,
  baud            = 115200,
  exact           = true,
  breaker         = breakers,
  string          = strings,
}
