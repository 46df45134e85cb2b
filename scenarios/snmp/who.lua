-- Who is answered: communities, managers by their address, users of v3 at each level and access;
-- and what those get who are not.

scenario "communities read and set, by v1 and v2c, and a stranger gets silence" {
  tags = { "snmp", "access" },
  plant = "two_strings_of_nine",
  settings = { ["snmp.read_community"] = "watch", ["snmp.write_community"] = "hunter2" },

  run = function()
    settle()
    for _, version in ipairs { "v1", "v2c" } do
      local reader = { community = "watch", version = version }
      local writer = { community = "hunter2", version = version }
      expect.snmp_as { community = "watch", version = version, object = "sysServices" }:is(64)
      expect.snmp_as(writer):is_answered()
      for _, name in ipairs { "public", "Watch", "watch ", "watc", "", "private" } do
        expect.snmp_as { community = name, version = version }:is_silent()
        expect.snmp_set({ sysName = "mine" }, { community = name, version = version })
          :is_refused "noAnswer"
      end
      note "who may read may not set"
      expect.snmp_set({ sysName = "mine" }, reader):is_refused(version == "v1" and "noSuchName" or
        "noAccess", "sysName")
      expect.setting "system.name":is(version == "v1" and "" or "v1")
      expect.snmp_set({ sysName = version }, writer):is_ok()
      expect.setting "system.name":is(version)
    end

    note "a new community is the only one from the moment it is set"
    operator "set snmp.write_community correct.horse"
    expect.snmp_as { community = "hunter2" }:is_silent()
    expect.snmp_set({ sysName = "next" }, { community = "correct.horse" }):is_ok()
    operator "set snmp.read_community look"
    expect.snmp_as { community = "watch" }:is_silent()
    expect.snmp_as { community = "look" }:is_answered()
    expect.snmp("sysName"):is "next"

    note "without one nobody sets, and without the other nobody reads"
    operator 'set snmp.write_community ""'
    expect.snmp_set({ sysName = "again" }, { community = "correct.horse" }):is_refused "noAnswer"
    expect.snmp_as { community = "" }:is_silent()
    operator "set snmp.write_community hunter2"
    operator 'set snmp.read_community ""'
    expect.snmp_as { community = "look" }:is_silent()
    expect.snmp_as { community = "" }:is_silent()
    expect.snmp("sysName"):is "next"
  end,
}

scenario "whoever reads sees whether the webmanager is there, by a community or as a user" {
  tags = { "snmp", "access" },
  plant = "two_strings_of_nine",
  settings = {
    ["snmp.read_community"] = "cellar",
    ["snmp.user_1_name"] = "joe", ["snmp.user_1_auth"] = "authpass1",
    ["snmp.user_1_priv"] = "privpass1",
  },

  run = function(plant)
    settle()
    expect(plant.webmanager):is_on()
    operator 'set snmp.read_community ""'
    expect(plant.webmanager):is_on()
    expect.snmp("bacsAlarmsPresent"):is(0)
    plant.webmanager:power_off()
    expect(plant.webmanager):is_off()

    note "with the record of the settings those are lost, too"
    plant.webmanager.store:damage { record = "settings" }
    plant.webmanager:power_on()
    settle()
    expect(plant.webmanager):is_on()
    expect.snmp("bacsAlarmsPresent"):is_above(0)
    expect.snmp_as { community = "cellar" }:is_answered()
  end,
}

-- Eight places, each with one address or network of its own.
local managers = {
  ["snmp.manager_1"] = "127.0.0.1", ["snmp.manager_2"] = "127.0.0.2/32",
  ["snmp.manager_3"] = "127.0.3.0/24", ["snmp.manager_4"] = "127.4.99.99/16",
  ["snmp.manager_5"] = "127.0.0.5", ["snmp.manager_6"] = "127.0.0.64/26",
  ["snmp.manager_7"] = "127.0.7.128/25", ["snmp.manager_8"] = "127.0.0.8",
  ["snmp.write_community"] = "hunter2",
}

scenario "only managers that are listed are answered" {
  tags = { "snmp", "access" },
  plant = "two_strings_of_nine",
  settings = managers,

  run = function()
    settle()
    for _, address in ipairs { "127.0.0.2", "127.0.3.77", "127.4.0.1", "127.4.255.254",
      "127.0.0.5", "127.0.0.65", "127.0.0.127", "127.0.7.200", "127.0.0.8" } do
      expect.snmp_as { community = "public", from = address }:is_answered()
      expect.snmp_set({ sysName = "x" }, { community = "hunter2", from = address }):is_ok()
    end
    for _, address in ipairs { "127.0.0.3", "127.0.2.77", "127.3.0.1", "127.5.0.1", "127.0.0.6",
      "127.0.0.63", "127.0.0.128", "127.0.7.100", "127.0.0.9" } do
      expect.snmp_as { community = "public", from = address }:is_silent()
      expect.snmp_as { community = "public", version = "v1", from = address }:is_silent()
      expect.snmp_set({ sysName = "y" }, { community = "hunter2", from = address })
        :is_refused "noAnswer"
    end
    expect.setting "system.name":is "x"

    note "one that comes, and one that goes"
    operator "set snmp.manager_5 127.0.0.6"
    expect.snmp_as { community = "public", from = "127.0.0.6" }:is_answered()
    expect.snmp_as { community = "public", from = "127.0.0.5" }:is_silent()
    operator 'set snmp.manager_8 ""'
    expect.snmp_as { community = "public", from = "127.0.0.8" }:is_silent()
    for i = 1, 8 do
      local is = { "127.0.0.1", "127.0.0.2/32", "127.0.3.0/24", "127.4.99.99/16", "127.0.0.6",
        "127.0.0.64/26", "127.0.7.128/25", "" }
      expect.setting("snmp.manager_" .. i):is(is[i])
    end
  end,
}

-- A user for each way: who may set and who may read, with and without privacy.
local users = {
  ["snmp.user_1_name"] = "alice", ["snmp.user_1_auth"] = "wonderland1",
  ["snmp.user_1_priv"] = "looking.glass", ["snmp.user_1_access"] = "write",
  ["snmp.user_2_name"] = "bob", ["snmp.user_2_auth"] = "bob's-\\burgers",
  ["snmp.user_2_priv"] = "burgers'r'bob",
  ["snmp.user_3_name"] = "carol", ["snmp.user_3_auth"] = "night-ingale",
  ["snmp.user_3_access"] = "write",
  ["snmp.user_4_name"] = "dave", ["snmp.user_4_auth"] = "pod-bay-doors",
}

local alice = { user = "alice", auth = "wonderland1", priv = "looking.glass" }
local bob = { user = "bob", auth = "bob's-\\burgers", priv = "burgers'r'bob" }
local carol = { user = "carol", auth = "night-ingale" }
local dave = { user = "dave", auth = "pod-bay-doors" }

-- The same one otherwise.
local function but(who, change)
  local other = {}
  for key, value in pairs(who) do
    other[key] = value
  end
  for key, value in pairs(change) do
    other[key] = value ~= "" and value or nil
  end
  return other
end

scenario "users of v3 read and set as they may, with authentication and with privacy" {
  tags = { "snmp", "access" },
  plant = "two_strings_of_nine",
  settings = users,

  run = function()
    settle()
    for _, who in ipairs { alice, bob, carol, dave, but(alice, { level = "auth" }),
      but(bob, { priv = "" }) } do
      expect.snmp_as(but(who, { object = "sysServices" })):is(64)
    end
    for _, who in ipairs { alice, carol, but(alice, { level = "auth" }) } do
      expect.snmp_set({ sysName = who.user }, who):is_ok()
      expect.snmp_as(but(dave, { object = "sysName" })):is(who.user)
    end
    for _, who in ipairs { bob, dave, but(bob, { level = "auth" }) } do
      expect.snmp_set({ sysName = who.user }, who):is_refused("noAccess", "sysName")
    end
    expect.setting "system.name":is "alice"

    note "nobody without authentication; a stranger is told so, as RFC 3414 has it"
    for _, who in ipairs { alice, dave } do
      expect.snmp_as { user = who.user }:is_refused "authorizationError"
      expect.snmp_set({ sysName = "x" }, { user = who.user }):is_refused "authorizationError"
    end
    expect.snmp_as { user = "mallory" }:is_refused "unknownUserName"
    expect.snmp_as { user = "mallory", auth = "wonderland1" }:is_refused "unknownUserName"
    expect.snmp_as { user = "Alice", auth = "wonderland1" }:is_refused "unknownUserName"
    expect.snmp_as(but(alice, { auth = "wonderland2" })):is_refused "wrongDigest"
    expect.snmp_as(but(alice, { auth = "looking.glass" })):is_refused "wrongDigest"
    expect.snmp_as(but(alice, { priv = "looking.glasS" })):is_silent() -- it decrypts to garbage
    expect.snmp_as(but(carol, { priv = "night-ingale" })):is_refused "unsupportedSecLevel"
    expect.snmp_set({ sysName = "x" }, but(alice, { auth = "wonderland2" }))
      :is_refused "wrongDigest"
    expect.setting "system.name":is "alice"
  end,
}

scenario "the least level that v3 is answered at is a setting" {
  tags = { "snmp", "access" },
  plant = "two_strings_of_nine",
  settings = { ["snmp.user_1_name"] = "alice", ["snmp.user_1_auth"] = "wonderland1",
    ["snmp.user_1_priv"] = "looking.glass", ["snmp.user_1_access"] = "write",
    ["snmp.v3_level"] = "priv" },

  run = function()
    settle()
    expect.snmp_as(alice):is_answered()
    expect.snmp_set({ sysName = "one" }, alice):is_ok()
    expect.snmp_as(but(alice, { level = "auth" })):is_refused "authorizationError"
    expect.snmp_as(but(alice, { level = "no_auth" })):is_refused "authorizationError"
    expect.snmp_set({ sysName = "two" }, but(alice, { level = "auth" }))
      :is_refused "authorizationError"

    operator "set snmp.v3_level no_auth"
    for _, level in ipairs { "priv", "auth", "no_auth" } do
      expect.snmp_as(but(alice, { level = level })):is_answered()
      expect.snmp_set({ sysName = level }, but(alice, { level = level })):is_ok()
      expect.setting "system.name":is(level)
    end
    note "a user without passphrases asks without"
    operator "set snmp.user_2_name guest"
    expect.snmp_as { user = "guest", object = "sysName" }:is "no_auth"
    expect.snmp_set({ sysName = "x" }, { user = "guest" }):is_refused("noAccess", "sysName")

    note "and may no longer be there where passphrases are asked for"
    expect.operator("set snmp.v3_level auth"):is_refused "conflict"
    operator 'set snmp.user_2_name ""'
    expect.snmp_as { user = "guest" }:is_refused "unknownUserName"
    operator "set snmp.v3_level auth"
    expect.snmp_as(but(alice, { level = "auth" })):is_answered()
    expect.snmp_as(but(alice, { level = "no_auth" })):is_refused "authorizationError"
  end,
}

scenario "a passphrase, an access and an engine are others from the moment they are set" {
  tags = { "snmp", "access" },
  plant = "two_strings_of_nine",
  settings = users,

  run = function()
    settle()
    operator "set snmp.user_1_auth another.land"
    expect.snmp_as(alice):is_refused "wrongDigest"
    expect.snmp_as(but(alice, { auth = "another.land" })):is_answered()
    operator "set snmp.user_1_priv another.glass"
    expect.snmp_as(but(alice, { auth = "another.land", priv = "another.glass" })):is_answered()
    operator "set snmp.user_3_priv lady.with.a.lamp"
    expect.snmp_as(but(carol, { priv = "lady.with.a.lamp" })):is_answered()
    operator "set snmp.user_4_priv open.the.doors"
    expect.snmp_as(but(dave, { priv = "open.the.doors" })):is_answered()
    operator "set snmp.user_1_access read"
    expect.snmp_set({ sysName = "x" }, but(alice, { auth = "another.land", level = "auth" }))
      :is_refused("noAccess", "sysName")
    operator "set snmp.user_4_access write"
    expect.snmp_set({ sysName = "x" }, dave):is_ok()
    operator "set snmp.user_4_name hal"
    expect.snmp_as(dave):is_refused "unknownUserName"
    expect.snmp_as(but(dave, { user = "hal" })):is_answered()
    operator "set snmp.engine cellar-2"
    expect.setting "snmp.engine":is "cellar-2"
    expect.snmp_as(but(dave, { user = "hal" })):is_answered()
    expect.snmp_as(bob):is_answered()
  end,
}

scenario "v3 alone will do" {
  tags = { "snmp", "access" },
  plant = "two_strings_of_nine",
  settings = { ["snmp.user_1_name"] = "alice", ["snmp.user_1_auth"] = "wonderland1",
    ["snmp.user_1_priv"] = "looking.glass", ["snmp.user_1_access"] = "write",
    ["snmp.read_community"] = "" },

  run = function(plant)
    settle()
    expect.snmp_as { community = "public" }:is_silent()
    expect.snmp_as { community = "" }:is_silent()
    operator.snmp:as(alice):set { bacsVoltageHighAlarm = 15.2, sysName = "dark" }
    expect.setting "voltage.high_alarm":is(15.2)
    expect.snmp("sysName"):is "dark"
    expect(plant):is_quiet()
  end,
}
