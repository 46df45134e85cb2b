-- Reset takes all addresses: the way back from a range that went wrong.

scenario "a reset leaves every module without an address, and the operator makes sure" {
  tags  = { "programmer" },
  plant = "two_strings_of_nine",

  run = function(plant)
    settle()
    operator "programmer on"
    operator "programmer reset"
    within(seconds(5), function()
      expect.operator("show programmer"):shows "activity=none result=succeeded modules=0"
    end)
    operator "programmer off"
    wait(seconds(1))
    for _, module in ipairs(plant.module) do
      expect(module.address):is(0)
      expect(module.led):is "flashing_red"
    end
    within(minutes(1), function() expect(plant):has "communication_lost" end)
  end,
}

scenario "a reset that the bus swallows is no success" {
  tags  = { "programmer" },
  plant = "two_strings_of_nine",

  run = function(plant)
    settle()
    plant.string[1].module[5]:unplug()
    operator "programmer on"
    wait(seconds(1))
    note "it is said three times, since nobody answers it; all three are lost"
    plant.bus:drop { count = 3, question = true }
    operator "programmer reset"
    within(seconds(5), function()
      expect.operator("show programmer"):shows "activity=none result=several modules=17"
    end)
    expect(plant.string[2].module[9].address):is(18)

    note "with nobody on the bus there is nothing to be proud of"
    for _, module in ipairs(plant.module) do
      module:unplug()
    end
    operator "programmer reset"
    within(seconds(5), function()
      expect.operator("show programmer"):shows "activity=none result=no_answer modules=0"
    end)
    operator "programmer off"
    within(minutes(1), function() expect(plant):has "communication_lost" end)
  end,
}
