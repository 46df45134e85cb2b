-- What the programmer does with one module: find it, ask it, move it.

scenario "show lets a module blink until its button is pressed" {
  tags  = { "arm", "programmer" },
  plant = "two_strings_of_nine",

  run = function(plant)
    local module, other = plant.string[2].module[4], plant.string[2].module[5]
    settle()
    operator "programmer on"
    operator "programmer show 13"
    within(seconds(1), function() expect(module.led):is "alternating" end)
    expect.modbus(1000):is(0x3040)
    throughout(minutes(5), function()
      expect(module.led):is "alternating"
      expect(other.led):is "fast_flashing_red"
    end, { every = seconds(30) })
    module:press()
    within(seconds(2), function()
      expect.operator("show programmer"):shows "activity=none result=succeeded first=13"
      expect.modbus(1000):is(0x1040)
    end)
    expect(module.led):is "fast_flashing_red"

    note "stopped by the operator, the blinking ends too"
    operator "programmer show 14"
    within(seconds(1), function() expect(other.led):is "alternating" end)
    operator "programmer stop"
    within(seconds(1), function() expect(other.led):is "fast_flashing_red" end)
    expect.operator("show programmer"):shows "result=stopped"

    note "where nobody is, nobody blinks"
    operator "programmer show 400"
    within(seconds(2), function()
      expect.operator("show programmer"):shows "activity=none result=no_answer"
    end)
  end,
}

scenario "query tells the address of the only module, or how many there are" {
  tags  = { "arm", "programmer" },
  plant = "two_strings_of_nine",

  run = function(plant)
    local function is_told(words)
      operator "programmer query"
      wait(seconds(2))
      expect.modbus(1000):is(0x9044)
      wait(seconds(40)) -- 513 addresses, two time-outs each
      expect.operator("show programmer"):shows(words)
    end
    settle()
    local kept = plant.string[1].module[7]
    for n, module in ipairs(plant.module) do
      if n ~= 7 then module:unplug() end
    end
    within(rounds(4), function() expect(plant):has "system_error" end)
    operator "programmer on"
    is_told "activity=none result=succeeded first=7 modules=1"

    note "a module from the factory has the address 0"
    kept.address = 0
    is_told "activity=none result=succeeded first=0 modules=1"

    note "three are too many to ask for one"
    plant.string[1].module[2]:plug()
    plant.string[2].module[9]:plug()
    is_told "activity=none result=several modules=3"

    note "two with one address garble each other"
    plant.string[2].module[9]:unplug()
    kept.address = 2
    is_told "activity=none result=collision first=2 modules=2"

    note "and nobody is nobody"
    kept:unplug()
    plant.string[1].module[2]:unplug()
    is_told "activity=none result=no_answer modules=0"

    note "a query can be stopped on its way"
    operator "programmer query"
    wait(seconds(5))
    operator "programmer stop"
    expect.operator("show programmer"):shows "activity=none result=stopped"
  end,
}

scenario "single moves a module to a free address, and nobody onto another" {
  tags  = { "arm", "programmer" },
  plant = "two_strings_of_nine",

  run = function(plant)
    local function is_told(order, words)
      operator("programmer single " .. order)
      within(seconds(2), function() expect.operator("show programmer"):shows(words) end)
    end
    local module = plant.string[1].module[3]
    settle()
    operator "programmer on"
    is_told("3 300", "activity=none result=succeeded modules=1")
    expect(module.address):is(300)

    note "4 is taken: 300 stays where it is"
    is_told("300 4", "activity=none result=collision")
    expect(module.address):is(300)

    note "nobody has the address 3 any more"
    is_told("3 301", "activity=none result=no_answer")

    note "a replaced module comes from the factory, and gets the place of the old one"
    module:replace()
    module.address = 0
    is_told("0 3", "activity=none result=succeeded modules=1")
    operator "programmer off"
    within(rounds(3), function() expect(plant):is_quiet() end)
    expect(module.address):is(3)
  end,
}
