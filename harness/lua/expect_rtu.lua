-- expect_rtu.lua — what a Modbus RTU master sees on COM2 that puts together its own frames: sound
-- and spoiled ones, and silences inside them.

local host, failure, watch = ...

local TOLERANCE_US = 100 -- of what an exchange takes
local SILENCE_MAX = 1000 -- characters

-- The check sum of Modbus, low byte first; worked out here, so that it holds the firmware's.
local function with_sum(bytes)
  local sum = 0xFFFF
  for i = 1, #bytes do
    sum = sum ~ bytes:byte(i)
    for _ = 1, 8 do
      sum = sum & 1 == 1 and sum >> 1 ~ 0xA001 or sum >> 1
    end
  end
  return bytes .. string.char(sum & 0xFF, sum >> 8)
end

local function hex_of(bytes)
  return (bytes:gsub(".", function(byte) return ("%02X "):format(byte:byte()) end):gsub(" $", ""))
end

-- "01 03 ~2 03" -> bytes, { [3] = 2000 }: thousandths of a character of silence before byte 3
local function frame_of(text, what)
  local bytes, silences = {}, {}
  for word in text:gmatch("%S+") do
    local silence = tonumber(word:match("^~(%d+%.?%d*)$"))
    if word:find("^%x%x$") then
      bytes[#bytes + 1] = string.char(tonumber(word, 16))
    elseif silence and silence <= SILENCE_MAX then
      silences[#bytes + 1] = math.floor(silence * 1000 + 0.5)
    else
      failure.misuse("%s takes bytes, as \"01 03\", and silences of up to %d characters, as " ..
        "\"01 ~2 03\"; not '%s'", what, SILENCE_MAX, word)
    end
  end
  return table.concat(bytes), silences
end

local known_options = { flip = "integer", sum = "boolean" }

local function check_options(options)
  if type(options) ~= "table" then
    failure.misuse("expect.modbus_rtu_frame takes a table behind the bytes: { flip = 3 }")
  end
  for name, value in pairs(options) do
    if not known_options[name] then
      failure.unknown("option of expect.modbus_rtu_frame", name, { "flip", "sum" })
    elseif (math.type(value) or type(value)) ~= known_options[name] then
      failure.misuse("%s is %s, got %s", name, known_options[name] == "integer" and
        "the number of a byte" or "true or false", tostring(value))
    end
  end
  return options
end

-- What goes onto the line: { { silence, bytes }, ... }
local function parts_of(bytes, silences)
  local parts, from = {}, 1
  for at = 2, #bytes + 1 do
    if at > #bytes or silences[at] then
      parts[#parts + 1] = { silences[from] or 0, bytes:sub(from, at - 1) }
      from = at
    end
  end
  return parts
end

-- The answer, and the us it took; or nil and why there can be none.
local function exchange(frame)
  return host.rtu_say(frame.parts)
end

local function shown(answer, problem)
  return answer and (answer == "" and "silence" or hex_of(answer)) or problem
end

local methods = {
  is_answered = function(frame, text)
    if type(text) ~= "string" then
      failure.misuse(":is_answered takes the answer's bytes without its check sum, as " ..
        "\"01 03 02 00 41\"")
    end
    local bytes, silences = frame_of(text, ":is_answered")
    if next(silences) then
      failure.misuse("an answer has no silences")
    end
    local answer, problem = exchange(frame)
    watch.judge(("%s is answered %s"):format(frame.name, hex_of(with_sum(bytes))),
      { { ok = answer == with_sum(bytes), text = shown(answer, problem) } })
  end,
  is_silent = function(frame)
    local answer, problem = exchange(frame)
    watch.judge(frame.name .. " gets silence",
      { { ok = answer == "", text = shown(answer, problem) } })
  end,
  takes = function(frame, seconds)
    if type(seconds) ~= "number" then
      failure.misuse(":takes wants seconds, from the question's begin to the answer's end")
    end
    local answer, took = exchange(frame)
    local is_answered = answer and answer ~= ""
    watch.judge(("%s takes %.4f s with its answer"):format(frame.name, seconds), { {
      ok = is_answered and math.abs(took - seconds * 1e6) <= TOLERANCE_US,
      text = is_answered and ("%.4f s"):format(took / 1e6) or shown(answer, took),
    } })
  end,
}

local function expect_frame(text, options)
  if type(text) ~= "string" then
    failure.misuse("expect.modbus_rtu_frame takes bytes, as \"01 03 03 E8 00 01\"; got %s",
      type(text))
  end
  local how = check_options(options or {})
  local bytes, silences = frame_of(text, "expect.modbus_rtu_frame")
  bytes = how.sum == false and bytes or with_sum(bytes)
  if how.flip and (how.flip < 1 or how.flip > #bytes) then
    failure.misuse("flip is the number of a byte, 1 to %d with the check sum", #bytes)
  elseif bytes == "" then
    failure.misuse("a frame has one byte at least")
  elseif how.flip then
    bytes = bytes:sub(1, how.flip - 1) .. string.char(bytes:byte(how.flip) ~ 1) ..
      bytes:sub(how.flip + 1)
  end
  return watch.with_methods("a frame", methods, {
    name = ("modbus_rtu frame %s%s"):format(text, how.flip and ", byte " .. how.flip ..
      " flipped" or ""),
    parts = parts_of(bytes, silences),
  })
end

watch.add { modbus_rtu_frame = expect_frame }
