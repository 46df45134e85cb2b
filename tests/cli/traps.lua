-- traps.lua — the account of the traps: what must be told as wrong, and what must not. Runs under
-- plain Lua from the top of the tree; the trap receivers and the alarm table are made up here.

local queue, rows, starts, texts, now_us, uptime_ms = {}, {}, 1, {}, 0, 0

local host = {
  alarms_known = {
    { name = "voltage", number = 4 }, { name = "voltage_high", number = 6 },
    { name = "temperature_high", number = 8 }, { name = "initializing", number = 19 },
  },
  settings = {}, texts = {}, standard = {}, points = {},
  now_us = function() return now_us end,
  uptime_ms = function() return uptime_ms end,
  boots = function() return starts end,
  is_on = function() return true end,
  text = function(name) return texts[name] or "" end,
  setting_is = function(name, value) texts[name] = value end,
  receiver_address = function(number) return "127.0.0.1:" .. 1000 + number end,
  receiver = function() end,
  alarms = function() return rows end,
  traps = function()
    local new = queue
    queue = {}
    return new, 0
  end,
}

local function load_part(name, ...)
  return assert(loadfile("harness/lua/" .. name))(...)
end

local function traps_new()
  local failure = load_part("failure.lua", host)
  local console = load_part("console.lua", host, failure)
  local windows = { alarm_rows = function() return rows end }
  return load_part("traps.lua", host, windows, failure, console), console
end

-- "+2:6@100": row 2 of alarm 6 was added at uptime 100; "-" removed; "cold", "auth". A number in
-- front and a blank name the receiver.
local function trap(text)
  local receiver, what = text:match("^(%d) (.*)$")
  local sign, id, number, uptime = (what or text):match("^([+-])(%d+):(%d+)@(%d+)$")
  local kinds = { ["+"] = "added", ["-"] = "removed", cold = "coldStart",
    auth = "authenticationFailure" }
  local other, at = (what or text):match("^(%a+)@(%d+)$")
  return {
    receiver = tonumber(receiver or 0), version = "v2c", who = "public", is_inform = false,
    kind = kinds[sign or other] or "other",
    id = tonumber(id or 0), number = tonumber(number or 0), uptime = tonumber(uptime or at),
  }
end

local function send(list)
  for _, text in ipairs(list) do
    queue[#queue + 1] = type(text) == "string" and trap(text) or text
  end
end

-- { { id, number, time } ... } as the table's rows.
local function table_is(list)
  rows = {}
  for i, row in ipairs(list) do
    rows[i] = { id = row[1], number = row[2], time = row[3] }
  end
end

local checks = 0

-- wanted: part of what is told; nil: nothing is.
local function account(traps, wanted, name)
  local ok, problem = pcall(traps.account, "here")
  local saw = not ok and type(problem) == "table" and table.concat(problem.saw, "; ") or
    not ok and tostring(problem) or nil
  checks = checks + 1
  if (wanted == nil) ~= (saw == nil) or wanted and not saw:find(wanted, 1, true) then
    error(("%s: told %s; wanted %s"):format(name, tostring(saw), tostring(wanted)), 2)
  end
end

-- { name, traps, rows at the end, what is told; settled: rows then, with that many traps before }
local function play(case)
  now_us, uptime_ms = (case.days or 1) * 86400000000, (case.uptime_days or 0) * 86400000
  starts, texts = case.starts or 1, { ["snmp.receiver_8_address"] = "127.0.0.1:1000" }
  local traps = traps_new()
  queue = {}
  traps.begin()
  if case.settled then
    send { table.unpack(case[2], 1, case.before) }
    table_is(case.settled)
    traps.settled()
  end
  send { table.unpack(case[2], (case.before or 0) + 1) }
  table_is(case[3])
  account(traps, case[4], case[1])
end

local at_start = { { 2, 4, 0 }, { 3, 6, 0 } }

for _, case in ipairs {
  { "a quiet run", { "cold@0" }, {} },
  { "one that comes and goes", { "cold@0", "+2:6@10", "-2:6@20", "+3:6@30", "-3:6@30" }, {} },
  { "one that stays", { "cold@0", "+2:6@10", "+3:4@10" }, { { 2, 6, 10 }, { 3, 4, 10 } } },
  { "one of the start that stays", { "cold@0" }, at_start },
  { "one of the start that goes", { "cold@0", "-2:4@9", "+4:8@9" }, { { 3, 6, 0 }, { 4, 8, 9 } } },
  { "still initializing", { "cold@0" }, { { 1, 19, 0 }, { 2, 4, 60 } } },
  { "two lives", { "cold@0", "+2:6@10", "cold@0", "+2:4@5" }, { { 2, 4, 5 } }, starts = 2 },
  { "uptime goes round", { "cold@0", "+2:6@4294967290", "-2:6@4" }, {}, days = 498 },
  { "uptime cannot have gone round", { "cold@0", "+2:6@4294967290", "-2:6@4" }, {},
    "wanted no uptime below 4294967290", days = 497 },
  { "uptime goes round soon after a late begin", { "cold@0", "+2:6@4294967290", "-2:6@4" }, {},
    uptime_days = 497, days = 1 },
  { "the second life begins at 0", { "cold@0", "cold@0", "+2:6@4294967290", "-2:6@4" }, {},
    "wanted no uptime below 4294967290", uptime_days = 497, days = 1, starts = 2 },
  { "strangers", { "cold@0", "auth@10", "+2:6@10", "auth@90" }, { { 2, 6, 10 } } },
  { "settled with one of the start", { "cold@0", "-3:6@50" }, { { 2, 4, 0 } }, nil,
    settled = at_start, before = 1 },

  { "no coldStart", {}, {}, "0 starts with a coldStart, wanted 1" },
  { "not first", { "+2:6@10" }, { { 2, 6, 10 } }, "wanted coldStart first" },
  { "twice", { "cold@0", "cold@0" }, {}, "coldStart at uptime 0: wanted once a start" },
  { "late", { "cold@500" }, {}, "wanted at the start" },
  { "one start untold", { "cold@0" }, {}, "1 starts with a coldStart, wanted 2", starts = 2 },
  { "of no kind", { "cold@0", "what@9" }, {}, "wanted coldStart, authenticationFailure or a row" },
  { "added twice", { "cold@0", "+2:6@10", "+2:6@10" }, { { 2, 6, 10 } }, "it was added before" },
  { "removed twice", { "cold@0", "+2:6@1", "-2:6@2", "-2:6@2" }, {}, "it was removed before" },
  { "a gap", { "cold@0", "+2:6@1", "+4:4@2" }, { { 2, 6, 1 }, { 4, 4, 2 } }, "wanted id 3 next" },
  { "an id used again", { "cold@0", "+3:6@1", "-3:6@2", "+2:6@3" }, { { 2, 6, 3 } },
    "wanted id 4 next" },
  { "removed, never added", { "cold@0", "+2:6@1", "-3:4@2" }, { { 2, 6, 1 } },
    "it was never added" },
  { "removed as another", { "cold@0", "+2:6@1", "-2:4@2" }, {}, "it was added as voltage_high" },
  { "a second row of a kind", { "cold@0", "+2:6@1", "+3:6@2" }, { { 2, 6, 1 }, { 3, 6, 2 } },
    "row 2 tells of it already" },
  { "uptime falls", { "cold@0", "+2:6@9", "-2:6@8" }, {}, "wanted no uptime below 9" },
  { "the row of initializing", { "cold@0", "+2:19@9", "-2:19@9", "+3:6@9" }, { { 3, 6, 9 } },
    "wanted one of bacsWellKnownAlarms but bacsAlarmInitializing" },
  { "no Removed", { "cold@0", "+2:6@1" }, {}, "is not in the table, wanted its Removed" },
  { "no Added", { "cold@0" }, { { 2, 6, 7 } }, "is in the table, wanted its Added" },
  { "no Added, as if of the start", { "cold@0", "+2:6@1" }, { { 2, 6, 1 }, { 3, 4, 0 } },
    "is in the table, wanted its Added" },
  { "a row that was removed", { "cold@0", "+2:6@1", "-2:6@2" }, { { 2, 6, 1 } },
    "wanted it gone: Removed was told" },
  { "a row of another kind", { "cold@0", "+2:6@1" }, { { 2, 4, 1 } }, "was added as voltage_high" },
  { "a row's time", { "cold@0", "+2:6@1" }, { { 2, 6, 2 } },
    "its time is 2, wanted that of its Added, 1" },
  { "of the start, and gone", { "cold@0" }, { { 2, 4, 0 } },
    "row 3, voltage_high, that was there when it settled: is gone, wanted its Removed",
    settled = at_start, before = 1 },
  { "of the start, and added", { "cold@0", "+3:6@9", "-3:6@20" }, { { 2, 4, 0 } },
    "it was there at the start, and is told of only when it goes", settled = at_start, before = 1 },
  { "never there", { "cold@0", "-4:8@50" }, at_start,
    "it was not there at the start, and was never added", settled = at_start, before = 1 },
  { "added before it settled, untold", { "cold@0" }, { { 2, 4, 30 } },
    "is in the table, wanted its Added", settled = {}, before = 1 },
} do
  play(case)
end

-- ---- other receivers ----------------------------------------------------------------------

-- Receiver 1 in the first place of the settings while `told` is sent, or unplugged.
local function play_other(name, told, wanted, how)
  starts, now_us = 1, 0
  texts = { ["snmp.receiver_8_address"] = "127.0.0.1:1000",
    ["snmp.receiver_1_address"] = how ~= "later" and "127.0.0.1:1001" or nil }
  local traps, console = traps_new()
  queue = {}
  traps.begin()
  if how == "unplugged" then
    send { "cold@0", "1 cold@0" }
    traps.plug(1, false)
    send { "+2:6@10" }
    traps.plug(1, true)
  elseif how == "later" then
    send { "cold@0", "+2:6@10" }
    console.has_set("snmp.receiver_1_address", "127.0.0.1:1001")
  end
  send(told)
  table_is { { 2, 6, 10 } }
  account(traps, wanted, name)
end

local both = { "cold@0", "1 cold@0", "+2:6@10", "1 +2:6@10" }
play_other("the same", both)
play_other("what is missing", { "cold@0", "1 cold@0", "+2:6@10" },
  "receiver 1: added voltage_high (id 2) at uptime 10: wanted, and never came")
play_other("what is doubled", { "1 +2:6@10", table.unpack(both) },
  "receiver 1: added voltage_high (id 2) at uptime 10: came, and nobody was told it then")
play_other("another order", { "cold@0", "1 +2:6@10", "1 cold@0", "+2:6@10" },
  "receiver 1: added voltage_high (id 2): came before coldStart, wanted it after")
play_other("another time", { "cold@0", "1 cold@0", "+2:6@10", "1 +2:6@11" }, "receiver 1: added")
play_other("from when it was named", { "+3:4@20", "1 +3:4@20", "-3:4@30", "1 -3:4@30" }, nil,
  "later")
play_other("from when it was named, and one is missing", { "+3:4@20", "-3:4@30", "1 -3:4@30" },
  "receiver 1: added voltage (id 3) at uptime 20: wanted, and never came", "later")
play_other("unplugged, and told nothing", {},
  "trap_receiver(1) was unplugged, and was told nothing", "unplugged")
local unheard = trap "1 +2:6@10"
unheard.is_unheard = true
play_other("unplugged for a while",
  { unheard, "+3:4@20", "1 +3:4@20", "-3:4@30", "1 -3:4@30" }, nil, "unplugged")
play_other("an inform that came in the end", { unheard, "1 +2:6@10" }, nil, "unplugged")
play_other("an inform that came twice", { unheard, "1 +2:6@10", "1 +2:6@10" },
  "came, and nobody was told it then", "unplugged")

print(("%d checks passed"):format(checks))
