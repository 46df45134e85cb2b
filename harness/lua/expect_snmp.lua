-- expect_snmp.lua — what managers and trap receivers see: who is answered, what may be set, which
-- traps came.

local host, windows, failure, ledger, watch, traps, manager = ...

local judge, with_methods = watch.judge, watch.with_methods

-- ---- who is answered ----------------------------------------------------------------------

-- Words beside those of a manager: the object that it asks for.
local function asked_object(who)
  local name, row = who.object or "sysUpTime", who.row
  if type(name) ~= "string" or row ~= nil and math.type(row) ~= "integer" then
    failure.misuse("object is a name, and row of a column a number")
  end
  local oid, problem = windows.object_oid(name, row)
  return oid or failure.misuse("%s", problem), name .. (row and "." .. row or "")
end

local function who_text(who)
  local name = who.user and "user " .. who.user or ("community %q"):format(who.community)
  local level = who.level and ", " .. who.level or ""
  return (who.version and who.version .. " " or "") .. name .. level ..
    (who.from and " from " .. who.from or "")
end

local function judge_reply(want, reply, ok)
  judge(want, { { ok = ok, text = reply.is_ok and ("answered: %s"):format(tostring(reply[1])) or
    reply.text } })
end

local as_methods = {
  is_answered = function(as)
    local reply = as.ask()
    judge_reply(as.text .. " is answered", reply, reply.is_ok)
    ledger.answered(as.who)
  end,
  is_silent = function(as)
    local reply = as.ask()
    judge_reply(as.text .. " gets silence", reply, reply.code == "noAnswer")
  end,
  is_refused = function(as, code)
    manager.need_code(code, "error")
    local reply = as.ask()
    judge_reply(("%s is refused: %s"):format(as.text, code), reply, reply.code == code)
  end,
  is = function(as, wanted)
    local reply = as.ask()
    wanted = type(wanted) == "number" and math.tointeger(wanted) or wanted
    judge_reply(("%s reads %s of %s"):format(as.text, tostring(wanted), as.object), reply,
      reply.is_ok and reply[1] == wanted)
    ledger.answered(as.who)
  end,
}

-- { community or user, ..., object = "sysName", row = 1 }: asked anew at each look.
local function expect_snmp_as(who)
  if type(who) ~= "table" then
    failure.misuse("expect.snmp_as takes a manager: { community = \"x\" } or { user = \"joe\" }")
  end
  local oid, name = asked_object(who)
  local plain = {}
  for key, value in pairs(who) do
    plain[key] = key ~= "object" and key ~= "row" and value or nil
  end
  local asker = manager.asker(plain)
  return with_methods("a manager", as_methods, {
    who = plain, text = who_text(plain), object = name,
    ask = function() return manager.get(asker, oid, name) end,
  })
end

-- ---- what may be set ----------------------------------------------------------------------

local set_methods = {
  is_ok = function(set)
    local reply = set.ask()
    judge(set.text .. " is set", { { ok = reply.is_ok, text = reply.text } })
    ledger.answered(set.who)
  end,
  -- object: the name at fault, where it is asked for.
  is_refused = function(set, code, object)
    manager.need_code(code, "error")
    local reply = set.ask()
    local is_object = object == nil or reply.object == object
    judge(("%s is refused: %s%s"):format(set.text, code, object and " " .. object or ""),
      { { ok = reply.code == code and is_object, text = reply.text } })
  end,
}

local function wishes_text(wishes)
  local names = {}
  for key, value in pairs(type(wishes) == "table" and wishes or {}) do
    names[#names + 1] = type(value) == "table" and tostring(value[1]) or tostring(key)
  end
  table.sort(names)
  return #names > 4 and ("%s and %d more"):format(table.concat(names, ", ", 1, 3), #names - 3) or
    table.concat(names, ", ")
end

local function expect_snmp_set(wishes, who)
  local asker = who ~= nil and manager.asker(who) or nil
  return with_methods("a SET", set_methods, {
    who = who or {}, text = ("%s by %s"):format(wishes_text(wishes),
      who and who_text(who) or "the write community"),
    ask = function() return manager.set(asker, wishes, "expect.snmp_set") end,
  })
end

-- ---- traps --------------------------------------------------------------------------------

local taken_log = {} -- so that `within` can take a try back

traps.on_arrival(function(trap)
  if trap.kind == "added" or trap.kind == "removed" then
    ledger.arrived(trap.kind, trap.name)
  elseif trap.kind ~= "other" then
    ledger.arrived("told", trap.kind)
  end
end)

local TOLD = { coldStart = true, authenticationFailure = true }
local VERSIONS = { v1 = true, v2c = true, v3 = true }
local KINDS = { trap = false, inform = true } -- -> is_inform
local wish_keys = { "added", "removed", "told", "receiver", "version", "kind", "community", "user",
  "level", "is_repeated" }

local function need_alarm(name)
  local alarm = watch.find_alarm(name)
  if alarm.number == 0 then
    failure.misuse("no trap tells of %s: it has no row in the alarm table; ask for system_error",
      alarm.name)
  end
  return alarm
end

local function need_receiver(number)
  if number ~= nil and (math.type(number) ~= "integer" or number < 1 or number > 7) then
    failure.misuse("receiver is the number of a trap_receiver, from 1 to 7")
  end
  return number or 0
end

local function one_of(list, name, what)
  if name ~= nil and list[name] == nil then
    local known = {}
    for each in pairs(list) do
      known[#known + 1] = each
    end
    failure.unknown(what, tostring(name), known)
  end
end

-- "x", { added = "x" }, { removed = "x" } or { told = "coldStart" }, and how it came.
local function trap_wish(what)
  local wish = type(what) == "string" and (TOLD[what] and { told = what } or { added = what }) or
    what
  if type(wish) ~= "table" then
    failure.misuse("a trap is an alarm's name, { added = \"name\" }, { removed = \"name\" } or " ..
      "{ told = \"coldStart\" }; got %s", type(what))
  end
  local known = {}
  for _, key in ipairs(wish_keys) do
    known[key] = true
  end
  for key in pairs(wish) do
    one_of(known, key, "word about a trap")
  end
  local kind, kinds = nil, 0
  for _, each in ipairs { "added", "removed", "told" } do
    kind, kinds = wish[each] and each or kind, kinds + (wish[each] and 1 or 0)
  end
  if kinds ~= 1 then
    failure.misuse("a trap is an alarm's name, or has one of { added = \"name\" }, " ..
      "{ removed = \"name\" } and { told = \"coldStart\" }")
  end
  one_of(VERSIONS, wish.version, "version of SNMP")
  one_of(KINDS, wish.kind, "kind of trap")
  local alarm
  if kind == "told" then
    one_of(TOLD, wish.told, "notification")
  else
    alarm = need_alarm(wish[kind])
  end
  return { wish = wish, kind = kind, name = alarm and alarm.name or wish.told,
    receiver = need_receiver(wish.receiver),
    text = kind == "told" and wish.told or ("%s %s"):format(kind, alarm.name) }
end

local function is_like(trap, wish)
  local how = wish.wish
  local is_kind = wish.kind == "told" and trap.kind == wish.name or
    trap.kind == wish.kind and trap.name == wish.name
  return is_kind and (how.version == nil or how.version == trap.version) and
    (how.kind == nil or KINDS[how.kind] == trap.is_inform) and
    (how.community == nil or trap.version ~= "v3" and how.community == trap.who) and
    (how.user == nil or trap.version == "v3" and how.user == trap.who) and
    (how.level == nil or how.level == trap.level)
end

local function how_text(trap)
  return ("%s by %s %s of %s"):format(trap.text, trap.version, trap.is_inform and "inform" or
    "trap", trap.who) .. (trap.repeats > 0 and (" and %d times more"):format(trap.repeats) or "")
end

local function waiting_text(number)
  local waiting = {}
  for _, trap in ipairs(traps.log(number)) do
    if not trap.taken and trap.kind ~= "coldStart" then
      waiting[#waiting + 1] = number == 0 and trap.text or how_text(trap)
    end
  end
  local whose = number == 0 and "traps: " or ("traps of receiver %d: "):format(number)
  return whose .. (#waiting > 0 and table.concat(waiting, ", ") or "none")
end

-- The first that was not used up; after: only behind this one.
local function find(wish, after)
  local is_behind = after == nil
  for _, trap in ipairs(traps.log(wish.receiver)) do
    if is_behind and not trap.taken and is_like(trap, wish) then
      return trap
    end
    is_behind = is_behind or trap == after
  end
end

local function use_up(trap, wish)
  trap.taken = true
  taken_log[#taken_log + 1] = trap
  ledger.trap(wish.kind, wish.name)
end

-- Gives the trap's sysUpTime, in hundredths of a second, and the alarm's id.
local function expect_trap(what)
  local wish = trap_wish(what)
  traps.await(wish.receiver, function() return find(wish) ~= nil end)
  local trap = find(wish)
  local is_repeated = trap and (not wish.wish.is_repeated or traps.await_repeat(trap))
  judge("a trap: " .. wish.text .. (wish.wish.is_repeated and ", and repeated" or ""),
    { { ok = trap ~= nil and is_repeated, text = waiting_text(wish.receiver) } })
  use_up(trap, wish)
  return trap.uptime, trap.id
end

-- Each came after the one before it; whatever came between.
local function expect_traps_in_order(list)
  if type(list) ~= "table" or #failure.need_list(list, "expect.traps_in_order") < 2 then
    failure.misuse("expect.traps_in_order takes a list of traps, two at least")
  end
  local wishes, found, texts = {}, {}, {}
  for i, what in ipairs(list) do
    wishes[i] = trap_wish(what)
    texts[i] = wishes[i].text
    if wishes[i].receiver ~= wishes[1].receiver then
      failure.misuse("traps of one receiver have an order; name the same in all of them")
    end
  end
  for i, wish in ipairs(wishes) do
    traps.await(wish.receiver, function() return find(wish, found[i - 1]) ~= nil end)
    found[i] = find(wish, found[i - 1])
    if not found[i] then
      break
    end
  end
  judge("traps in order: " .. table.concat(texts, ", "), { { ok = #found == #wishes,
    text = #found == #wishes and "all of them" or ("no %s behind the %d before it; %s"):format(
      texts[#found + 1], #found, waiting_text(wishes[1].receiver)) } })
  for i, trap in ipairs(found) do
    use_up(trap, wishes[i])
  end
end

local count_methods = {
  is = function(counted, wanted)
    if math.type(wanted) ~= "integer" or wanted < 0 then
      failure.misuse("expect.trap_count(...):is takes a whole number")
    end
    local function count()
      local number = 0
      for _, trap in ipairs(traps.log(counted.wish.receiver)) do
        number = number + (is_like(trap, counted.wish) and 1 or 0)
      end
      return number
    end
    traps.await(counted.wish.receiver, function() return count() >= wanted end)
    local number = count()
    judge(("%d traps: %s"):format(wanted, counted.wish.text),
      { { ok = number == wanted, text = ("%d so far"):format(number) } }, nil, number == 0)
  end,
}

-- Of all that came, used up or not.
local function expect_trap_count(what)
  return with_methods("a count of traps", count_methods, { wish = trap_wish(what) })
end

local function expect_no_trap(number)
  if number ~= nil and math.type(number) ~= "integer" then
    failure.misuse("expect.no_trap() takes nothing, or the number of a receiver: it means no " ..
      "trap of any kind")
  end
  number = need_receiver(number)
  traps.fetch()
  local left = false
  for _, trap in ipairs(traps.log(number)) do
    left = left or not trap.taken and trap.kind ~= "coldStart"
  end
  -- Before the webmanager runs there is no alarm that could have sent one.
  judge("no trap", { { ok = not left, text = waiting_text(number) } }, nil, not host.is_complete())
end

watch.add {
  snmp_as = expect_snmp_as,
  snmp_set = expect_snmp_set,
  trap = expect_trap,
  traps_in_order = expect_traps_in_order,
  trap_count = expect_trap_count,
  no_trap = expect_no_trap,
}

watch.watch_traps {
  mark = function() return #taken_log end,
  give_back = function(mark)
    while #taken_log > mark do
      table.remove(taken_log).taken = false
    end
  end,
}
