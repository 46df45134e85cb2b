-- authenticationFailure: told of a wrong community or passphrase where that is switched on, once a
-- second at most, to every receiver; and never of what is only not allowed.

local settings = {
  ["snmp.write_community"] = "hunter2", ["snmp.manager_1"] = "127.0.0.1",
  ["snmp.user_1_name"] = "alice", ["snmp.user_1_auth"] = "wonderland1",
  ["snmp.receiver_1_address"] = trap_receiver(1), ["snmp.receiver_1_version"] = "v1",
  ["snmp.receiver_2_address"] = trap_receiver(2), ["snmp.receiver_2_kind"] = "inform",
}

local strangers = {
  { community = "private" },
  { community = "private", version = "v1" },
  { community = "public", from = "127.0.0.2" },
  { user = "mallory", auth = "wonderland1" },
  { user = "alice", auth = "wonderland2" },
}

scenario "strangers are told of only where that is switched on" {
  tags = { "snmp", "traps", "access" },
  plant = "two_strings_of_nine",
  settings = settings,

  run = function()
    settle()
    expect.snmp("snmpEnableAuthenTraps"):is(2)
    for _, stranger in ipairs(strangers) do
      operator.snmp:as(stranger):try { sysName = "mine" }
      wait(seconds(2))
    end
    expect.no_trap()

    note "on, by SNMP: each of them is told, to everybody"
    operator.snmp:set { snmpEnableAuthenTraps = "yes" }
    expect.snmp("snmpEnableAuthenTraps"):is(1)
    expect.setting "snmp.authentication_traps":is "yes"
    for i, stranger in ipairs(strangers) do
      operator.snmp:as(stranger):try { sysName = "mine" }
      wait(seconds(2))
      expect.trap "authenticationFailure"
      expect.trap { told = "authenticationFailure", receiver = 1, version = "v1" }
      expect.trap { told = "authenticationFailure", receiver = 2, kind = "inform" }
      expect.trap_count "authenticationFailure":is(i)
    end

    note "who may not set, or asks for what is not there, is no stranger"
    expect.snmp_set({ sysName = "x" }, { community = "public" }):is_refused "noAccess"
    expect.snmp_set({ sysName = "x" }, { user = "alice", auth = "wonderland1" })
      :is_refused "noAccess"
    expect.snmp_as { user = "alice" }:is_refused "authorizationError"
    expect.snmp_set { { "bacsNumStrings", 1 } }:is_refused "notWritable"
    wait(seconds(2))
    expect.no_trap()

    note "off, by the console"
    operator "set snmp.authentication_traps no"
    expect.snmp("snmpEnableAuthenTraps"):is(2)
    operator.snmp:as(strangers[1]):try { sysName = "mine" }
    wait(seconds(2))
    expect.no_trap()
    expect.setting "system.name":is ""
  end,
}

scenario "a flood of strangers is told of once a second" {
  tags = { "snmp", "traps", "access" },
  plant = "guide_dashboard",
  settings = { ["snmp.authentication_traps"] = "yes" },

  run = function(plant)
    local stranger = operator.snmp:as { community = "private" }
    settle()
    for _ = 1, 5 do
      for _ = 1, 20 do
        stranger:try { sysName = "mine" }
      end
      wait(seconds(1))
    end
    expect.trap_count "authenticationFailure":is(5)
    for _ = 1, 5 do
      expect.trap "authenticationFailure"
    end

    note "and an alarm meanwhile is told as ever"
    plant.string[1].module[2].voltage = 16
    within(rounds(2), function()
      stranger:try { sysName = "mine" }
      expect(plant):has "voltage_high"
    end)
    expect.traps_in_order { { added = "voltage" }, { added = "voltage_high" } }
    expect.trap "authenticationFailure"
  end,
}
