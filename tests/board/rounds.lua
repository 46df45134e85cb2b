-- How long a webmanager takes for a round of its bus when it asks without a pause, beside what the
-- bytes and the devices alone take. Printed; a round twice as long as that fails.

local MEASURE, MEASURED, LATENCY_S = 9, 15, 0.001 -- bytes of question and answer (sim/BUS.md)
local WATCHED_S = 12

local function status()
  local words = operator "show status"[1]
  return tonumber(words.uptime), tonumber(words.rounds)
end

for _, modules in ipairs { 18, 50, 200, 512 } do
  for _, baud in ipairs { 19200, 115200 } do
    scenario(("a round of %d modules at %d baud"):format(modules, baud)) {
      needs = { "real_board" },
      plant = ("bank_of_%d_at_%d"):format(modules, baud),
      settings = { ["bus.round_period"] = 0 },

      run = function(plant)
        settle()
        local from_s, first = status()
        wait(seconds(WATCHED_S))
        local to_s, last = status()
        local round_s = (to_s - from_s) / math.max(last - first, 1)
        local line_s = modules * ((MEASURE + MEASURED) * 10 / baud + LATENCY_S)
        print(("%3d modules at %6d baud: %4d rounds of %6.3f s; the line alone %6.3f s, ratio %.2f")
          :format(modules, baud, last - first, round_s, line_s, round_s / line_s))
        expect(plant):is_quiet()
        assert(last > first and round_s < 2 * line_s, "the bus is not kept busy")
      end,
    }
  end
end
