-- A new bank gets its addresses by a walk along the blocks with the pen.

local function presses_each_button(plant)
  for n, module in ipairs(plant.module) do
    module:press()
    within(seconds(2), function()
      expect.operator("show programmer"):shows("modules=" .. n)
    end)
    expect(module.address):is(n)
    expect(module.led):is "flashing_green"
  end
end

scenario "a bank fresh from the factory gets its addresses by button and runs" {
  tags  = { "arm", "programmer" },
  plant = "fresh_from_the_factory",

  run = function(plant)
    note "nobody answers at 1..18: everything is lost, and every module says so"
    within(minutes(2), function() expect(plant):has "communication_lost" end)
    for _, module in ipairs(plant.module) do
      expect(module.led):is "flashing_red"
    end

    note "the operator offers the addresses 1 to 18"
    operator "programmer on"
    operator "programmer range 1 18"
    within(seconds(2), function()
      expect(plant.module[1].led):is "fast_flashing_red"
      expect(plant.module[18].led):is "fast_flashing_red"
      expect.operator("show programmer"):shows "activity=range result=running next=1"
    end)

    note "and presses the buttons, from the first block to the last"
    presses_each_button(plant)
    expect.operator("show programmer"):shows "activity=none result=succeeded modules=18"

    note "the bank runs, each block at its own place"
    operator "programmer off"
    settle()
    within(rounds(4), function() expect(plant):is_quiet() end)
    wait(rounds(1))
    for n, module in ipairs(plant.module) do
      expect(module.voltage):is(13.49 + n / 1000)
      expect(module.led):is "green"
    end
    expect.modbus(1000):is(0x0041)
  end,
}

scenario "a range that is too long is stopped, and what was registered stays" {
  tags  = { "arm", "programmer" },
  plant = "fresh_from_the_factory",

  run = function(plant)
    within(minutes(2), function() expect(plant):has "communication_lost" end)
    operator "programmer on"
    operator "programmer range 1 30"
    wait(seconds(1))
    presses_each_button(plant)
    expect.operator("show programmer"):shows "activity=range next=19"
    operator "programmer stop"
    expect.operator("show programmer"):shows "activity=none result=stopped modules=18"

    note "a button that is pressed now changes nothing"
    plant.module[4]:press()
    operator "programmer show 4"
    wait(seconds(3))
    expect(plant.module[4].address):is(4)
    operator "programmer off"
    settle()
    within(rounds(4), function() expect(plant):is_quiet() end)
  end,
}

scenario "a button that is held gets no address, and the operator is told" {
  tags  = { "arm", "programmer" },
  plant = "fresh_from_the_factory",

  run = function(plant)
    within(minutes(2), function() expect(plant):has "communication_lost" end)
    operator "programmer on"
    wait(seconds(1))

    note "something leans on the button of block 5"
    plant.module[5]:hold()
    operator "programmer range 1 18"
    within(seconds(2), function()
      expect.operator("show programmer"):shows "activity=none result=button_held modules=0"
    end)
    expect(plant.module[5].address):is(0)

    note "let go, the range begins; held again, the button registers once and no more"
    plant.module[5]:let_go()
    operator "programmer range 1 18"
    wait(seconds(1))
    plant.module[5]:hold()
    within(seconds(2), function()
      expect(plant.module[5].address):is(1)
      expect.operator("show programmer"):shows "modules=1"
    end)
    throughout(seconds(20), function()
      expect.operator("show programmer"):shows "result=running next=2 modules=1"
    end, { every = seconds(1) })

    note "nor is it in the way of the next one"
    plant.module[6]:press()
    within(seconds(2), function() expect(plant.module[6].address):is(2) end)
    expect(plant.module[5].address):is(1)
  end,
}

scenario "two buttons at once get nothing: the range stops and says where" {
  tags  = { "arm", "programmer" },
  plant = "fresh_from_the_factory",

  run = function(plant)
    within(minutes(2), function() expect(plant):has "communication_lost" end)
    operator "programmer on"
    operator "programmer range 7 24"
    wait(seconds(1))
    plant.module[1]:press()
    within(seconds(2), function() expect(plant.module[1].address):is(7) end)
    plant.module[2]:press()
    plant.module[3]:press()
    within(seconds(2), function()
      expect.operator("show programmer"):shows "activity=none result=collision next=8 modules=1"
    end)
    expect(plant.module[2].address):is(0)
    expect(plant.module[3].address):is(0)

    note "it goes on from there, one button after the other"
    wait(seconds(2)) -- the presses are over
    operator "programmer range 8 24"
    wait(seconds(1))
    for n = 2, 3 do
      plant.module[n]:press()
      within(seconds(2), function()
        expect.operator("show programmer"):shows("modules=" .. n - 1)
        expect(plant.module[n].address):is(6 + n)
      end)
    end
  end,
}

scenario "a button that is pressed again moves no module and leaves no gap" {
  tags  = { "arm", "programmer" },
  plant = "fresh_from_the_factory",

  run = function(plant)
    within(minutes(2), function() expect(plant):has "communication_lost" end)
    operator "programmer on"
    operator "programmer range 1 18"
    wait(seconds(1))

    note "a hand that is not sure presses every button twice, one press each 300 ms"
    for n, module in ipairs(plant.module) do
      module:press()
      wait(seconds(0.3))
      if n < 18 then
        module:press()
        wait(seconds(0.3))
        expect.operator("log events 20"):shows("registered_again " .. n)
      end
    end

    note "and the first one again would change nothing: the range is full"
    expect.operator("show programmer"):shows "activity=none result=succeeded modules=18"
    for n, module in ipairs(plant.module) do
      expect(module.address):is(n)
      expect(module.led):is "flashing_green"
    end
  end,
}

scenario "in a bank that has addresses each may keep its own, and nobody gets another's" {
  tags  = { "arm", "programmer" },
  plant = "two_strings_of_nine",

  run = function(plant)
    settle()
    operator "programmer on"
    operator "programmer range 1 18"
    wait(seconds(1))
    note "nobody registers unpressed"
    expect.operator("show programmer"):shows "result=running next=1 modules=0"
    for n = 1, 4 do
      plant.module[n]:press()
      within(seconds(2), function()
        expect.operator("show programmer"):shows("modules=" .. n)
      end)
    end

    note "block 7 is pressed where block 5 still is"
    plant.module[7]:press()
    within(seconds(2), function()
      expect.operator("show programmer"):shows "activity=none result=collision next=5 modules=4"
    end)
    for n, module in ipairs(plant.module) do
      expect(module.address):is(n)
    end
    operator "programmer off"
    within(rounds(3), function() expect(plant):is_quiet() end)
  end,
}

scenario "two that had one address before end a range that comes to them" {
  tags  = { "arm", "programmer" },
  plant = "two_strings_of_nine",

  run = function(plant)
    settle()
    plant.module[3].address = 2
    operator "programmer on"
    operator "programmer range 1 18"
    wait(seconds(1))
    plant.module[1]:press()
    within(seconds(2), function()
      expect.operator("show programmer"):shows "activity=none result=collision next=2 modules=1"
      expect.operator("log events 20"):shows "collision 2 module"
    end)

    note "a reset is the cure the guide gives"
    operator "programmer reset"
    within(seconds(10), function()
      expect.operator("show programmer"):shows "activity=none result=succeeded"
    end)
    for _, module in ipairs(plant.module) do
      expect(module.address):is(0)
    end
  end,
}
