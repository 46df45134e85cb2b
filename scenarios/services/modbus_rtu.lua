-- Modbus RTU on COM2: the same registers, for whoever has two wires instead of a network.

local on_com2 = { ["com2.use"] = "modbus_rtu" }

scenario "Modbus RTU shows what Modbus TCP shows" {
  tags     = { "services", "com2" },
  plant    = "guide_dashboard",
  settings = on_com2,

  run = function(plant)
    local block = plant.string[1].module[7]
    settle()
    expect.modbus_rtu(1000):is(0x0041)
    expect.modbus_rtu(1000, 5):is { 65, 0, 0, 2, 18 }
    expect(plant):is_quiet()

    note "a value and an alarm are looked for there, too, wherever they are expected"
    block.voltage = 15.8
    within(rounds(4), function()
      expect(block.voltage):is_near(15.8, 0.1)
      expect(block):has "voltage_high"
    end)
  end,
}

scenario "the unit identifier is answered on COM2, all others and the broadcast are not" {
  tags     = { "services", "com2" },
  plant    = "one_module",
  settings = { ["com2.use"] = "modbus_rtu", ["modbus.unit_id"] = 7 },

  run = function(plant)
    settle()
    expect.modbus_rtu(1004):is(1)
    expect.modbus_rtu_frame("07 03 03 EC 00 01"):is_answered "07 03 02 00 01"
    for _, other in ipairs { "00", "01", "06", "08", "F7", "FF" } do
      expect.modbus_rtu_frame(other .. " 03 03 EC 00 01"):is_silent()
    end
    note "a broadcast may only write, and there is nothing to be written"
    expect.modbus_rtu_frame("00 06 03 EC 00 09"):is_silent()
    expect.modbus_rtu(1004):is(1)

    note "it moves with the setting"
    operator "set modbus.unit_id 8"
    expect.modbus_rtu_frame("08 04 03 EC 00 01"):is_answered "08 04 02 00 01"
    expect.modbus_rtu_frame("07 04 03 EC 00 01"):is_silent()
    expect.modbus_rtu(1004):is(1)
  end,
}

scenario "requests that cannot be are refused on COM2 as over TCP" {
  tags     = { "services", "com2" },
  plant    = "one_module",
  settings = on_com2,

  run = function(plant)
    settle()
    for _, each in ipairs {
      -- request                        answer      why
      { "01 06 03 EC 00 09",            "01 86 01" }, -- nothing can be written
      { "01 10 03 EC 00 01 02 00 09",   "01 90 01" },
      { "01 03 03 EC 00 00",            "01 83 03" }, -- no register, or too many
      { "01 03 03 EC 00 7E",            "01 83 03" },
      { "01 03 03 E7 00 01",            "01 83 02" }, -- outside the map, or across its end
      { "01 04 0E 61 00 02",            "01 84 02" },
      { "01 03 0E 61 00 01",            "01 03 02 00 00" }, -- the last one
    } do
      expect.modbus_rtu_frame(each[1]):is_answered(each[2])
    end
  end,
}

scenario "what noise has spoiled on COM2 is not answered, and the next question is" {
  tags     = { "services", "com2" },
  plant    = "one_module",
  settings = on_com2,

  run = function(plant)
    local question, answer = "01 03 03 EC 00 01", "01 03 02 00 01"
    settle()
    note "a byte that has changed, the check sum's own among them"
    for byte = 1, 8 do
      expect.modbus_rtu_frame(question, { flip = byte }):is_silent()
    end
    note "a frame that has lost its end, its check sum, or everything but that"
    for _, part in ipairs { "01", "01 03", "01 03 03 EC", "01 03 03 EC 00 01", "45 BB" } do
      expect.modbus_rtu_frame(part, { sum = false }):is_silent()
    end
    note "more than any frame has"
    expect.modbus_rtu_frame(("55 "):rep(300), { sum = false }):is_silent()
    expect.modbus_rtu_frame(("55 "):rep(300) .. "~4 01 03 03 EC 00 01 45 BB", { sum = false })
      :is_answered(answer)
    expect.modbus_rtu_frame(question):is_answered(answer)
    expect.modbus_rtu(1004):is(1)
  end,
}

scenario "silences on COM2 tell where a frame ends" {
  tags     = { "services", "com2" },
  plant    = "one_module",
  settings = on_com2,

  run = function(plant)
    local answer = "01 03 02 00 01"
    settle()
    note "up to one and a half characters inside are none"
    expect.modbus_rtu_frame("01 03 ~1.5 03 EC 00 01"):is_answered(answer)
    expect.modbus_rtu_frame("01 ~1.4 03 ~1.4 03 ~1.4 EC 00 ~1.4 01"):is_answered(answer)
    note "more spoil it, and three and a half end it"
    for _, gap in ipairs { 1.6, 2.5, 3.4, 3.6, 20 } do
      expect.modbus_rtu_frame(("01 03 ~%g 03 EC 00 01"):format(gap)):is_silent()
    end
    note "what came before such a silence is over"
    expect.modbus_rtu_frame("FF 00 55 ~3.6 01 03 03 EC 00 01 45 BB", { sum = false })
      :is_answered(answer)
    expect.modbus_rtu_frame("FF 00 55 ~3.4 01 03 03 EC 00 01 45 BB", { sum = false }):is_silent()
  end,
}

-- Eight characters, three and a half of silence (1.75 ms above 19,200 Bd), and the answer.
for _, each in ipairs {
  { baud = 1200,   short = 0.1696, long = 2.4429 },
  { baud = 9600,   short = 0.0212, long = 0.3054 },
  { baud = 19200,  short = 0.0106, long = 0.1527 },
  { baud = 115200, short = 0.0032, long = 0.0269 },
} do
  scenario(("Modbus RTU at %d Bd takes the line's time"):format(each.baud)) {
    tags     = { "services", "com2", "settings" },
    plant    = "one_module",
    settings = { ["com2.use"] = "modbus_rtu", ["modbus.rtu_baud"] = each.baud },

    run = function(plant)
      settle()
      expect.setting "modbus.rtu_baud":is(each.baud)
      expect.modbus_rtu(1004):is(1)
      expect.modbus_rtu_frame("01 03 03 EC 00 01"):takes(each.short)
      expect.modbus_rtu_frame("01 03 03 E8 00 7D"):takes(each.long)
    end,
  }
end

for _, parity in ipairs { "odd", "none" } do
  scenario(("Modbus RTU is served with parity %s"):format(parity)) {
    tags     = { "services", "com2", "settings" },
    plant    = "one_module",
    settings = { ["com2.use"] = "modbus_rtu", ["modbus.rtu_parity"] = parity },

    run = function(plant)
      settle()
      expect.setting "modbus.rtu_parity":is(parity)
      expect.modbus_rtu(1004):is(1)
    end,
  }
end

scenario "COM2 becomes a Modbus RTU server when an operator says so, and ends to be one" {
  tags  = { "services", "com2" },
  plant = "one_module",

  run = function(plant)
    settle()
    operator "set com2.use modbus_rtu"
    expect.modbus_rtu(1004):is(1)
    plant.webmanager:restart()
    settle()
    expect.modbus_rtu(1004):is(1)
    operator "set com2.use none"
    expect(plant):is_quiet()
    operator "set com2.use modbus_rtu"
    expect.modbus_rtu(1004):is(1)
  end,
}
