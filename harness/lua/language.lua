-- language.lua — the words of a scenario, on one page in scenarios/README.md.
--
-- A scenario file sees these words and the harmless part of Lua's library, and nothing else:
-- unknown names are errors, names cannot be set, and the same seed gives the same run.

local host, failure, watch, console, traps, manager = ...

local language = {}

-- ---- durations ----------------------------------------------------------------------------

local Rounds = {}
local LONGEST_S = 10 * 365 * 86400
-- A round takes its period or the time its questions need; no bus of ours needs more than this.
local ROUND_LONGEST_S = 600

local function positive(value, what)
  if type(value) ~= "number" or not (value >= 0 and value <= LONGEST_S) then
    failure.misuse("%s takes a duration in seconds, as minutes(5), up to ten years; got %s", what,
      type(value) == "number" and tostring(value) or type(value))
  end
  return value
end

local function times(word, factor)
  return function(value)
    if type(value) ~= "number" then
      failure.misuse("%s takes a number, got %s", word, type(value))
    end
    return value * factor
  end
end

local function rounds(number)
  if math.type(number) ~= "integer" or number < 1 or number > 1000000 then
    failure.misuse("rounds takes a whole number from 1 to 1000000")
  end
  return setmetatable({ rounds = number }, Rounds)
end

local function text_of(seconds)
  for _, unit in ipairs { { 86400, "d" }, { 3600, "h" }, { 60, "min" } } do
    if seconds >= unit[1] and seconds % unit[1] == 0 then
      return ("%d %s"):format(seconds // unit[1], unit[2])
    end
  end
  return ("%.14g s"):format(seconds)
end

-- { us = instant, rounds = how many or nil, text = "5 min" }; of rounds those that are done, too.
local function deadline(limit, what)
  local now = host.now_us()
  if getmetatable(limit) == Rounds then
    local period = host.setting("bus.round_period") / 1000 + ROUND_LONGEST_S
    return {
      us = now + math.ceil(limit.rounds * period * 1e6), rounds = limit.rounds, done = 0,
      from = host.rounds(), boots = host.boots(),
      text = limit.rounds == 1 and "1 round" or limit.rounds .. " rounds",
    }
  end
  positive(limit, what)
  return { us = now + math.floor(limit * 1e6 + 0.5), text = text_of(limit) }
end

-- A webmanager that starts anew counts from 0, and what was done before it is done.
local function rounds_done(limit)
  if host.boots() ~= limit.boots then
    limit.boots, limit.from = host.boots(), -limit.done
  end
  limit.done = math.max(limit.done, host.rounds() - limit.from)
  return limit.done
end

local function has_passed(limit)
  return host.now_us() >= limit.us or limit.rounds and rounds_done(limit) >= limit.rounds or false
end

-- When a story of a board alone has taken `longest`, beside its settle(); nil: it has no such end.
-- Others took their time on the host, and that was not too long.
local ends_us

-- Lets time pass until the limit, or until a view is published.
local function advance(limit, word, until_us, stops_at_views)
  local end_us = word ~= "settle" and ends_us or math.huge
  local real_s = host.advance(math.min(until_us, end_us), stops_at_views)
  if real_s then
    failure.misuse("%s of %s had come to virtual %s after the time limit of %g s; " ..
      "shorten it, or raise --time-limit", word, limit.text, host.clock(host.now_us()), real_s)
  end
  local promise, verdict = host.verdict()
  if verdict then
    failure.raise(promise, { "  " .. verdict }, nil, true)
  end
  if host.now_us() >= end_us and not has_passed(limit) then
    failure.misuse("%s of %s: the scenario takes longer than %s; shorten it, or raise longest " ..
      "in the board's file", word, limit.text, text_of(host.settle_s))
  end
end

-- ---- time ---------------------------------------------------------------------------------

local looking -- the word whose function is looked at now; a look is of one instant

-- A step of the script, for the record of the run; a look is none.
local function step(word)
  if host.is_recording and not looking then
    host.mark(failure.where() .. " " .. word)
  end
end

local function need_outside_look(word)
  step(word)
  if looking then
    failure.misuse("%s inside the function of %s: a look is of one instant and takes no time; " ..
      "wait before it or after it", word, looking)
  end
end

-- One look of within or throughout: as xpcall.
local function look(word, fn)
  local mark = watch.open_mark()
  looking = word
  local ok, problem = xpcall(function()
    fn()
    watch.need_said(mark)
  end, failure.handle)
  looking = nil
  if not ok then
    watch.forget_open(mark)
  end
  return ok, problem
end

-- A look that says nothing would hold whatever happens.
local function need_looks(word, before)
  if watch.looks() == before then
    failure.misuse("the function of %s expects nothing; say in it what must hold, as in " ..
      "expect(plant):is_quiet()", word)
  end
end

local function wait(duration)
  need_outside_look("wait")
  local limit = deadline(duration, "wait")
  if not limit.rounds then
    advance(limit, "wait", limit.us, false)
  end
  while not has_passed(limit) do
    advance(limit, "wait", limit.us, true)
  end
end

local function settle()
  need_outside_look("settle")
  local limit, begun_us = deadline(host.settle_s, "settle"), host.now_us()
  while not host.is_complete() do
    if has_passed(limit) then
      failure.raise(("the webmanager running and every configured value measured within %s")
        :format(limit.text), { "  wrong " .. host.missing() })
    end
    advance(limit, "settle", limit.us, true)
  end
  ends_us = ends_us and ends_us + host.now_us() - begun_us
  traps.settled()
end

local function need_function(fn, what)
  if type(fn) ~= "function" then
    failure.misuse("%s takes a duration and a function, got %s", what, type(fn))
  end
end

-- Looks at once, at each new view, and at the deadline.
local function within(duration, fn)
  need_outside_look("within")
  need_function(fn, "within")
  local limit = deadline(duration, "within")
  local is_last = false
  while true do
    local mark, before = watch.try(), watch.looks()
    watch.set_trying(true)
    local ok, problem = look("within", fn)
    watch.set_trying(false)
    if ok then
      need_looks("within", before)
      watch.keep()
      return
    end
    if not failure.is_failure(problem) then
      error(problem, 0)
    end
    watch.give_back(mark)
    if is_last then
      problem.want = problem.want .. " within " .. limit.text
      error(problem, 0)
    end
    advance(limit, "within", limit.us, true)
    is_last = has_passed(limit)
  end
end

local function every_of(options)
  if options == nil then
    return nil
  end
  local name = type(options) == "table" and next(options)
  if name ~= "every" or next(options, name) ~= nil then
    failure.misuse("throughout's third argument is { every = seconds }")
  end
  local every_us = math.floor(positive(options.every, "every") * 1e6 + 0.5)
  if every_us < 1 then
    failure.misuse("every is 0.000001 s at least")
  end
  return every_us
end

-- Looks at once, at each new view or every so often, and at the end.
local function throughout(duration, fn, options)
  need_outside_look("throughout")
  need_function(fn, "throughout")
  local limit = deadline(duration, "throughout")
  local every_us, begun_us = every_of(options), host.now_us()
  local before = watch.looks()
  while true do
    local ok, problem = look("throughout", fn)
    if not ok then
      if failure.is_failure(problem) then
        problem.want = ("%s throughout %s; it held for %s"):format(problem.want, limit.text,
          text_of((host.now_us() - begun_us) / 1e6))
      end
      error(problem, 0)
    end
    if has_passed(limit) then
      need_looks("throughout", before)
      return
    end
    if every_us then
      advance(limit, "throughout", math.min(limit.us, host.now_us() + every_us), false)
    else
      advance(limit, "throughout", limit.us, true)
    end
  end
end

-- ---- trap receivers -----------------------------------------------------------------------

-- Receivers of the bench that a scenario may name in settings: as a text one is its address.
local receivers = {}
local receiver_numbers = setmetatable({}, { __mode = "k" })
local receiver_verbs = {}

function receivers.number_of(value)
  return receiver_numbers[value or 0]
end

function receiver_verbs.unplug(self)
  traps.plug(receiver_numbers[self], false)
end

function receiver_verbs.plug(self)
  traps.plug(receiver_numbers[self], true)
end

local function receiver_text(value)
  local number = receivers.number_of(value)
  return number and traps.address(number) or value
end

local Receiver = {
  __tostring = receiver_text,
  __concat = function(a, b) return receiver_text(a) .. receiver_text(b) end,
  __index = function(_, name)
    return receiver_verbs[name] or failure.unknown("verb of a trap receiver", tostring(name),
      { "latency = seconds", ":plug", ":unplug" })
  end,
  __newindex = function(self, name, value)
    if name ~= "latency" then
      failure.unknown("property of a trap receiver", tostring(name), { "latency" })
    elseif type(value) ~= "number" or not (value >= 0 and value <= 60) then
      failure.misuse("latency is in real seconds until an inform is acknowledged, 60 at most")
    end
    traps.delay(receiver_numbers[self], value)
  end,
  __metatable = false,
}

function receivers.new(number)
  if math.type(number) ~= "integer" or number < 1 or number > 7 then
    failure.misuse("trap_receiver takes a number from 1 to 7")
  end
  local receiver = setmetatable({}, Receiver)
  receiver_numbers[receiver] = number
  return receiver
end

-- ---- scenario -----------------------------------------------------------------------------

local defined = {} -- of this file, in order

local scenario_keys = {
  tags = "table", plant = "string", needs = "table", settings = "table", run = "function",
  allow = "string or table", uptime = "number",
}
-- What a scenario may need, and whether this board has it.
local needs_known = { virtual_time = not host.is_on_board, real_board = host.is_on_board,
  ipv6 = host.has_ip6 }

local function list_of_names(list, what)
  for key, value in pairs(list) do
    if math.type(key) ~= "integer" or type(value) ~= "string" then
      failure.misuse("%s is a list of names, as in { \"safety\" }", what)
    end
  end
  return failure.need_list(list, what)
end

local function setting_text(name, value)
  if receivers.number_of(value) then
    if not (type(name) == "string" and name:find("^snmp%.receiver_[1-8]_address$")) then
      failure.misuse("trap_receiver(%d) is for [\"snmp.receiver_1_address\"] and its like",
        receivers.number_of(value))
    end
    return tostring(value)
  elseif type(name) ~= "string" or type(value) ~= "string" and type(value) ~= "number" then
    failure.misuse("settings are pairs like [\"voltage.delay\"] = 30 or = \"open_breaker\"")
  end
  local text = type(value) == "number" and ("%.14g"):format(value) or value
  host.check_setting(name, text, failure.where())
  return text
end

local function settings_of(table_of)
  local list = {}
  for name, value in pairs(table_of) do
    list[#list + 1] = { name = name, text = setting_text(name, value) }
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

local function check_definition(definition)
  if type(definition) ~= "table" then
    failure.misuse("scenario \"name\" takes a table: { plant = \"...\", run = function(plant) }")
  end
  for key, value in pairs(definition) do
    if scenario_keys[key] == nil then
      local known = {}
      for name in pairs(scenario_keys) do
        known[#known + 1] = name
      end
      failure.unknown("key in a scenario", key, known)
    elseif not scenario_keys[key]:find(type(value), 1, true) then
      failure.misuse("%s is a %s, got %s", key, scenario_keys[key], type(value))
    end
  end
  for _, key in ipairs { "plant", "run" } do
    if definition[key] == nil then
      failure.misuse("a scenario needs %s", key)
    end
  end
end

local function skip_reason(needs)
  for _, need in ipairs(list_of_names(needs, "needs")) do
    if needs_known[need] == nil then
      failure.unknown("need", need, { "virtual_time", "real_board", "ipv6" })
    elseif not needs_known[need] then
      return "needs " .. need
    end
  end
end

local function is_among(needs, wanted)
  for _, need in ipairs(needs) do
    if need == wanted then
      return true
    end
  end
  return false
end

local is_playing = false

local function scenario(name)
  if is_playing then
    failure.misuse("a scenario inside another's run is never played; write it beside the other")
  end
  if type(name) ~= "string" or name:find("^%s*$") or name:find("%c") then
    failure.misuse("a scenario's name is one line of text")
  end
  for _, other in ipairs(defined) do
    if other.name == name then
      failure.misuse("a scenario '%s' is there already, at %s; give each its own name", name,
        other.where)
    end
  end
  -- Known from here on, so that a name without its table is noticed.
  local entry = { name = name, where = failure.where() }
  defined[#defined + 1] = entry
  return function(definition)
    check_definition(definition)
    entry.where = failure.where()
    entry.tags = list_of_names(definition.tags or {}, "tags")
    entry.skip = skip_reason(definition.needs or {})
    entry.is_ip6 = is_among(definition.needs or {}, "ipv6") -- its SNMP goes over ::1
    entry.needs_board = is_among(definition.needs or {}, "real_board")
    entry.settings = settings_of(definition.settings or {})
    local allow = definition.allow or {}
    entry.allow = list_of_names(type(allow) == "string" and { allow } or allow, "allow")
    entry.uptime_ms = math.floor(positive(definition.uptime or 0, "uptime") * 1000 + 0.5)
    entry.plant, entry.run = definition.plant, definition.run
  end
end

-- define_verb("module", "overheat", function(module, options) ... end): for this file's scenarios.
local function define_verb(...)
  if is_playing then
    failure.misuse("define_verb belongs beside the scenarios of a file, not inside a run")
  end
  local why = host.define_verb(...)
  if why then
    failure.misuse("%s", why)
  end
end

-- ---- what a file sees ---------------------------------------------------------------------

local function copy_of(library, without)
  local copy = {}
  for name, value in next, library do
    copy[name] = value
  end
  copy[without or 1] = nil
  return copy
end

-- Text of a value without its address, which differs from run to run.
local function plain_text(value)
  local text = tostring(value)
  return string.find(text, "^[%a ]+: 0x%x+$") and type(value) ~= "string" and type(value) or text
end

-- The string library with texts like that; a copy for files, since they may change it.
local texts = copy_of(string)
function texts.format(form, ...)
  if type(form) == "string" and string.find((string.gsub(form, "%%%%", "")), "%%[-+ #0]*%d*p") then
    failure.misuse("%%p shows an address, which differs from run to run; leave it out")
  end
  local values = table.pack(...)
  for i = 1, values.n do
    local kind = type(values[i])
    if kind == "table" or kind == "function" or kind == "userdata" or kind == "thread" then
      values[i] = plain_text(values[i])
    end
  end
  return string.format(form, table.unpack(values, 1, values.n))
end
getmetatable("").__index = texts

-- What a file prints while it loads belongs to no scenario.
local function print_playing(...)
  local values = table.pack(...)
  for i = 1, values.n do
    values[i] = plain_text(values[i])
  end
  if is_playing then
    print(table.concat(values, "\t"))
  end
end

-- A value of the plant stands for its number wherever Lua itself takes one.
local function number_of(value)
  local kind = type(value)
  if (kind == "userdata" or kind == "table") and host.reference(value) then
    return value.value
  end
  return value
end

local numbers = copy_of(math, "randomseed")
for name, fn in next, numbers do
  if type(fn) == "function" and name ~= "type" then
    numbers[name] = function(...)
      local values = table.pack(...)
      for i = 1, values.n do
        values[i] = number_of(values[i])
      end
      return fn(table.unpack(values, 1, values.n))
    end
  end
end

-- ---- the operator -------------------------------------------------------------------------

-- operator "breaker open 1": a request that must be obeyed. What it said, line by line, each as
-- its words.
local operator = setmetatable({
  snmp = manager.operator,
  -- The same, where a refusal is fine: then is_ok is false, and there are code and text.
  try = function(_, line)
    step "operator"
    return console.request(console.need_request(line, "operator:try"))
  end,
  -- Bytes without the end of a line: a request that is not finished.
  types = function(_, bytes)
    if type(bytes) ~= "string" or bytes:find("[\r\n]") then
      failure.misuse("operator:types takes a part of one line")
    end
    step "operator"
    console.begin(bytes)
  end,
}, {
  __call = function(_, line)
    step "operator"
    local answer = console.request(console.need_request(line, "operator"))
    if not answer.is_ok then
      failure.raise(("operator %q is obeyed"):format(line),
        { "  wrong " .. console.answer_text(answer) })
    end
    return answer
  end,
  __newindex = function() failure.misuse("operator cannot be changed") end,
  __metatable = false,
})

local words = {
  scenario = scenario, settle = settle, wait = wait, within = within, throughout = throughout,
  operator = operator, trap_receiver = receivers.new, define_verb = define_verb,
  faults = host.faults,
  note = function(text) host.note(plain_text(text)) end,
  seconds = times("seconds", 1), minutes = times("minutes", 60), hours = times("hours", 3600),
  days = times("days", 86400), rounds = rounds, expect = watch.expect, print = print_playing,
  -- The seed of the run is math.random's too.
  math = numbers, string = copy_of(texts), table = copy_of(table),
  ipairs = ipairs, pairs = host.order.pairs, next = host.order.next, select = select, type = type,
  tostring = plain_text,
  tonumber = function(value, ...) return tonumber(number_of(value), ...) end,
  error = error, assert = assert,
}

language.environment = setmetatable({}, {
  __index = function(_, name)
    local value = words[name]
    if value == nil then
      local known = {}
      for word in pairs(words) do
        known[#known + 1] = word
      end
      if name == "plant" then
        failure.misuse(is_playing and "the plant is what run is given: run = function(plant)" or
          "this is a plant; play a scenario that says plant = \"NAME\", or serve it")
      end
      failure.unknown("global", name, known)
    end
    return value
  end,
  __newindex = function(_, name)
    failure.misuse("globals are read-only; write: local %s = ...", tostring(name))
  end,
  __metatable = false,
})

-- ---- what the program calls ---------------------------------------------------------------

-- Runs a file's chunk; true and the list of scenarios, or false and what is wrong.
function language.load(chunk)
  local ok, problem = xpcall(chunk, failure.handle)
  if not ok then
    if failure.is_failure(problem) then
      return false, problem.where .. ": nothing can be expected outside a scenario's run"
    end
    return false, (failure.problem_text(problem))
  end
  for _, each in ipairs(defined) do
    if not each.run then
      return false, ("%s: scenario \"%s\" has no table; write: scenario \"%s\" { ... }"):format(
        each.where, each.name, each.name)
    end
  end
  return true, defined
end

-- Plays a scenario: "passed", "failed", "judged" (failed by the board's judge) or "error"; one
-- line; where (of a failure); the report.
function language.play(number, plant)
  local entry = defined[number]
  is_playing = true
  local ok, problem = xpcall(function()
    traps.begin()
    ends_us = entry.needs_board and host.now_us() + math.floor(host.settle_s * 1e6) or nil
    entry.run(plant)
    watch.need_said(0)
    watch.patient(traps.account)(entry.where) -- a trap may be under way
    watch.finish()
  end, failure.handle)
  if ok and watch.count() == 0 then
    return "failed", "asserted nothing", ("at   %s\nwant at least one expectation\nsaw  none; " ..
      "say what an outsider must see, as in expect(plant):is_quiet()"):format(entry.where)
  elseif ok then
    return "passed", "", ""
  elseif not failure.is_failure(problem) then
    return "error", failure.problem_text(problem)
  end
  local lines = {
    ("at   %s, virtual %s"):format(problem.where, host.clock(problem.at_us)),
    "want " .. problem.want,
  }
  for i, text in ipairs(problem.saw) do
    lines[#lines + 1] = (i == 1 and "saw" or "   ") .. text:sub(1)
  end
  local told, restarts = pcall(traps.restarts)
  if host.is_on_board and told and restarts > 0 then
    lines[#lines + 1] = ("     the board has restarted by itself, %d time%s; look after its " ..
      "supply, its watchdog and its log"):format(restarts, restarts > 1 and "s" or "")
  end
  if problem.disagree then
    lines[#lines + 1] = "     the windows disagree"
  end
  local outcome = problem.is_judged and "judged" or "failed"
  return outcome, problem.want, table.concat(lines, "\n")
end

function language.count()
  return watch.count()
end

-- Nothing typed may pass time or expect: that is a scenario's.
local not_typed = {
  scenario = true, settle = true, wait = true, within = true, throughout = true, note = true,
  expect = true, rounds = true, operator = true, trap_receiver = true, define_verb = true,
}

-- Nothing typed may keep the service from its clients: not in C either, where no hook looks.
local TYPED_STEPS, TYPED_TEXT, TYPED_LIST = 1e6, 100000, 1000

local typed_texts = copy_of(texts)

-- Each repeat of a pattern may try every length of the text, from every place in it.
local function bounded_pattern(name)
  return function(text, pattern, ...)
    local plain, repeats = string.gsub(tostring(pattern), "[-*+?]", "")
    local _, pairs_of = string.gsub(plain, "%%b", "")
    repeats = repeats + pairs_of
    local each = 1 + #plain // 100 -- a set of characters is looked through for each
    if type(text) == "string" and (#text + 1.0) ^ (repeats + 1) * each > TYPED_STEPS then
      error(("string.%s: too long a text for a pattern with %d repeats"):format(name, repeats), 0)
    end
    return texts[name](text, pattern, ...)
  end
end
for _, name in ipairs { "find", "match", "gmatch", "gsub" } do
  typed_texts[name] = bounded_pattern(name)
end
function typed_texts.rep(text, count, between)
  local size = #tostring(text) + #tostring(between or "")
  count = math.tointeger(tonumber(count)) or count
  if type(count) == "number" and (count > TYPED_TEXT or count * size > TYPED_TEXT) then
    error(("string.rep: the text would be longer than %d bytes"):format(TYPED_TEXT), 0)
  end
  return texts.rep(text, count, between)
end

-- Each moves all that is behind its place.
local typed_tables = copy_of(table, "move")
for _, name in ipairs { "insert", "remove" } do
  typed_tables[name] = function(list, place, ...)
    if type(list) == "table" and #list > TYPED_LIST and place ~= nil and
      (name == "remove" or select("#", ...) > 0) then
      error(("table.%s: in a list of more than %d, at its end only"):format(name, TYPED_LIST), 0)
    end
    return table[name](list, place, ...)
  end
end

local typed_words = { string = typed_texts, table = typed_tables, print = print }

-- Runs one typed line on the plant; true and its results as text, or false and what is wrong.
function language.typed(line, plant)
  local environment = setmetatable({ plant = plant }, {
    __index = function(_, name)
      if words[name] == nil or not_typed[name] then
        error(("no global '%s'; known: plant, minutes, hours, ... and Lua's own"):format(name), 0)
      end
      return typed_words[name] or words[name]
    end,
    __newindex = function(_, name)
      error(("globals are read-only: push the plant instead of setting %s"):format(name), 0)
    end,
  })
  local chunk = load("return " .. line, "=typed", "t", environment)
  local problem
  if not chunk then
    chunk, problem = load(line, "=typed", "t", environment)
  end
  if not chunk then
    return false, problem
  end
  getmetatable("").__index = typed_texts
  host.limit_steps(true)
  local results = table.pack(pcall(chunk))
  host.limit_steps(false)
  getmetatable("").__index = texts
  local texts = {}
  for i = 2, results.n do
    texts[#texts + 1] = tostring(results[i])
  end
  return results[1], table.concat(texts, "\t")
end

return language
