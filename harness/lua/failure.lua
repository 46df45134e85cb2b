-- failure.lua — the two ways a scenario goes wrong: an expectation that does not hold (a failure,
-- which `within` retries) and a mistake in the script (a problem, which nothing retries).

local host = ...
local failure = {}

local Failure, Problem = {}, { __tostring = function(problem) return problem.text end }

-- Where the scenario stands: the nearest line of a file on the stack.
function failure.where()
  for level = 2, 200 do
    local info = debug.getinfo(level, "Sl")
    if not info then
      break
    end
    if info.source:sub(1, 1) == "@" and info.currentline > 0 then
      return ("%s:%d"):format(info.source:sub(2), info.currentline)
    end
  end
  return "?"
end

-- is_judged: a judge of the bench says it, no expectation; where: the scenario itself, then.
function failure.raise(want, saw, disagree, is_judged, where)
  error(setmetatable({
    where = where or failure.where(), want = want, saw = saw, disagree = disagree,
    at_us = host.now_us(), is_judged = is_judged,
  }, Failure), 0)
end

function failure.is_failure(value)
  return getmetatable(value) == Failure
end

-- A mistake of the script's author, told with the line of the script.
function failure.misuse(text, ...)
  error(failure.where() .. ": " .. text:format(...), 0)
end

-- A list without a hole: what stands behind one would not be looked at.
function failure.need_list(list, what)
  local count, last = 0, 0
  for key in pairs(list) do
    if math.type(key) == "integer" then
      count, last = count + 1, math.max(last, key)
    end
  end
  for i = 1, count < last and last or 0 do
    if list[i] == nil then
      failure.misuse("%s has a hole: its entry %d is nil, and the last is %d", what, i, last)
    end
  end
  return list
end

-- A word that is not in the list.
function failure.unknown(kind, name, known)
  table.sort(known)
  failure.misuse("no %s '%s'; known: %s", kind, tostring(name), table.concat(known, ", "))
end

-- Lua shortens long file names in what it says; this makes them whole again.
local function with_whole_names(text)
  for level = 2, 200 do
    local info = debug.getinfo(level, "S")
    if not info then
      break
    end
    local whole = info.source:sub(2)
    if info.source:sub(1, 1) == "@" and whole ~= info.short_src then
      local from, to = text:find(info.short_src, 1, true)
      while from do
        text = text:sub(1, from - 1) .. whole .. text:sub(to + 1)
        from, to = text:find(info.short_src, from + #whole, true)
      end
    end
  end
  return text
end

-- Message handler: a failure stays, anything else becomes a problem with its traceback.
function failure.handle(message)
  if failure.is_failure(message) or getmetatable(message) == Problem then
    return message
  end
  local text = type(message) == "string" and message or
    failure.where() .. ": error({...}): a script raised a " .. type(message) .. "; raise a text"
  local frames = {}
  for line in debug.traceback("", 2):gmatch("\n%s+([^\n]+)") do
    -- Frames of C and of the language itself say nothing to the author.
    if not line:find("^%[C%]") and not line:find("^language/") then
      frames[#frames + 1] = with_whole_names(line)
    end
  end
  return setmetatable({ text = with_whole_names(text), frames = frames }, Problem)
end

-- First line and report of a problem. Out of memory Lua raises a bare text.
function failure.problem_text(problem)
  if type(problem) == "string" then
    return problem, ""
  end
  return problem.text, table.concat(problem.frames, "\n")
end

return failure
