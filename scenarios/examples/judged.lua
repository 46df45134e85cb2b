-- Whatever a function makes a device say, the judges follow it, and need not look away: each story
-- is judged in every view, and expects little itself.

-- What happens for ten minutes, and to whom.
local function story(name, happens)
  scenario(name) {
    tags  = { "arm", "example" },
    plant = "two_strings_of_nine",
    run   = function(plant)
      settle()
      happens(plant, plant.string[1].module[3])
      wait(minutes(10))
      expect(plant.string[2].module[9].voltage):is_above(12)
    end,
  }
end

-- Every so many calls.
local function turns(period)
  local calls = 0
  return function()
    calls = calls + 1
    return calls % period
  end
end

story("a module reads too high every second time", function(_, module)
  local turn = turns(2)
  module:behave { measure = function(_, built_in)
    local answer = built_in()
    answer.voltage = turn() == 0 and 16 or answer.voltage
    return answer
  end }
end)

story("a module is silent every second time, and is not lost", function(plant, module)
  local turn = turns(2)
  module:behave { measure = function() return turn() ~= 0 and nil end }
  throughout(minutes(2), function() expect(module):has_not "module_lost" end)
end)

story("a module is silent to one message, is lost, and is welcomed back", function(plant, module)
  module:behave { measure = function() return false end }
  within(rounds(5), function() expect(module):has "module_lost" end)
  wait(minutes(5))
  module:behave(nil)
  within(rounds(4), function() expect(module):has_not "module_lost" end)
end)

story("a module is silent to its impedance only", function(plant, module)
  operator "set impedance.poll_rate 1"
  module:behave { impedance = function() return false end }
end)

story("a module says anything", function(plant, module)
  local turn = turns(65521)
  module:behave {
    measure = function()
      local any = turn() * 7919
      return {
        voltage = any % 65535 / 1000, temperature = any % 600 - 300, bypass = any % 101, state = 0,
      }
    end,
    impedance = function() return { resistance = turn() % 100 } end,
    set_bypass = function() return { bypass = 50 } end,
  }
end)

story("a module is another type after it was pulled", function(plant, module)
  module:unplug()
  wait(rounds(6))
  module:plug()
  module:behave { identify = function(_, built_in)
    local answer = built_in()
    answer.type_code = 20
    return answer
  end }
  within(rounds(5), function() expect(plant):has "system_error" end)
end)

story("a current sensor is beside itself, then silent", function(plant)
  local turn, is_silent = turns(100), false
  plant.current_sensor[1]:behave { read_sensor = function()
    return not is_silent and { current = turn() - 50, current_ac = turn() % 10 }
  end }
  wait(minutes(5))
  is_silent = true
  within(rounds(5), function() expect(plant):has "sensor_communication_lost" end)
end)

story("a GX_R_AUX tells other inputs each time", function(plant)
  local turn = turns(16)
  plant.gx_r_aux[1]:behave { read_aux = function(_, built_in)
    local answer = built_in()
    answer.inputs, answer.outputs = turn(), answer.outputs ~ 8
    return answer
  end }
end)

story("four questions in seven are dropped, and one answer in four", function(plant)
  local question, answer = turns(7), turns(4)
  plant:on_frame(function(frame)
    if frame.direction == "question" then
      return question() >= 4 and nil
    end
    return answer() ~= 0 and nil
  end)
end)

story("every third frame has a wrong byte", function(plant)
  local turn = turns(3)
  plant:on_frame(function(frame)
    return turn() == 0 and frame.bytes:sub(1, 5) .. "x" .. frame.bytes:sub(7) or nil
  end)
end)

-- CRC-16/X-25 over all but the sync byte (sim/BUS.md), low byte first.
local function with_checksum(bytes)
  local crc = 0xFFFF
  for i = 2, #bytes do
    crc = crc ~ bytes:byte(i)
    for _ = 1, 8 do
      crc = crc & 1 ~= 0 and crc >> 1 ~ 0x8408 or crc >> 1
    end
  end
  crc = ~crc & 0xFFFF
  return bytes .. string.char(crc & 0xFF, crc >> 8)
end

story("a module's answers are replaced on the line by sound ones", function(plant, module)
  local turn = turns(300)
  plant:on_frame(function(frame)
    if frame.device == module and frame.direction == "answer" and frame.message == "measure" then
      local mV = 12000 + 13 * turn()
      return with_checksum(frame.bytes:sub(1, 6) .. string.char(mV & 0xFF, mV >> 8) ..
        frame.bytes:sub(9, -3))
    end
  end)
  within(minutes(5), function() expect(module):has "voltage_high" end)
end)
