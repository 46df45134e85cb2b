-- The sensormanager on COM2: eight analog inputs, four digital ones, four outputs.

scenario "every channel is read where it is" {
  tags = { "arm", "room" },
  plant = "managed_room",

  run = function(plant)
    local port = plant.com2.port
    local begins = { 22, 50, 12.5, 19, 0, 21, 18, 55 }
    settle()
    expect(plant.com2.link):is "present"
    for n, kind in ipairs { "hydrogen_20", "hydrogen_40", "contact", "contact" } do
      expect.setting(("com2.input_%d_kind"):format(n)):is(kind)
    end
    for p, each in ipairs(port) do
      for k, analog in ipairs(each.analog) do
        expect(analog.value):is(begins[2 * (p - 1) + k])
      end
      expect(each.input):is "normal"
      expect(each.output):is "off"
    end
    port[1].analog[1].value, port[4].analog[2].value = -12.5, 61
    port[3].input.level = "alarm"
    within(seconds(3), function()
      expect(port[1].analog[1].value):is(-12.5)
      expect(port[4].analog[2].value):is(61)
      expect(port[3].input):is "alarm"
      expect(port[4].input):is "normal"
    end)
    expect(plant):is_quiet()

    note "lost: no value, the inputs on the safe side"
    plant.com2:unplug()
    within(seconds(5), function()
      expect(plant):has "sensor_communication_lost"
      expect(port[1].analog[1].value):is_unavailable()
      expect(port[4].input):is "alarm"
    end)
    plant.com2:plug()
    within(seconds(3), function()
      expect(plant):is_quiet()
      expect(port[1].analog[1].value):is(-12.5)
      expect(port[4].input):is "normal"
    end)
  end,
}

-- Hydrogen gathers where batteries charge: it is told at a fifth and at two fifths of what burns.
local gas = {
  { percent = 19.9, first = "normal", second = "normal" },
  { percent = 20, first = "alarm", second = "normal" },
  { percent = 39.9, first = "alarm", second = "normal" },
  { percent = 40, first = "alarm", second = "alarm" },
}

for _, general in ipairs { "yes", "no" } do
  scenario("hydrogen at 20 % and at 40 %; a general alarm: " .. general) {
    tags = { "arm", "room", "general_alarm" },
    plant = "managed_room",
    settings = { ["alarm.environment_is_general"] = general },

    run = function(plant)
      local port, panel = plant.com2.port, plant.webmanager
      settle()
      for _, level in ipairs(gas) do
        plant.com2.hydrogen = level.percent
        within(seconds(3), function()
          expect(port[1].input):is(level.first)
          expect(port[2].input):is(level.second)
        end)
        if general == "yes" and level.first == "alarm" then
          expect(plant):has "general_alarm"
        else
          expect(plant):has_not "general_alarm"
        end
      end
      if general == "yes" then
        note "40 % is a cause of its own: muted at 20 %, it sounds again"
        plant.com2.hydrogen = 25
        within(seconds(3), function() expect(port[2].input):is "normal" end)
        panel.mute:press()
        expect(panel.buzzer):is "off"
        plant.com2.hydrogen = 45
        within(seconds(3), function() expect(panel.buzzer):is "on" end)
      end
      plant.com2.hydrogen = 0
      within(seconds(3), function() expect(plant):is_quiet() end)
    end,
  }
end

scenario "buzzers in the room are muted with the panel's, flashlights flash until it is over" {
  tags = { "arm", "room", "general_alarm" },
  plant = "managed_room",

  run = function(plant)
    local port = plant.com2.port
    local function room_is(buzzer, flashlight)
      for p, wanted in ipairs { buzzer, flashlight, flashlight, buzzer } do
        expect(port[p].output):is(wanted)
      end
    end
    settle()
    room_is("off", "off")
    plant.module[1].voltage = 16
    within(rounds(3), function() room_is("on", "on") end)
    plant.webmanager.mute:press()
    within(seconds(1), function() room_is("off", "on") end)
    throughout(minutes(1), function() room_is("off", "on") end, { every = seconds(5) })
    plant.module[1].voltage = 13.5
    within(rounds(3), function() room_is("off", "off") end)

    note "an order that nobody heard is given again"
    plant.com2:unplug()
    plant.module[1].voltage = 16
    within(rounds(5), function() expect(plant.webmanager.buzzer):is "on" end)
    wait(seconds(5))
    plant.com2:plug()
    within(seconds(3), function() room_is("on", "on") end)
  end,
}

-- Each analog input has limits of its own.
local settings = { ["alarm.environment_is_general"] = "yes" }
for channel = 1, 8 do
  settings[("com2.analog_%d_low"):format(channel)] = 5
  settings[("com2.analog_%d_high"):format(channel)] = 90
end

scenario "each analog input has its limits" {
  tags = { "arm", "room", "general_alarm" },
  plant = "managed_room",
  settings = settings,

  run = function(plant)
    local port = plant.com2.port
    plant.com2.port[3].analog[1].value = 50
    settle()
    expect(plant):is_quiet()
    for p = 1, 4 do
      for k = 1, 2 do
        for _, value in ipairs { 90.1, 4.9 } do
          port[p].analog[k].value = value
          within(seconds(3), function() expect(plant):has "general_alarm" end)
          port[p].analog[k].value = 50
          within(seconds(3), function() expect(plant):has_not "general_alarm" end)
        end
      end
    end
    expect(plant):is_quiet()
  end,
}
