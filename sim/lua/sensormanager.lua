-- sensormanager.lua — the sensormanager on COM2: four ports, each with two analog inputs, one
-- digital input and one digital output, and the sensors and signals that hang on them.
--
-- Always true: no channel is taken twice; analog channel 2p - 1 and 2p, input p and output p
-- belong to port p.

local PORTS, PORT_ANALOGS = 4, 2

local words = { use = true, port = true, hydrogen = true }

-- What may hang on a port: the kinds of its analog channels in order, of its digital inputs and
-- of its output as the webmanager's settings name them, and what each analog one begins with.
local sensors = {
  temperature = { analog = { "temperature" } },
  temperature_humidity = { analog = { "temperature", "humidity" } },
  current = { analog = { "current" } },
  contact = { input = { "contact" } },
  -- One contact closes at 20 %, the other at 40 % of the lower explosion limit.
  hydrogen = { input = { "hydrogen_20", "hydrogen_40" } },
  buzzer = { output = "buzzer" },
  flashlight = { output = "flashlight" },
}
local begins_with = { temperature = 21, humidity = 45, current = 0 }
local closes_at = { hydrogen_20 = 20, hydrogen_40 = 40 }

local has = ("a port has %d analog inputs, 1 digital input and 1 digital output"):format(
  PORT_ANALOGS)

-- The channels of all ports, as far as they are taken: kind by number.
local function take(plan, check, list, number, kind, sensor, what)
  if plan[list][number] then
    check.refuse("%s: %s needs a %s that is taken already, by %s; %s", what, sensor,
      list == "output" and "digital output" or "digital input", plan[list][number], has)
  end
  plan[list][number] = kind
end

local function take_analogs(plan, check, port, kinds, sensor, what)
  local first, last = PORT_ANALOGS * (port - 1) + 1, PORT_ANALOGS * port
  while first <= last and plan.analog[first] do
    first = first + 1
  end
  if last - first + 1 < #kinds then
    check.refuse("%s: %s needs %d analog input%s, and %d of %d %s free; %s", what, sensor, #kinds,
      #kinds > 1 and "s" or "", last - first + 1, PORT_ANALOGS,
      last == first and "is" or "are", has)
  end
  for i, kind in ipairs(kinds) do
    plan.analog[first + i - 1] = kind
  end
  return first
end

-- A sensor with two contacts needs the digital input of a second port: the next one, or `second`.
local function take_inputs(plan, check, port, kinds, sensor, second, what)
  take(plan, check, "input", port, kinds[1], sensor, what)
  if #kinds > 1 then
    local other = second or port + 1
    if math.type(other) ~= "integer" or other < 1 or other > PORTS then
      check.refuse("%s: %s needs the digital inputs of two ports, and there is no port %s; name " ..
        "another by second = 1 to %d", what, sensor, check.written(other), PORTS)
    end
    take(plan, check, "input", other, kinds[2], sensor, what)
  end
end

local sensor_words = { use = true, temperature = true, humidity = true, current = true,
  second = true }

local function hang(plan, check, port, sensor, what)
  local each = type(sensor) == "table" and sensor or { use = sensor }
  check.words(each, sensor_words, what)
  local takes = sensors[each.use]
  if not takes then
    check.refuse("%s: no sensor is called %s; there are: %s", what, check.written(each.use),
      table.concat(check.sorted(sensors), ", "))
  end
  if takes.analog then
    local first = take_analogs(plan, check, port, takes.analog, each.use, what)
    for i, kind in ipairs(takes.analog) do
      plan.begins[first + i - 1] = each[kind] == nil and begins_with[kind] or each[kind]
    end
  end
  if takes.input then
    take_inputs(plan, check, port, takes.input, each.use, each.second, what)
  end
  if takes.output then
    take(plan, check, "output", port, takes.output, each.use, what)
  end
end

local function settings_of(plan)
  local settings = { { "com2.use", "sensormanager" } }
  local function add(list, count)
    for number = 1, count do
      if plan[list][number] then
        settings[#settings + 1] = { ("com2.%s_%d_kind"):format(list, number), plan[list][number] }
      end
    end
  end
  add("analog", PORTS * PORT_ANALOGS)
  add("input", PORTS)
  add("output", PORTS)
  return settings
end

local function bits_of(list)
  local bits = 0
  for number = 1, PORTS do
    if (list[number] or 1) ~= 0 then
      bits = bits | 1 << number - 1
    end
  end
  return bits
end

return function(given, check)
  check.words(given, words, "com2")
  local plan = { analog = {}, input = {}, output = {}, begins = {} }
  local ports = check.list(given.port or {}, PORTS, "com2.port")
  for port = 1, PORTS do
    local what = ("com2.port[%d]"):format(port)
    for _, sensor in ipairs(check.type(ports[port] or {}, "table", what)) do
      hang(plan, check, port, sensor, what)
    end
  end
  local has_hydrogen = false
  local device = { analog = {}, input = {}, output = { 0, 0, 0, 0 }, begins = {},
    analogs = plan.begins, settings = settings_of(plan) }
  for number in pairs(plan.analog) do
    device.analog[number] = 0
  end
  for number, kind in pairs(plan.input) do
    device.input[number] = 1
    has_hydrogen = has_hydrogen or closes_at[kind] ~= nil
  end
  if has_hydrogen then
    device.hydrogen = 0
    device.begins.hydrogen = given.hydrogen
  elseif given.hydrogen ~= nil then
    check.refuse("com2.hydrogen: no port has a hydrogen sensor")
  end

  -- The gas is all over the room: each hydrogen sensor has the same.
  function device.pushed(self)
    for number, kind in pairs(plan.input) do
      if closes_at[kind] then
        self.input[number] = self.hydrogen >= closes_at[kind] and 0 or 1
      end
    end
  end

  device.bus = {
    read_analog = function(self, question)
      if question.first ~= 1 and question.first ~= 5 then
        return nil
      end
      local answer = {}
      for i = 1, 4 do
        answer["value_" .. i] = (self.analog[question.first + i - 1] or 0) * 10
      end
      return answer
    end,
    read_digital = function(self)
      return { inputs = bits_of(self.input), outputs = bits_of(self.output) }
    end,
    set_digital = function(self, question)
      for number = 1, PORTS do
        self.output[number] = question.outputs >> number - 1 & 1
      end
      return { outputs = bits_of(self.output) }
    end,
  }
  return device
end
