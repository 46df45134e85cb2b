-- A module whose address is another one than everybody thinks.

scenario "a wrong address: one module is lost, and nobody knows the other" {
  tags = { "modules" },
  plant = "guide_dashboard",

  run = function(plant)
    local module = plant.string[1].module[8]
    settle()
    module:wrong_address { address = 200 }
    within(rounds(5), function() expect(module):has "module_lost" end)
    expect(module.address):is(200)
    expect(plant.string[1].module[7]):is_quiet()
    expect(plant.string[1].voltage_sum):is(8 * 12.941)
    module:heal()
    within(rounds(4), function() expect(plant):is_quiet() end)
    expect(module.address):is(8)

    note "fresh from the factory it has none"
    module:wrong_address()
    within(rounds(5), function() expect(module):has "module_lost" end)
    expect(module.address):is(0)
    module:heal()
    within(rounds(4), function() expect(plant):is_quiet() end)
  end,
}

scenario "a twin address: two modules are lost where one is wrong" {
  tags = { "modules" },
  plant = "guide_dashboard",

  run = function(plant)
    local one, twin = plant.string[1].module[8], plant.string[2].module[8]
    settle()
    twin:twin_address { address = 8, at = minutes(3) }
    throughout(minutes(3), function() expect(plant):is_quiet() end, { every = seconds(5) })
    within(rounds(6), function()
      expect(one):has "module_lost"
      expect(twin):has "module_lost"
    end)
    twin:heal()
    within(rounds(6), function() expect(plant):is_quiet() end)
    expect(twin.address):is(17)
  end,
}
