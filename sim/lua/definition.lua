-- definition.lua — what it takes to read a file that defines one thing, a plant or a battery type:
-- checks that say what would be right, the words such a file may use, and how it is run.
--
-- Called with order.lua's table.
-- Always true: a definition that is wrong is refused at the line of the file that begins it.

local order = ...
local definition = {}

-- Errors of a definition travel as tables: their place is the line that says `plant`, or `battery`.
local function refuse(text, ...)
  error({ text:format(...) }, 0)
end

local function sorted(keys)
  local list = {}
  for key in pairs(keys) do
    list[#list + 1] = tostring(key)
  end
  table.sort(list)
  return list
end

-- What somebody wrote, as they wrote it; never an address, which differs from run to run.
local function written(value)
  local kind = type(value)
  if kind == "string" then
    return '"' .. value .. '"'
  end
  local is_plain = kind == "number" or kind == "boolean" or kind == "nil"
  return is_plain and tostring(value) or "a " .. kind
end

local function check_words(given, known, what)
  for _, key in ipairs(sorted(given)) do
    if known[key] == nil then
      refuse('%s has no property "%s"; it has: %s', what, key,
             table.concat(sorted(known), ", "))
    end
  end
end

definition.refuse, definition.sorted, definition.written, definition.check_words =
  refuse, sorted, written, check_words

-- The word of a definition, `plant "name" { ... }`, and what becomes of it: is_there and result of
-- build(name, given), once it was said. second: what is wrong with saying it again.
function definition.once(build, second)
  local found = { is_there = false }
  local function word(name)
    return function(given)
      if found.is_there then
        error(second, 2)
      end
      local ok, result = pcall(build, name, given)
      if not ok then
        error(type(result) == "table" and result[1] or tostring(result), 2)
      end
      found.is_there, found.result = true, result
    end
  end
  return word, found
end

-- What a file of definitions may use beside its own words: no clock, no files, no chance, so that
-- what it defines is the same each time. what: "plant".
function definition.sandbox(what, own)
  local words = {
    assert = assert, error = error, ipairs = ipairs, next = order.next, pairs = order.pairs,
    select = select, tonumber = tonumber, tostring = tostring, type = type,
  }
  -- Copies: what a file does to them, it does to itself.
  for name, library in pairs { math = math, string = string, table = table } do
    words[name] = {}
    for key, value in pairs(library) do
      words[name][key] = value
    end
  end
  words.math.random, words.math.randomseed = nil, nil
  for name, value in pairs(own) do
    words[name] = value
  end
  return setmetatable({}, {
    __index = function(_, key)
      if words[key] == nil then
        error(('a %s file knows no word "%s"; it knows: %s'):format(what, tostring(key),
              table.concat(sorted(words), ", ")), 2)
      end
      return words[key]
    end,
    __newindex = function(_, key)
      error(('"%s" is not local: write `local %s = ...`'):format(tostring(key), tostring(key)), 2)
    end,
  })
end

-- What Lua says without a place, and the cure.
local cures = {
  ["attempt to load a binary chunk (mode is 't')"] = "name the text that it was compiled from",
  ["not enough memory"] = "make its values smaller",
}

-- Runs what load or loadfile gave for this file; nil, or what is wrong.
function definition.run(file, chunk, why)
  if chunk then
    local ok, problem = pcall(chunk)
    why = not ok and tostring(problem) or nil
  end
  return cures[why] and ("%s: %s; %s"):format(file, why, cures[why]) or why
end

return definition
