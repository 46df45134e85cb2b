-- A room whose devices are partly of this file's own: a current sensor that drifts, a module that
-- rounds to half a volt, a GX_R_AUX with a loose contact; and a cellar that cools at night.

local clamp = { offset = 0 }

define_verb("current_sensor", "drift_to", function(sensor, offset)
  clamp.offset = offset
end)

define_verb("plant", "heat_wave", function(plant, options)
  plant:drift { ambient = options.to, over = hours(1) }
end)

plant "own_devices" {
  strings = 2, modules = 3, current_sensors = 2, gx_r_aux = 1, exact = true,
  module = { voltage = 13.5, temperature = 24 },
  string = {
    { current = 0.5 },
    { current = 0.5, module = { [2] = {
      behave = {
        measure = function(question, built_in)
          local answer = built_in()
          answer.voltage = answer.voltage * 2 // 1 / 2
          return answer
        end,
        impedance = function() return { resistance = 4.8 } end,
      },
    } } },
  },
  behave = {
    current_sensor = { {
      read_sensor = function(question, built_in)
        local answer = built_in()
        answer.current = answer.current + clamp.offset
        return answer
      end,
    } },
    gx_r_aux = { {
      read_aux = function(question, built_in)
        local answer = built_in()
        answer.inputs = answer.inputs & ~8 -- the fourth is never closed
        return answer
      end,
    } },
  },
  on_step = { every = minutes(10), function(now, plant)
    plant.ambient = now % days(1) < hours(12) and 24 or 16
  end },
}
