-- Communities and passphrases are told nowhere: not by the console, not by the logs, not by any
-- object, whoever walks, and not by a refusal.

local secrets = {
  ["snmp.read_community"] = "watch.1", ["snmp.write_community"] = "hunter.2",
  ["snmp.user_1_auth"] = "wonderland.3", ["snmp.user_1_priv"] = "looking.glass.4",
  ["snmp.receiver_1_community"] = "trumpet.5",
}

local settings = { ["snmp.user_1_name"] = "alice", ["snmp.user_1_access"] = "write",
  ["snmp.receiver_1_address"] = trap_receiver(1) }
for name, value in pairs(secrets) do
  settings[name] = value
end

local function holds_none(text)
  for name, secret in pairs(secrets) do
    if tostring(text):find(secret, 1, true) then
      error(("%s is told: %s"):format(name, tostring(text)))
    end
  end
end

scenario "no window tells a community or a passphrase" {
  tags = { "snmp", "access" },
  plant = "two_strings_of_nine",
  settings = settings,

  run = function()
    settle()
    for name in pairs(secrets) do
      expect.setting(name):is_set()
      expect.operator("show settings " .. name):shows "is_set=yes"
    end
    expect.setting "snmp.user_2_auth":is_not_set()

    note "every one is set anew, refused once, and asked for"
    for name, value in pairs(secrets) do
      operator(("set %s %s!"):format(name, value))
      operator(("set %s %s"):format(name, value))
    end
    expect.operator("set snmp.user_2_auth hunter2"):is_refused "range"
    expect.operator("set snmp.read_community hunter.2"):is_refused "conflict"
    expect.snmp_set { sysName = "alice" }:is_ok()

    for _, request in ipairs { "show settings", "show settings snmp", "log events", "show status",
      "help set" } do
      for _, line in ipairs(operator(request).lines) do
        holds_none(line)
      end
    end
    for _, manager in ipairs {
      operator.snmp,
      operator.snmp:as { community = "hunter.2", version = "v1" },
      operator.snmp:as { user = "alice", auth = "wonderland.3", priv = "looking.glass.4" },
    } do
      local seen = manager:walk()
      assert(#seen > 200, "a short walk")
      for _, each in ipairs(seen) do
        holds_none(each.value)
      end
    end
    expect.snmp("sysName"):is "alice"
  end,
}
