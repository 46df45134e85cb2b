-- What a cut cable takes away is exactly what hangs beyond it; a ring is served from its other
-- end.

-- Of the modules of a string, these and no others are lost.
local function expect_lost(string, first, last)
  for i, module in ipairs(string.module) do
    if i >= first and i <= last then
      expect(module):has "module_lost"
    else
      expect(module):is_quiet()
    end
  end
end

local function expect_none_lost(string)
  expect_lost(string, 1, 0)
end

scenario "a cut line loses the modules beyond it, and mending brings them back" {
  tags = { "arm", "wiring" },
  plant = "cellar_with_boxes",

  run = function(plant)
    local near, far = plant.string[1], plant.string[2]
    settle()
    expect(plant):is_quiet()

    note "between the twelfth and the thirteenth module of the first line"
    local cable = plant:cable(near.module[12], near.module[13])
    cable:cut()
    within(rounds(5), function()
      expect_lost(near, 13, 20)
    end)
    expect.trap "system_error"
    expect.no_trap()
    throughout(minutes(1), function()
      expect_lost(near, 13, 20)
      expect_none_lost(far)
    end, { every = seconds(20) })

    note "mended: a fresh value of each, and the all-clear"
    near.module[20].voltage = 13.1
    cable:mend()
    within(rounds(3), function()
      expect(plant):is_quiet()
      expect(near.module[20].voltage):is(13.1)
    end)
    expect.trap { removed = "system_error" }
    expect.no_trap()
  end,
}

scenario "a ring keeps its modules through one cut; two lose the piece between" {
  tags = { "arm", "wiring" },
  plant = "cellar_with_boxes",

  run = function(plant)
    local far = plant.string[2]
    settle()

    note "the ring holds the modules 21 to 40 of the far string"
    plant:cable(far.module[25], far.module[26]):cut()
    throughout(rounds(6), function()
      expect(plant):is_quiet()
    end)

    note "the second cut leaves 26 to 30 without a way"
    plant:cable(far.module[30], far.module[31]):cut()
    within(rounds(5), function()
      expect_lost(far, 26, 30)
    end)
    expect_none_lost(plant.string[1])

    note "one of the two mended is enough"
    plant:cable(far.module[25], far.module[26]):mend()
    within(rounds(3), function()
      expect(plant):is_quiet()
    end)

    note "without its last cable, too, the ring is a line with one cut"
    plant:cable("box[2]", far.module[40]):cut()
    within(rounds(5), function()
      expect_lost(far, 31, 40)
    end)
  end,
}

scenario "the cable of a box takes its lines, the ring and what hangs behind" {
  tags = { "arm", "wiring" },
  plant = "cellar_with_boxes",

  run = function(plant)
    settle()
    plant:cable("box[1]", "box[2]"):cut()
    within(rounds(5), function()
      expect_lost(plant.string[2], 1, 40)
      expect(plant):has "sensor_communication_lost"
    end)
    expect_none_lost(plant.string[1])
    expect(plant):has_not "communication_lost"
    expect(plant.gx_r_aux[2].input[1]):is "alarm"
    expect(plant.gx_r_aux[1].input[1]):is "normal"

    note "and the cable of the first box takes all modules"
    plant:cable("webmanager", "box[1]"):cut()
    within(rounds(5), function()
      expect(plant):has "communication_lost"
    end)
    expect(plant.gx_r_aux[1].input[1]):is "normal"

    note "nothing is left of it when both are mended"
    plant:cable("webmanager", "box[1]"):mend()
    plant:cable("box[1]", "box[2]"):mend()
    within(rounds(3), function()
      expect(plant):is_quiet()
    end)
  end,
}

scenario "the cable of the sensors loses them and what is chained behind" {
  tags = { "arm", "board", "wiring" },
  plant = "cellar_with_boxes",

  run = function(plant)
    settle()
    local cable = plant:cable("current_sensor[1]", "current_sensor[2]")
    cable:cut()
    within(rounds(5), function()
      expect(plant):has "sensor_communication_lost"
      expect(plant.gx_r_aux[1].input[1]):is "alarm"
    end)
    expect(plant.gx_r_aux[2].input[1]):is "normal"
    expect(plant):has_not "module_lost"

    cable:mend()
    within(rounds(3), function()
      expect(plant):is_quiet()
      expect(plant.gx_r_aux[1].input[1]):is "normal"
    end)
  end,
}
