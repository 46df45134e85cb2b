-- Devices of a plant file's own, and of a scenario's: what they answer is what is judged.

scenario "devices of a plant's own answer in the places of others" {
  tags  = { "example" },
  plant = "own_devices",

  run = function(plant)
    local rounding = plant.string[2].module[2]
    settle()
    expect(rounding.voltage):is(13.5)
    rounding.voltage = 13.9
    within(rounds(2), function() expect(rounding.voltage):is(13.5) end)
    rounding.voltage = 14.0
    within(rounds(2), function() expect(rounding.voltage):is(14) end)
    expect(rounding.resistance):is(4.8)

    expect(plant.string[1].current):is(0.5)
    plant.current_sensor[1]:drift_to(2.25)
    within(rounds(2), function() expect(plant.string[1].current):is(2.75) end)
    expect(plant.string[2].current):is(0.5)

    expect(plant.gx_r_aux[1].input[3]):is "normal"
    expect.modbus(3650, 4):is { 1, 1, 1, 0 }
  end,
}

scenario "the own devices of a plant and its hooks last for hours" {
  tags  = { "example" },
  plant = "own_devices",

  run = function(plant)
    settle()
    plant.module[1]:release "temperature"
    plant:heat_wave { to = 50 }
    wait(hours(13))
    assert(plant.ambient == plant.ambient and plant.ambient.value == 16)
    expect(plant.module[1].temperature):is_below(30)
  end,
}
