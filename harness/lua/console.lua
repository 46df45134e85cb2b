-- console.lua — the operator at the webmanager's service port: requests, answers, and what they
-- tell of items. CONSOLE.md of the firmware has what is spoken there.

local host, failure = ...
local console = {}

-- ---- requests and answers -----------------------------------------------------------------

-- `a=1 text="two words"` -> { a = "1", text = "two words" }
local function words_of(line)
  local words, at = {}, 1
  while true do
    local _, stop, key = line:find("^%s*([%w_]+)=", at)
    if not key then
      return words
    end
    local _, last, value = line:find('^"([^"]*)"', stop + 1)
    if not value then
      _, last, value = line:find("^(%S*)", stop + 1)
    end
    words[key], at = value, last + 1
  end
end

-- What was said to one request: a list of its lines and of their words, is_ok, code and text.
local function answer_of(said)
  local answer = { lines = {}, said = said }
  for line in said:gmatch("([^\n]*)\n") do
    local code, text = line:match("^error (%S+) (.*)$")
    if answer.text then
      answer.text = nil
      break -- a second end
    elseif line == "ok" or code then
      answer.is_ok, answer.code, answer.text = code == nil, code, text or ""
    else
      answer.lines[#answer.lines + 1] = line
      answer[#answer.lines] = words_of(line)
    end
  end
  if not answer.text then
    error(("the console gave no answer with one end: %q"):format(said), 0)
  end
  return answer
end

-- The part of a line that was typed by itself, and at which start of the webmanager.
local begun, begun_boots = "", 0

function console.begin(bytes)
  begun, begun_boots = (begun_boots == host.boots() and begun or "") .. bytes, host.boots()
  host.console(bytes)
end

-- Asks without changing anything, so that readings may be kept.
local function ask(line)
  begun = ""
  local said, problem = host.console(line .. "\n")
  if said == "" then
    failure.misuse('the console does not answer "%s"%s; is the board on?', line,
      line:find("^%s*show ") and "" or ", and may have obeyed it")
  end
  return said and answer_of(said) or
    { lines = {}, said = problem, is_ok = false, code = "off", text = problem }
end

local followers = {}

-- fn(name) is called when a setting was set, whichever way.
function console.on_set(fn)
  followers[#followers + 1] = fn
end

-- A setting that is in force is the harness's too: it says how registers and objects are to be
-- read, who may ask, and whom the webmanager tells.
function console.has_set(name, value)
  host.setting_is(name, value)
  for _, fn in ipairs(followers) do
    fn(name)
  end
end

-- The same for a request that may change something.
function console.request(line)
  local whole = (begun_boots == host.boots() and begun or "") .. line
  local answer = ask(line)
  local name, value = whole:match("^%s*set%s+(%S+)%s+(.-)%s*$")
  if name and (answer.is_ok or answer.code == "store") then
    console.has_set(name, value:match('^"(.*)"$') or value)
  end
  return answer
end

function console.answer_text(answer)
  return answer.is_ok and "ok" or ("error %s %s"):format(answer.code, answer.text)
end

function console.need_request(line, what)
  if type(line) ~= "string" then
    failure.misuse("%s takes a request as text, as in \"breaker open 1\"; got %s", what, type(line))
  elseif line:find("[\r\n]") then
    failure.misuse("%s takes one line; a request ends by itself", what)
  elseif not line:find("[^ \t]") then
    failure.misuse("%s: an empty line asks nothing and has no answer", what)
  end
  return line
end

-- ---- items --------------------------------------------------------------------------------

local topics = {
  system = "status", string = "strings", module = "modules", sensor = "sensors", aux = "aux",
  aux_input = "aux", aux_output = "aux", com2 = "com2", com2_analog = "com2",
  com2_input = "com2", com2_output = "com2", panel = "panel", programmer = "programmer",
}
local with_numbers = { string = true, module = true }

local function keep(kept, scope, answer)
  for _, words in ipairs(answer) do
    for _, each in ipairs { scope, "aux_input", "aux_output", "com2_analog", "com2_input",
      "com2_output" } do
      if words[each] then
        kept[each .. words[each]] = words
      end
    end
  end
end

-- The words of an item's line; or nil and why not. kept: what was read at this instant.
function console.item(kept, scope, number)
  local key = scope .. number
  local all = "all " .. topics[scope]
  if not kept[key] and not kept[all] then
    -- One by itself; who asks for another gets them all.
    local one = "one " .. scope
    local is_one = with_numbers[scope] and not kept[one]
    local answer = ask("show " .. topics[scope] .. (is_one and " " .. number or ""))
    if not answer.is_ok then
      return nil, console.answer_text(answer)
    end
    kept[is_one and one or all] = true
    keep(kept, scope, answer)
  end
  if not kept[key] then
    return nil, ("no %s %d in `show %s`"):format(scope, number, topics[scope])
  end
  return kept[key]
end

-- The words of a setting's line; or nil and why not.
function console.setting(kept, name)
  local key = "setting " .. name
  if not kept[key] then
    local answer = ask("show settings " .. name)
    if not answer.is_ok then
      return nil, console.answer_text(answer)
    end
    kept[key] = answer[1]
  end
  return kept[key]
end

-- A value's text in its unit, by a row with per_natural and the names of choices; nil: none.
function console.value(text, row)
  if row.names and row.names[text] then
    return row.names[text]
  elseif text:find("^0x%x+$") then
    return math.tointeger(tonumber(text))
  end
  local number = tonumber(text)
  return number and math.tointeger(math.floor(number * row.per_natural + 0.5)) or nil
end

return console
