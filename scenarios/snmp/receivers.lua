-- Whom traps are told: every version and kind at once, each once and in order; one that is down
-- delays nobody; and who is told from when on.

local receivers = {
  { version = "v1", kind = "trap", community = "trumpet" },
  { version = "v2c", kind = "trap", community = "horn" },
  { version = "v2c", kind = "inform", community = "bugle" },
  { version = "v3", kind = "trap", user = "alice", level = "priv" },
  { version = "v3", kind = "trap", user = "bob", level = "auth" },
  { version = "v3", kind = "inform", user = "alice", level = "priv" },
  { version = "v3", kind = "inform", user = "bob", level = "auth" },
}
local user_numbers = { alice = 2, bob = 3 }

local everybody = {
  ["snmp.user_2_name"] = "alice", ["snmp.user_2_auth"] = "wonderland1",
  ["snmp.user_2_priv"] = "looking.glass",
  ["snmp.user_3_name"] = "bob", ["snmp.user_3_auth"] = "burgers-for-bob",
}
for i, receiver in ipairs(receivers) do
  local name = ("snmp.receiver_%d_"):format(i)
  everybody[name .. "address"] = trap_receiver(i)
  everybody[name .. "version"] = receiver.version
  everybody[name .. "kind"] = receiver.kind
  everybody[name .. "community"] = receiver.community or "unused"
  everybody[name .. "user"] = user_numbers[receiver.user] or 1
end

-- What the receiver gets, in its way.
local function to(number, what)
  local wish = { receiver = number }
  for key, value in pairs(receivers[number]) do
    wish[key] = value
  end
  for key, value in pairs(what) do
    wish[key] = value
  end
  return wish
end

scenario "each receiver is told each row once, in its own version and kind" {
  tags = { "board", "snmp", "traps" },
  plant = "guide_dashboard",
  settings = everybody,

  run = function(plant)
    local module = plant.string[1].module[2]
    settle()
    module.voltage = 16
    within(rounds(3), function()
      expect(module):has "voltage_high"
    end)
    module.voltage = 14.5
    within(rounds(3), function()
      expect(module):has_not "voltage_high"
    end)
    for number = 1, 7 do
      expect.trap(to(number, { told = "coldStart" }))
      expect.traps_in_order {
        to(number, { added = "voltage" }), to(number, { added = "voltage_high" }),
        to(number, { removed = "voltage" }), to(number, { added = "voltage_warn_high" }),
      }
      expect.trap(to(number, { removed = "voltage_high" }))
      expect.trap_count(to(number, { added = "voltage_high" })):is(1)
      expect.no_trap(number)
    end
  end,
}

scenario "a receiver that is down delays neither the webmanager nor another receiver" {
  tags = { "snmp", "traps" },
  plant = "guide_dashboard",
  settings = everybody,

  run = function(plant)
    local module = plant.string[1].module[2]
    settle()
    note "an inform of each kind has nobody to hear it"
    trap_receiver(3):unplug()
    trap_receiver(6):unplug()
    module.voltage = 16
    within(rounds(2), function()
      expect(module):has "voltage_high"
      expect.trap "voltage_high"
    end)
    for _, number in ipairs { 1, 2, 4, 5, 7 } do
      expect.trap(to(number, { added = "voltage_high" }))
    end
    module.voltage = 12.94
    within(rounds(2), function()
      expect(plant):is_quiet()
    end)

    note "one that comes back hears what was repeated to it; the inform after that comes at once"
    trap_receiver(3):plug()
    trap_receiver(6):plug()
    expect.trap(to(3, { added = "voltage_high" }))
    plant.string[2].module[2].voltage = 11.5
    within(rounds(2), function()
      expect(plant):has "voltage_low"
    end)
    expect.trap(to(3, { added = "voltage_low" }))
    expect.trap(to(6, { added = "voltage_low" }))
  end,
}

scenario "an inform is repeated until it is acknowledged, and is one inform all the same" {
  tags = { "snmp", "traps" },
  plant = "guide_dashboard",
  settings = { ["snmp.receiver_1_address"] = trap_receiver(1),
    ["snmp.receiver_1_kind"] = "inform" },

  run = function(plant)
    settle()
    trap_receiver(1).latency = 2
    plant.string[1].module[2].voltage = 16
    within(rounds(2), function()
      expect(plant):has "voltage_high"
    end)
    expect.trap { added = "voltage_high", receiver = 1, is_repeated = true }
    expect.trap_count { added = "voltage_high", receiver = 1 }:is(1)
  end,
}

scenario "who is told, and how, changes while the webmanager runs" {
  tags = { "snmp", "traps" },
  plant = "guide_dashboard",
  settings = { ["snmp.user_1_name"] = "alice", ["snmp.user_1_auth"] = "wonderland1",
    ["snmp.user_2_name"] = "bob", ["snmp.user_2_auth"] = "burgers-for-bob" },

  run = function(plant)
    local module = plant.string[1].module[2]
    local function alarm(name, voltage)
      module.voltage = voltage
      within(rounds(3), function()
        expect(plant):has(name)
      end)
    end
    settle()
    alarm("voltage_high", 16)
    operator("set snmp.receiver_1_address " .. trap_receiver(1))
    note "of what was before it hears only the end"
    alarm("voltage_low", 11.5)
    expect.traps_in_order {
      { removed = "voltage_high", receiver = 1, version = "v2c", community = "public" },
      { added = "voltage_low", receiver = 1 },
    }
    operator "set snmp.receiver_1_version v1"
    operator "set snmp.receiver_1_community horn"
    alarm("voltage_high", 16)
    expect.trap { added = "voltage_high", receiver = 1, version = "v1", community = "horn" }
    note "v1 has no informs"
    expect.operator("set snmp.receiver_1_kind inform"):is_refused "conflict"
    operator "set snmp.receiver_1_version v3"
    operator "set snmp.receiver_1_kind inform"
    alarm("voltage_low", 11.5)
    expect.trap { added = "voltage_low", receiver = 1, version = "v3", kind = "inform",
      user = "alice", level = "auth" }

    note "another user, and another passphrase of that one"
    operator "set snmp.receiver_1_user 2"
    alarm("voltage_warn_high", 14.5)
    expect.trap { added = "voltage_warn_high", receiver = 1, user = "bob" }
    operator "set snmp.user_2_auth burgers-by-bob"
    operator "set snmp.receiver_1_kind trap"
    alarm("voltage_low", 11.5)
    expect.trap { added = "voltage_low", receiver = 1, kind = "trap", user = "bob" }
    operator "set snmp.user_2_priv bobs-own-secret"
    alarm("voltage_warn_high", 14.5)
    expect.trap { added = "voltage_warn_high", receiver = 1, user = "bob", level = "priv" }

    note "another receiver takes its place"
    operator("set snmp.receiver_1_address " .. trap_receiver(2))
    alarm("voltage_high", 16)
    expect.trap { added = "voltage_high", receiver = 2, version = "v3", level = "priv" }
    expect.trap_count { added = "voltage_high", receiver = 1 }:is(1)
    operator 'set snmp.receiver_1_address ""'
    module.voltage = 12.94
    within(rounds(3), function()
      expect(plant):is_quiet()
    end)
    expect.trap { removed = "voltage_high" }
  end,
}

local choir = {}
for i = 1, 8 do
  choir[("snmp.receiver_%d_address"):format(i)] = i < 8 and trap_receiver(i) or nil
  choir[("snmp.receiver_%d_community"):format(i)] = "voice." .. i
end

scenario "every receiver has a community of its own" {
  tags = { "snmp", "traps" },
  plant = "guide_dashboard",
  settings = choir,

  run = function()
    settle()
    for i = 1, 7 do
      expect.trap { told = "coldStart", receiver = i, community = "voice." .. i }
    end
    note "the last one is the bench's"
    expect.trap { told = "coldStart", community = "voice.8" }
  end,
}

scenario "every receiver has a place of its own" {
  tags = { "snmp", "settings" },
  plant = "guide_dashboard",

  run = function()
    settle()
    for i = 1, 8 do
      operator(("set snmp.receiver_%d_address 127.0.0.1:%d"):format(i, 40000 + i))
    end
    for i = 1, 8 do
      expect.setting(("snmp.receiver_%d_address"):format(i)):is(("127.0.0.1:%d"):format(40000 + i))
    end
  end,
}

scenario "an inform that is under way outlives a setting that is not about it" {
  tags = { "snmp", "traps" },
  plant = "guide_dashboard",
  settings = everybody,

  run = function(plant)
    settle()
    trap_receiver(6):unplug()
    plant.string[1].module[2].voltage = 16
    within(rounds(2), function()
      expect(plant):has "voltage_high"
    end)
    operator "set system.location Cellar 2"
    operator "set snmp.write_community hunter2"
    operator "set snmp.receiver_1_community cornet"
    trap_receiver(6):plug()
    expect.trap(to(6, { added = "voltage_high" }))
  end,
}
