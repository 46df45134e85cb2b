-- Managers and trap receivers at ::1: listed or not, told in every kind, and found again after a
-- restart. Where a machine has no IPv6 these are skipped.

-- Whether an entry of the list means ::1.
local networks = {
  { "::1", true }, { "::1/128", true }, { "::/0", true }, { "::/64", true },
  { "::3/126", true }, { "0:0:0:0:0:0:0:1", true },
  { "::2", false }, { "::2/127", false }, { "2001:db8::/32", false }, { "fe80::1", false },
  { "127.0.0.1", false }, { "0.0.0.0/0", false }, { "::ffff:127.0.0.1", false }, { '""', false },
}

scenario "a manager at ::1 is answered while an IPv6 network of the list has it" {
  tags = { "snmp", "access" },
  needs = { "ipv6" },
  plant = "two_strings_of_nine",
  settings = { ["snmp.write_community"] = "hunter2",
    ["snmp.user_1_name"] = "alice", ["snmp.user_1_auth"] = "wonderland1" },

  run = function(plant)
    settle()
    expect(plant.module[3].voltage):is_near(plant.module[3].voltage.value, 0.05)
    expect.snmp_as { community = "public" }:is_answered()
    for i, network in ipairs(networks) do
      local name, is_listed = table.unpack(network)
      note(name)
      operator("set snmp.manager_2 " .. name)
      for _, version in ipairs { "v1", "v2c" } do
        local reader = { community = "public", version = version }
        if is_listed then
          expect.snmp_as(reader):is_answered()
        else
          expect.snmp_as(reader):is_silent()
        end
      end
      local wish = expect.snmp_set({ sysName = "name" .. i }, { community = "hunter2" })
      if is_listed then
        wish:is_ok()
      else
        wish:is_refused "noAnswer"
      end
      note "the list is not about v3"
      expect.snmp_as { user = "alice", auth = "wonderland1" }:is_answered()
    end
    operator "set snmp.manager_2 ::1/128"
    expect.snmp("sysName"):is "name6"
  end,
}

local told = {
  { version = "v1", kind = "trap" },
  { version = "v2c", kind = "trap" },
  { version = "v2c", kind = "inform" },
  { version = "v3", kind = "trap", user = "alice", level = "priv" },
  { version = "v3", kind = "inform", user = "alice", level = "priv" },
}
local settings = { ["snmp.user_1_name"] = "alice", ["snmp.user_1_auth"] = "wonderland1",
  ["snmp.user_1_priv"] = "looking.glass" }
for i, receiver in ipairs(told) do
  local name = ("snmp.receiver_%d_"):format(i)
  settings[name .. "address"] = trap_receiver(i)
  settings[name .. "version"] = receiver.version
  settings[name .. "kind"] = receiver.kind
end

local function to(number, what)
  local wish = { receiver = number }
  for _, words in ipairs { told[number], what } do
    for key, value in pairs(words) do
      wish[key] = value
    end
  end
  return wish
end

scenario "receivers at ::1 are told in every version and kind, and after a restart too" {
  tags = { "snmp", "traps", "restart" },
  needs = { "ipv6" },
  plant = "guide_dashboard",
  settings = settings,

  run = function(plant)
    local module = plant.string[1].module[2]
    assert(tostring(trap_receiver(1)):find "^%[::1%]:%d+$")
    settle()
    trap_receiver(3):unplug()
    module.voltage = 16
    within(rounds(3), function()
      expect(module):has "voltage_high"
    end)
    trap_receiver(3):plug()
    for number = 1, #told do
      expect.trap(to(number, { told = "coldStart" }))
      expect.trap(to(number, { added = "voltage_high" }))
    end
    plant.webmanager:restart()
    settle()
    module.voltage = 12.94
    within(rounds(3), function()
      expect(module):has_not "voltage_high"
    end)
    for number = 1, #told do
      expect.trap(to(number, { told = "coldStart" }))
      expect.trap(to(number, { removed = "voltage_high" }))
    end
  end,
}
