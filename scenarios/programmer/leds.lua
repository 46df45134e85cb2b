-- The LED of a module, by the guide's table; the search and programming are in the other files.

scenario "the LED tells in which mode a module is" {
  tags  = { "programmer", "modules" },
  plant = "guide_dashboard",

  run = function(plant)
    local module, nearby = plant.string[1].module[3], plant.string[1].module[4]
    note "ready: an address, and nobody asks yet"
    expect(module.led):is "flashing_green"
    settle()
    note "operation"
    expect(module.led):is "green"

    note "alarm: the webmanager tells it with the next question"
    module.temperature = 80
    within(rounds(4), function()
      expect(module):has "temperature_high"
      expect(module.led):is "red"
    end)
    expect(nearby.led):is "green"

    note "unplugged, the mode is held for a minute; then it is ready; after ten minutes it sleeps"
    module:unplug()
    wait(seconds(57))
    expect(module.led):is "red"
    wait(seconds(5))
    expect(module.led):is "flashing_green"
    wait(minutes(8))
    expect(module.led):is "flashing_green"
    wait(minutes(1))
    expect(module.led):is "off"
    expect(nearby.led):is "green"

    note "default: a module from the factory, on a bus where others are asked"
    nearby.address = 0
    expect(nearby.led):is "flashing_red"
    within(rounds(4), function() expect(nearby):has "module_lost" end)
    expect(nearby.led):is "flashing_red"
  end,
}
