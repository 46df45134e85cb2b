-- The snmp group: each counter rises by what it counts and by nothing else.

-- The objects that never rise: of what only managers do, or what this agent never has to say.
local idle = { "snmpInTooBigs", "snmpInNoSuchNames", "snmpInBadValues", "snmpInReadOnlys",
  "snmpInGenErrs", "snmpInGetResponses", "snmpInTraps", "snmpOutGetRequests",
  "snmpOutGetNexts", "snmpOutSetRequests", "snmpSilentDrops", "snmpProxyDrops" }

-- GET of sysDescr, so many times in one message (BER).
local function greedy(count)
  local function with_size(tag, bytes)
    return ("%s82%04x%s"):format(tag, #bytes // 2, bytes)
  end
  local bindings = ("300c06082b060102010101000500"):rep(count)
  local pdu = with_size("a0", "020107020100020100" .. with_size("30", bindings))
  return with_size("30", "02010104067075626c6963" .. pdu) -- v2c, public
end

-- What every manager of v3 begins with; it is answered by a report.
local discovery = "3038020103300e020107020300ffe30401040201030410300e04000201000201000400" ..
  "04000400301104000400a00b0201070201000201003000"

local by_v1 = { community = "hunter2", version = "v1" }

-- What is done, and the counters that rise by one with it.
local deeds = {
  { function() operator.snmp:sends "30 03 02 01 07" end, { "snmpInBadVersions" } },
  { function() operator.snmp:sends "30 84 ff ff ff ff" end, { "snmpInASNParseErrs" } },
  { function() operator.snmp:as({ user = "alice", auth = "wonderland1", priv = "wonderland2" })
      :try { sysName = "x" } end, { "snmpInASNParseErrs" } }, -- it decrypts to garbage
  { function() operator.snmp:as({ community = "private" }):try { sysName = "x" } end,
    { "snmpInBadCommunityNames" } },
  { function() operator.snmp:as({ community = "public" }):try { sysName = "x", sysLocation = "y" }
    end, { "snmpInBadCommunityUses" } },
  { function() operator.snmp:set { sysName = "x" } end,
    { "snmpInTotalSetVars", "snmpInSetRequests" } },
  { function() operator.snmp:try { bacsImpcPollRate = 0 } end, { "snmpInSetRequests" } },
  { function() operator.snmp:try { { "bacsNumStrings", 1 } } end, { "snmpInSetRequests" } },
}

-- How many messages go out while this one comes in, those that ask about it counted.
local function packets_out(message)
  local before = operator.snmp:get "snmpOutPkts"
  operator.snmp:sends(message)
  return operator.snmp:get "snmpOutPkts" - before
end

-- Errors of v2c and v3 have no counters: those there are count what v1 answered.
local all = { "snmpInBadVersions", "snmpInASNParseErrs", "snmpInBadCommunityNames",
  "snmpInBadCommunityUses", "snmpInTotalSetVars", "snmpOutTraps", "snmpOutTooBigs",
  "snmpOutNoSuchNames", "snmpOutBadValues", "snmpOutGenErrs" }

local function contains(list, wanted)
  for _, each in ipairs(list) do
    if each == wanted then
      return true
    end
  end
  return false
end

scenario "each counter of SNMP rises by what it counts" {
  tags = { "snmp" },
  plant = "guide_dashboard",
  settings = { ["snmp.write_community"] = "hunter2", ["system.description"] = ("x"):rep(255),
    ["snmp.user_1_name"] = "alice", ["snmp.user_1_auth"] = "wonderland1",
    ["snmp.user_1_priv"] = "looking.glass" },

  run = function(plant)
    settle()
    expect.snmp("snmpOutTraps"):is(1) -- coldStart
    for _, deed in ipairs(deeds) do
      local before = {}
      for _, name in ipairs(all) do
        before[name] = operator.snmp:get(name)
      end
      deed[1]()
      for _, name in ipairs(all) do
        expect.snmp(name):is(before[name] + (contains(deed[2], name) and 1 or 0))
      end
    end

    note "requests, and the objects in them"
    for _, row in ipairs { { "snmpInGetRequests", 1 }, { "snmpInTotalReqVars", 1 },
      { "snmpOutGetResponses", 1 } } do
      local before = operator.snmp:get(row[1])
      expect.snmp(row[1]):is(before + row[2])
    end
    local before = operator.snmp:get "snmpInGetNexts"
    operator.snmp:walk "1.3.6.1.2.1.1"
    expect.snmp("snmpInGetNexts"):is(before + 8) -- seven objects, and the end
    before = operator.snmp:get "snmpInSetRequests"
    operator.snmp:set { sysName = "x" }
    operator.snmp:try { bacsImpcPollRate = 0 }
    expect.snmp("snmpInSetRequests"):is(before + 2)

    for _, row in ipairs {
      { "snmpOutNoSuchNames", { { "1.3.6.1.2.1.33.5.1.99.0", 1 } } },
      { "snmpOutBadValues", { bacsImpcPollRate = 0 } },
    } do
      before = operator.snmp:get(row[1])
      operator.snmp:as(by_v1):try(row[2])
      expect.snmp(row[1]):is(before + 1)
    end

    before = operator.snmp:get "snmpOutTooBigs"
    operator.snmp:sends(greedy(300))
    expect.snmp("snmpOutTooBigs"):is(before + 1)
    before = operator.snmp:get "snmpOutGenErrs"
    plant.webmanager.store:fail()
    operator.snmp:as(by_v1):try { sysName = "cellar" }
    operator.snmp:try { sysName = "cellar" }
    plant.webmanager.store:mend()
    expect.snmp("snmpOutGenErrs"):is(before + 1)

    note "every datagram counts, and every answer"
    for _, name in ipairs { "snmpInPkts", "snmpOutPkts" } do
      before = operator.snmp:get(name)
      operator.snmp:sends "30 03 02 01 07"
      expect.snmp(name):is_above(before)
    end

    assert(packets_out(discovery) == packets_out "30 03 02 01 07" + 1, "a report is an answer")

    note "each row is a trap"
    before = operator.snmp:get "snmpOutTraps"
    plant.string[1].module[2].voltage = 16
    within(rounds(2), function()
      expect(plant):has "voltage_high"
    end)
    expect.snmp("snmpOutTraps"):is(before + 2)
    for _, name in ipairs(idle) do
      expect.snmp(name):is(0)
    end
  end,
}
