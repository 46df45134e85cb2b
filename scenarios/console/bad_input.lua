-- What no operator should type: refused with a reason, told to the event log, and nothing else has
-- changed.

local requests = {
  { "brea", "unknown" },
  { "Breaker open 1", "unknown" },
  { "breaker", "syntax" },
  { "breaker open", "syntax" },
  { "breaker open 1 now", "syntax" },
  { "breaker open first", "syntax" },
  { "breaker open 0", "range" },
  { "breaker open 3", "range" },
  { "breaker toggle 1", "unknown" },
  { "breaker open 1;breaker open 2", "syntax" },
  { "show modules 19", "absent" },
  { "show modules 18..19", "absent" },
  { "show modules x", "syntax" },
  { "show everything", "unknown" },
  { "set voltage.delay", "syntax" },
  { "set voltage.delay 0x10", "range" },
  { "clock yesterday", "syntax" },
  { "clock 2021-02-29T00:00:00Z", "syntax" },
  { "programmer range 1", "syntax" },
  { ("breaker open 1 "):rep(25), "too_long" },
  { ("x"):rep(4000), "too_long" },
  { "breaker open 1\0", "syntax" },
  { "breaker open \u{b9}", "syntax" },
  { "\27[Abreaker open 1", "syntax" },
}

-- So many records are in the event log.
local function log_has(records)
  expect.operator("show logs"):shows(("log=events records=%d"):format(records))
end

local function records_logged()
  return tonumber(operator("show logs")[1].records)
end

scenario "what is no request is refused and told, and nothing else has changed" {
  tags  = { "console" },
  plant = "two_strings_of_nine",

  run = function(plant)
    settle()
    local before = operator "show settings"
    local records = records_logged()
    for i, request in ipairs(requests) do
      expect.operator(request[1]):is_refused(request[2])
      log_has(records + i)
      expect.operator("log events 1"):shows(("request_refused %s 1"):format(request[2]))
    end
    local after = operator "show settings"
    for i, line in ipairs(before.lines) do
      assert(after.lines[i] == line, after.lines[i])
    end
    throughout(rounds(3), function()
      expect(plant):is_quiet()
      expect(plant.string[1].breaker):is "closed"
      expect(plant.gx_r_aux[1].output[1]):is "off"
      log_has(records + #requests)
    end)
  end,
}

scenario "a half-typed request does nothing until it is finished" {
  tags  = { "console" },
  plant = "two_strings_of_nine",

  run = function(plant)
    settle()
    operator:types "breaker open "
    throughout(minutes(5), function()
      expect(plant):is_quiet()
      expect(plant.gx_r_aux[1].output[1]):is "off"
    end)
    note "what is asked next is its end"
    operator "1"
    within(rounds(2), function()
      expect(plant.gx_r_aux[1].output[1]):is "on"
      expect(plant.string[1].breaker):is "open"
    end)
    note "what is begun and ended is a whole: it is read by the unit that it set"
    operator:types "set temperature."
    operator:types "unit "
    operator "fahrenheit"
    wait(rounds(2))
    expect(plant.module[1].temperature):is_near(24, 2)
    operator "set temperature.unit celsius"
    note "a half that makes no sense with what follows is refused as one"
    operator:types "set voltage."
    expect.operator("show status"):is_refused "unknown"
    expect.operator("show status"):is_ok()
  end,
}

scenario "a flood of nonsense leaves the event log to what happens to the batteries" {
  tags  = { "console", "logs" },
  plant = "two_strings_of_nine",

  run = function(plant)
    settle()
    local records = records_logged()
    note "199 are taken and refused, one by one; the rest comes too fast"
    for _ = 1, 300 do
      operator:try "show everything"
    end
    wait(seconds(20))
    note "fifty were told, and the log is still that of the plant"
    log_has(records + 50)
    expect.operator("log events 1"):shows "request_refused unknown 1"
    plant.string[1].module[2]:unplug()
    within(rounds(5), function()
      expect.operator("log events 3"):shows "module_lost 2"
    end)
    note "ten minutes after the flood the others are told: 149 unknown, and the first too fast"
    throughout(minutes(9), function()
      expect.operator("log events 10"):shows_in_order { "request_refused unknown 1", "module_lost" }
    end, { every = minutes(1) })
    within(minutes(1), function()
      expect.operator("log events 1"):shows "request_refused too_fast 150"
    end)
    note "so soon after, the next one waits for its turn too"
    expect.operator("breaker open 9"):is_refused "range"
    expect.operator("log events 1"):shows "request_refused too_fast 150"
    within(minutes(10), function()
      expect.operator("log events 1"):shows "request_refused range 1"
    end)
  end,
}

scenario "a flood of requests is refused, and the bus goes on" {
  tags  = { "console" },
  plant = "two_strings_of_nine",

  run = function(plant)
    settle()
    local code
    for _ = 1, 250 do
      code = code or operator:try("show version").code
    end
    assert(code == "too_fast", code)
    expect.operator("breaker open 1"):is_refused "too_fast"
    plant.string[1].module[2]:unplug()
    within(rounds(5), function()
      expect(plant.string[1].module[2]):has "module_lost"
    end)
    note "time makes up for it"
    wait(seconds(20))
    expect.operator("breaker open 1"):is_ok()
  end,
}
