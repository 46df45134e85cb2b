-- temperature_humidity.lua — the stand-alone temperature and humidity sensor, alone on COM2.
--
-- A device script gives a function: from what the plant file says of it, and the checks of
-- plant.lua, to the device. `settings` are the webmanager's that follow from it, in order.

local words = { use = true, temperature = true, humidity = true }

return function(given, check)
  check.words(given, words, "com2")
  return {
    -- What it senses; degC, % relative humidity.
    temperature = 21,
    humidity = 45,
    begins = { temperature = given.temperature, humidity = given.humidity },
    settings = { { "com2.use", "temperature_humidity" } },

    bus = {
      read_environment = function(self)
        return { temperature_ddegC = self.temperature * 10, humidity_permille = self.humidity * 10 }
      end,
    },
  }
end
