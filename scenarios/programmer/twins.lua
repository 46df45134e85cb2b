-- Two devices with one address answer at once, and nobody understands them.

scenario "a module that is given its neighbour's address takes both from view" {
  tags  = { "programmer", "bus" },
  plant = "guide_dashboard",

  run = function(plant)
    local one, other = plant.string[1].module[3], plant.string[1].module[4]
    settle()

    note "somebody swaps in a block that was number 3 elsewhere"
    other.address = 3
    within(rounds(5), function()
      expect(one):has "module_lost"
      expect(other):has "module_lost"
    end)
    expect(plant.string[1].module[2]):is_quiet()
    expect(plant.string[1].module[5]):is_quiet()

    note "the cure: one module on the bus, and its address set"
    one:unplug()
    wait(rounds(2))
    operator "programmer on"
    operator "programmer single 3 4"
    within(seconds(2), function()
      expect.operator("show programmer"):shows "activity=none result=succeeded"
    end)
    one:plug()
    operator "programmer off"
    within(rounds(4), function() expect(plant):is_quiet() end)
    expect(other.address):is(4)
  end,
}

scenario "current sensors with one DIP address are lost, and nothing else is" {
  tags  = { "programmer", "bus" },
  plant = "equal_dip_switches",
  allow = "dip",

  run = function(plant)
    note "twins are understood while they say the same, bit for bit; their inputs differ"
    plant.gx_r_aux[2].input[1].level = "alarm"
    within(minutes(1), function()
      expect(plant):has "sensor_communication_lost"
      expect.snmp("gxRAUX1Input1"):is(0)
    end)
    expect(plant):has_not "module_lost"
    expect(plant.string[1].current):is_unavailable()
    expect(plant.string[2].current):is_unavailable()

    note "pulled off the bus, one leaves the line to the other"
    plant.current_sensor[2]:unplug()
    plant.gx_r_aux[2]:unplug()
    within(rounds(3), function()
      expect(plant.string[1].current):is_near(3, 0.1)
      expect.snmp("gxRAUX1Input1"):is(1)
    end)
    expect(plant.string[2].current):is_unavailable()
  end,
}
