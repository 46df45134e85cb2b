-- traps.lua — what the trap receivers of the bench got, and an outsider's account of it: every row
-- of the alarm table told once when it comes and once when it goes, in order (decisions S7, S8).
--
-- Receiver 0 is the bench's own; the others are compared with it. A coldStart begins a life of the
-- webmanager: ids count from 1 again, and uptimes from 0.

local host, windows, failure, console = ...
local traps = {}

local RECEIVERS = 8 -- the bench's own and those that scenarios may use
local INITIALIZING = 19
local COLD_START_MAX = 100 -- uptime of a coldStart, 0.01 s
-- Real seconds for an inform that is under way: it is sent again three times.
local UNDER_WAY_S = 5

-- log: what came, in order. All positions count what receiver 0 got before:
--   listens: what the settings name it for, { from, to or nil }
--   unplugged: likewise
local receivers = {}
local snapshots = {} -- start -> { rows at settle(), position }
local problems = {} -- that no account of a log finds
local first_start = 1 -- 0: the webmanager was on before the bench came, with a start nobody heard
local names -- number -> name of the alarm

local function receiver_of(number)
  if not receivers[number] then
    receivers[number] = { number = number, log = {}, listens = {}, unplugged = {}, latency = 0 }
  end
  return receivers[number]
end

local function name_of(number)
  if not names then
    names = {}
    for _, alarm in ipairs(host.alarms_known) do
      names[alarm.number] = alarm.name
    end
  end
  return number ~= 0 and names[number] or nil
end

-- ---- taking in ----------------------------------------------------------------------------

local function text_of(trap)
  if trap.kind ~= "added" and trap.kind ~= "removed" then
    return trap.kind
  end
  return ("%s %s (id %d)"):format(trap.kind, trap.name or "?", trap.id)
end

local function is_same(one, other)
  return one.kind == other.kind and one.id == other.id and one.number == other.number and
    one.uptime == other.uptime
end

local function repeat_note(receiver, trap)
  for i = #receiver.log, 1, -1 do
    if receiver.log[i].is_inform and is_same(receiver.log[i], trap) then
      receiver.log[i].repeats = receiver.log[i].repeats + 1
      return
    end
  end
end

local function take(trap, arrived)
  local receiver = receiver_of(trap.receiver)
  if trap.is_unheard then
    receiver.unheard = (receiver.unheard or 0) + 1
  elseif trap.is_repeat then
    repeat_note(receiver, trap)
  else
    trap.name, trap.repeats = name_of(trap.number), 0
    trap.text = text_of(trap)
    receiver.log[#receiver.log + 1] = trap
    arrived(trap)
  end
end

local on_arrival = function() end

-- Called with each trap that is no repeat.
function traps.on_arrival(fn)
  on_arrival = fn
end

-- Takes in what has come; true if anything has, after at most so long a wait in real seconds.
function traps.fetch(wait_s)
  local new, unreadable = host.traps(wait_s or 0)
  for _, trap in ipairs(new) do
    take(trap, on_arrival)
  end
  if unreadable and unreadable > 0 then
    problems[#problems + 1] = ("datagrams that are no trap which a receiver can read: %d"):format(
      unreadable)
  end
  return #new > 0
end

function traps.log(number)
  return receiver_of(number).log
end

-- ---- who is told --------------------------------------------------------------------------

local function position()
  traps.fetch()
  return #receiver_of(0).log
end

local function is_open(periods)
  local last = periods[#periods]
  return last ~= nil and last.to == nil
end

local function periods_set(periods, is_on, at)
  if is_on and not is_open(periods) then
    periods[#periods + 1] = { from = at }
  elseif not is_on and is_open(periods) then
    periods[#periods].to = at
  end
end

-- How many receivers of the settings are this one.
local function places_of(number)
  local count, address = 0, host.receiver_address(number)
  for i = 1, RECEIVERS do
    count = count + (host.text(("snmp.receiver_%d_address"):format(i)) == address and 1 or 0)
  end
  return count
end

local function follow(at)
  for number = 0, RECEIVERS - 1 do
    local receiver, places = receiver_of(number), places_of(number)
    receiver.is_doubled = receiver.is_doubled or places > 1
    periods_set(receiver.listens, places > 0, at)
  end
end

-- The scenario begins; nothing was taken in yet.
function traps.begin()
  first_start = math.min(host.boots(), 1)
  follow(0)
end

-- A setting was set: it may name other receivers.
console.on_set(function(name)
  if name:find("^snmp%.receiver_%d_address$") then
    follow(position())
  end
end)

function traps.address(number)
  return host.receiver_address(number)
end

function traps.plug(number, is_plugged)
  local receiver = receiver_of(number)
  periods_set(receiver.unplugged, not is_plugged, position())
  host.receiver(number, not is_plugged, receiver.latency)
end

function traps.delay(number, latency)
  local receiver = receiver_of(number)
  receiver.latency = latency
  host.receiver(number, is_open(receiver.unplugged), latency)
end

-- A receiver was unplugged, and nobody told it anything meanwhile: its number.
function traps.idle_fault()
  for number = 1, RECEIVERS - 1 do
    local receiver = receivers[number]
    if receiver and #receiver.unplugged > 0 and not receiver.unheard then
      return number
    end
  end
end

-- ---- waiting for informs ------------------------------------------------------------------

local function is_within(periods, at)
  for _, period in ipairs(periods) do
    if at > period.from and at <= (period.to or math.huge) then
      return true
    end
  end
  return false
end

local function has_got(receiver, trap)
  for _, each in ipairs(receiver.log) do
    if is_same(each, trap) then
      return true
    end
  end
  return false
end

-- Is something under way to it that receiver 0 has got? is_sure: and it must come.
local function is_waiting(receiver, is_sure)
  for at, trap in ipairs(is_open(receiver.unplugged) and {} or receiver_of(0).log) do
    if is_within(receiver.listens, at) and not has_got(receiver, trap) and
      not (is_sure and is_within(receiver.unplugged, at)) then
      return true
    end
  end
  return false
end

-- Until is_there() or nothing more can come. Only informs are not there at once.
function traps.await(number, is_there)
  local receiver = receiver_of(number)
  traps.fetch()
  while not is_there() and number ~= 0 and is_waiting(receiver) and traps.fetch(UNDER_WAY_S) do
  end
  return is_there()
end

-- The same for an inform that is there, and is to come once more.
function traps.await_repeat(trap)
  while trap.repeats == 0 and traps.fetch(UNDER_WAY_S) do
  end
  return trap.repeats > 0
end

-- ---- the account of one life --------------------------------------------------------------

local Life = {}
Life.__index = Life

local function life_new(start, hears_all)
  return setmetatable({ start = start, uptime = 0, added = {}, order = {}, gone = {}, rows = {},
    rounds = 0, wrong = {}, snapshot = snapshots[start], has_begun = start == 0,
    hears_all = hears_all and start > 0 }, Life)
end

function Life:blame(trap, wanted)
  self.wrong[#self.wrong + 1] = ("%s at uptime %d: %s"):format(trap.text, trap.uptime, wanted)
end

local check = {}

function check.coldStart(life, trap)
  if life.has_begun then
    life:blame(trap, life.start > 0 and "wanted once a start" or
      "wanted none: nobody switched it on")
  elseif trap.uptime > COLD_START_MAX then
    life:blame(trap, "wanted at the start")
  end
end

function check.authenticationFailure() end

function check.other(life, trap)
  life:blame(trap, "wanted coldStart, authenticationFailure or a row of the alarm table")
end

function check.added(life, trap)
  if life.added[trap.id] then
    life:blame(trap, "it was added before")
  elseif life.snapshot and life.snapshot.of_start[trap.id] then
    life:blame(trap, "it was there at the start, and is told of only when it goes")
  elseif life.last and life.hears_all and trap.id ~= life.last + 1 then
    life:blame(trap, ("wanted id %d next"):format(life.last + 1))
  elseif trap.id <= (life.last or life.first_gone or 0) then
    life:blame(trap, ("wanted an id above %d"):format(life.last or life.first_gone or 0))
  elseif life.rows[trap.number] then
    life:blame(trap, ("row %d tells of it already"):format(life.rows[trap.number].id))
  end
  life.first = life.first or trap.id
  life.last = math.max(life.last or 0, trap.id)
  life.added[trap.id] = trap
  life.order[#life.order + 1] = trap
  life.rows[trap.number] = trap
end

-- Of the start's rows: they are told of only when they go.
local function check_start_row(life, trap, at)
  local snapshot = life.snapshot
  if life.first and trap.id >= life.first or trap.id < 1 then
    life:blame(trap, life.hears_all and "it was never added" or "it was not there at the start")
  elseif snapshot and at > snapshot.position and life.hears_all and
    not snapshot.of_start[trap.id] then
    life:blame(trap, "it was not there at the start, and was never added")
  end
  life.first_gone = math.max(life.first_gone or 0, trap.id)
end

function check.removed(life, trap, at)
  local added = life.added[trap.id]
  if life.gone[trap.id] then
    life:blame(trap, "it was removed before")
  elseif not added then
    check_start_row(life, trap, at)
  elseif added.number ~= trap.number then
    life:blame(trap, ("it was added as %s"):format(added.name or "?"))
  else
    life.rows[trap.number] = nil
  end
  life.gone[trap.id] = trap
end

-- As many hundredths of a second as it may have lived.
function Life:ticks_most()
  return host.now_us() // 10000 + (self.start == 1 and host.uptime_ms() // 10 or 0)
end

function Life:take(trap, at)
  if not self.has_begun and trap.kind ~= "coldStart" then
    self:blame(trap, "wanted coldStart first")
  elseif trap.uptime < self.uptime then
    -- TimeTicks go round after 497 days; nothing else makes them fall.
    self.rounds = self.rounds + 1
    if self.rounds > self:ticks_most() >> 32 then
      self:blame(trap, ("wanted no uptime below %d"):format(self.uptime))
    end
  end
  if (trap.kind == "added" or trap.kind == "removed") and
    (not trap.name or trap.number == INITIALIZING) then
    self:blame(trap, "wanted one of bacsWellKnownAlarms but bacsAlarmInitializing")
  end
  check[trap.kind](self, trap, at)
  self.has_begun, self.uptime = true, trap.uptime
end

-- The table at the end of the life.
function Life:close(rows)
  local present, is_initializing = {}, false
  for _, row in ipairs(rows) do
    present[row.id], is_initializing = row, is_initializing or row.number == INITIALIZING
  end
  for _, row in ipairs(rows) do
    local trap, text = self.added[row.id], ("row %d, %s"):format(row.id, name_of(row.number) or "?")
    if self.gone[row.id] then
      self.wrong[#self.wrong + 1] = text .. ": is in the table, wanted it gone: Removed was told"
    elseif trap and trap.number ~= row.number then
      self.wrong[#self.wrong + 1] = ("%s: was added as %s"):format(text, trap.name or "?")
    elseif trap and trap.uptime ~= row.time then
      self.wrong[#self.wrong + 1] = ("%s: its time is %d, wanted that of its Added, %d"):format(
        text, row.time, trap.uptime)
    elseif not trap and not is_initializing and
      (row.time ~= 0 or self.first and row.id > self.first) then
      self.wrong[#self.wrong + 1] = text .. ": is in the table, wanted its Added"
    end
  end
  for _, trap in ipairs(self.order) do
    if not self.gone[trap.id] and not present[trap.id] then
      self:blame(trap, "is not in the table, wanted its Removed")
    end
  end
  self:close_snapshot(present)
end

-- What stood in the table when it settled must have been told since, or still be there.
function Life:close_snapshot(present)
  for _, row in ipairs(self.snapshot and self.snapshot.rows or {}) do
    local text = ("row %d, %s, that was there when it settled"):format(row.id,
      name_of(row.number) or "?")
    if not present[row.id] and not self.gone[row.id] then
      self.wrong[#self.wrong + 1] = text .. ": is gone, wanted its Removed"
    elseif row.time ~= 0 and not self.added[row.id] then
      self.wrong[#self.wrong + 1] = text .. ": wanted its Added"
    end
  end
end

-- ---- the account of a receiver ------------------------------------------------------------

-- The bench's own; rows: the table now, nil where it could not be read.
local function account_own(rows)
  local own, wrong = receiver_of(0), {}
  local hears_all = #own.listens == 1 and is_open(own.listens)
  local life, starts = first_start == 0 and life_new(0, false) or nil, 0
  local function life_end()
    for _, text in ipairs(life and life.wrong or {}) do
      wrong[#wrong + 1] = text
    end
  end
  for at, trap in ipairs(own.log) do
    if not life or trap.kind == "coldStart" and starts < host.boots() then
      life_end()
      starts = starts + 1
      life = life_new(starts, hears_all)
    end
    life:take(trap, at)
  end
  if hears_all and starts ~= host.boots() then
    wrong[#wrong + 1] = ("%d starts with a coldStart, wanted %d"):format(starts, host.boots())
  elseif life and life.hears_all and rows then
    life:close(rows)
  end
  life_end()
  return wrong, hears_all and first_start > 0
end

-- Another one got what the bench's own got while it listened: once, and in that order. What was
-- told while it was unplugged may have come later, or not at all.
local function account_other(receiver)
  local wrong, used, last = {}, {}, 0
  for at, trap in ipairs(receiver_of(0).log) do
    local found
    for i, each in ipairs(is_within(receiver.listens, at) and receiver.log or {}) do
      found = found or not used[i] and is_same(each, trap) and i
    end
    local is_sure = is_within(receiver.listens, at) and not is_within(receiver.unplugged, at)
    if found then
      used[found] = true
    elseif is_sure then
      wrong[#wrong + 1] = ("%s at uptime %d: wanted, and never came"):format(trap.text, trap.uptime)
    end
    if found and is_sure then
      if found < last then
        wrong[#wrong + 1] = ("%s: came before %s, wanted it after"):format(trap.text,
          receiver.log[last].text)
      end
      last = math.max(last, found)
    end
  end
  for i, trap in ipairs(receiver.log) do
    if not used[i] then
      wrong[#wrong + 1] = ("%s at uptime %d: came, and nobody was told it then"):format(trap.text,
        trap.uptime)
    end
  end
  return wrong
end

local function add_all(saw, wrong, number)
  local whose = number > 0 and ("receiver %d: "):format(number) or ""
  for _, text in ipairs(wrong) do
    saw[#saw + 1] = "  wrong " .. whose .. text
  end
end

-- ---- what the language calls --------------------------------------------------------------

-- The webmanager has settled: what is in the table now.
function traps.settled()
  local start = host.boots()
  if not snapshots[start] then
    local at = position()
    local rows = windows.alarm_rows()
    local of_start = {}
    for _, row in ipairs(rows or {}) do
      of_start[row.id] = row.time == 0 or nil
    end
    snapshots[start] = { rows = rows or {}, of_start = of_start, position = at }
  end
end

-- How often the webmanager came on without being switched: whatever an expectation makes of it.
function traps.restarts()
  traps.fetch()
  local starts = 0
  for _, trap in ipairs(receiver_of(0).log) do
    starts = starts + (trap.kind == "coldStart" and 1 or 0)
  end
  return math.max(starts - host.boots(), 0)
end

-- The scenario has ended well: fails it if anything was missing, doubled or out of order.
function traps.account(where)
  traps.fetch()
  for number = 1, RECEIVERS - 1 do
    if receivers[number] and #receivers[number].listens > 0 then
      traps.await(number, function() return not is_waiting(receivers[number], true) end)
    end
  end
  local rows, why = windows.alarm_rows()
  local saw = {}
  add_all(saw, problems, 0)
  local wrong, hears_all = account_own(rows)
  add_all(saw, wrong, 0)
  if not rows and host.is_on() then
    saw[#saw + 1] = "  wrong snmp alarm table: " .. why
  end
  for number = 1, RECEIVERS - 1 do
    local receiver = receivers[number]
    if receiver and hears_all and not receiver.is_doubled then
      add_all(saw, account_other(receiver), number)
    end
  end
  local idle = traps.idle_fault()
  if idle then
    saw[#saw + 1] = ("  wrong trap_receiver(%d) was unplugged, and was told nothing then"):format(
      idle)
  end
  if #saw > 0 then
    failure.raise("every trap once and in order, and the alarm table as they tell", saw, nil, true,
      where)
  end
end

return traps
