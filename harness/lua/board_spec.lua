-- board_spec.lua — reads what a board is: its lines, addresses, and who switches it.
--
-- Called with definition.lua's table and the file's path; returns a table of plain values, or nil
-- and what is wrong. Always true: what it returns is whole and in range.

local definition, file = ...
local refuse, written, check_words =
  definition.refuse, definition.written, definition.check_words

local words = {
  line = true, echo = true, console = true, modbus = true, modbus_rtu = true, snmp = true,
  bench_address = true, longest = true, set_up = true, start = true, power_off = true,
  power_on = true, real_modules = true,
  settings = true,
}

local function check_text(given, key, example, is_needed)
  local value = given[key]
  if value == nil and not is_needed then
    return nil
  end
  if type(value) ~= "string" or value == "" or #value > 400 or value:find("%c") then
    refuse('%s is a line of text of 1 to 400 bytes, as in %s = "%s", not %s', key, key, example,
      written(value))
  end
  return value
end

-- "HOST:PORT"
local function check_port(given, key)
  local value = check_text(given, key, "192.168.0.60:161")
  if not value then
    return nil
  end
  local host, port = value:match("^([%w%.%-]+):(%d+)$")
  port = math.tointeger(tonumber(port or ""))
  if not host or #host > 63 or not port or port < 1 or port > 65535 then
    refuse('%s is HOST:PORT, as in %s = "192.168.0.60:161", not %s', key, key, written(value))
  end
  return { host = host, port = port }
end

-- Of a bench with several networks, the one that the board is on.
local function check_bench(given)
  local value = check_text(given, "bench_address", "192.168.0.1") or "127.0.0.1"
  local parts = { value:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$") }
  local is_right = #parts == 4
  for _, part in ipairs(parts) do
    is_right = is_right and #part <= 3 and tonumber(part) <= 255 and not part:find("^0.")
  end
  if not is_right then
    refuse('bench_address is an IPv4 address, as in bench_address = "192.168.0.1", not %s',
      written(value))
  end
  return value
end

-- A master's tty; where it is the only way to the registers, COM2 is for it.
local function check_rtu(given)
  local path = check_text(given, "modbus_rtu", "/dev/ttyUSB2")
  if path and (#path > 127 or path:sub(1, 1) ~= "/") then
    refuse('modbus_rtu is the path of a tty of at most 127 bytes, as in modbus_rtu = ' ..
      '"/dev/ttyUSB2", not %s', written(path))
  end
  return path
end

local function check_longest(value)
  value = value == nil and 60 or value
  if type(value) ~= "number" or not (value >= 1 and value <= 86400) then
    refuse("longest is the real time that a scenario may take, 1 to 86400 s, not %s",
      written(value))
  end
  return value
end

local function check_modules(list)
  local modules = {}
  if list ~= nil and type(list) ~= "table" then
    refuse("real_modules is a list of numbers, as in { 5 }, not %s", written(list))
  end
  for i, number in pairs(list or {}) do
    if math.type(i) ~= "integer" or math.type(number) ~= "integer" or number < 1 or
      number > 512 then
      refuse("real_modules: a module is a whole number from 1 to 512, not %s", written(number))
    end
    modules[#modules + 1] = number
  end
  return modules
end

-- Names and values are checked where those of a scenario are.
local function check_settings(given, is_rtu)
  local list = {}
  if given ~= nil and type(given) ~= "table" then
    refuse("settings are pairs, as in { [\"bus.answer_timeout\"] = 0.2 }, not %s", written(given))
  end
  for name, value in pairs(given or {}) do
    if type(name) ~= "string" or type(value) ~= "string" and type(value) ~= "number" then
      refuse("settings are pairs, as in { [\"bus.answer_timeout\"] = 0.2 }, not %s",
        written(value))
    end
    list[#list + 1] = { name = name,
      text = type(value) == "number" and ("%.14g"):format(value) or value }
  end
  if is_rtu and (given or {})["com2.use"] == nil then
    list[#list + 1] = { name = "com2.use", text = "modbus_rtu" }
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

local function build(name, given)
  if type(name) ~= "string" or name == "" or #name > 63 then
    refuse("the name of a board is a text of 1 to 63 bytes, not %s", written(name))
  end
  if type(given) ~= "table" then
    refuse("a board is a table, not %s", written(given))
  end
  check_words(given, words, "board")
  if (given.power_off == nil) ~= (given.power_on == nil) then
    refuse("power_off and power_on are two commands that belong together; give both, or neither")
  end
  if given.start ~= nil and given.set_up == nil then
    refuse("start lets run what set_up has made ready; give both, or set_up alone")
  end
  if given.echo ~= nil and type(given.echo) ~= "boolean" then
    refuse("echo is true where the adapter hears what it sends, else false, not %s",
      written(given.echo))
  end
  return {
    name = name,
    line = check_text(given, "line", "/dev/ttyUSB0", true),
    echo = given.echo == true,
    console = check_text(given, "console", "/dev/ttyUSB1"),
    modbus = check_port(given, "modbus"),
    modbus_rtu = check_rtu(given),
    snmp = check_port(given, "snmp"),
    bench_address = check_bench(given),
    longest = check_longest(given.longest),
    set_up = check_text(given, "set_up", "./set_up.sh"),
    start = check_text(given, "start", "./start.sh"),
    power_off = check_text(given, "power_off", "./power.sh off"),
    power_on = check_text(given, "power_on", "./power.sh on"),
    real_modules = check_modules(given.real_modules),
    settings = check_settings(given.settings, given.modbus_rtu and not given.modbus),
  }
end

local board, found = definition.once(build, "a board file describes one board; this is the second")
local sandbox = definition.sandbox("board", { board = board })
local why = definition.run(file, loadfile(file, "t", sandbox))
if why then
  return nil, why
end
if not found.is_there then
  return nil, file .. ': describes no board; write board "name" { line = "/dev/ttyUSB0", ... }'
end
return found.result
