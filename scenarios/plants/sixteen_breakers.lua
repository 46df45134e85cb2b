-- Sixteen strings of two blocks at 25 degC. Each has a current sensor and a breaker on an output of
-- another number, wired normally closed: on = closed.

local strings, breakers = {}, {}

for s = 1, 16 do
  strings[s] = {
    current = 0,
    module  = { { voltage = 13.5, temperature = 25 }, { voltage = 13.5, temperature = 25 } },
  }
  breakers[s] = { output = (s * 5 - 1) % 16 + 1, wiring = "nc" }
end

plant "sixteen_breakers" {
  strings         = 16,
  modules         = 2,
  capacity        = 50,
  current_sensors = 16,
  gx_r_aux        = 4,
  exact           = true,
  breaker         = breakers,
  string          = strings,
  settings        = { ["runaway.action"] = "open_breaker" },
}
