-- The stand-alone sensor on COM2: what the room is like, and whom it calls.

scenario "the room is measured, lost and measured again" {
  tags = { "arm", "room" },
  plant = "battery_room",

  run = function(plant)
    local room = plant.com2
    settle()
    expect(room.link):is "present"
    expect(room.temperature):is(21.5)
    expect(room.humidity):is(48)
    room.temperature, room.humidity = -3.2, 91.5
    within(seconds(3), function()
      expect(room.temperature):is(-3.2)
      expect(room.humidity):is(91.5)
    end)

    note "unplugged: three rounds of its own, and its last value is not kept alive"
    room:unplug()
    within(seconds(5), function()
      expect(plant):has "sensor_communication_lost"
      expect(room.link):is "lost"
      expect(room.temperature):is_unavailable()
      expect(room.humidity):is_unavailable()
      expect(plant.webmanager.red_led):is "on"
    end)
    expect.trap "sensor_communication_lost"
    expect(plant):has_not "general_alarm"

    note "back with a fresh value"
    room.temperature = 23
    room:plug()
    within(seconds(3), function()
      expect(plant):is_quiet()
      expect(room.link):is "present"
      expect(room.temperature):is(23)
      expect(plant.webmanager.red_led):is "off"
    end)
    expect.trap { removed = "sensor_communication_lost" }
    expect.no_trap()
  end,
}

scenario "two answers missed are noise, an impossible value is a sensor that is lost" {
  tags = { "arm", "room" },
  plant = "battery_room",

  run = function(plant)
    local room = plant.com2
    settle()
    room:mute { answers = 6 }
    throughout(seconds(10), function()
      expect(room.link):is "present"
      expect(plant):is_quiet()
    end)
    room.temperature = 130
    within(seconds(5), function()
      expect(plant):has "sensor_communication_lost"
      expect(room.link):is "lost"
      expect(room.temperature):is_unavailable()
    end)
    expect(room.humidity):is(48)
    room.temperature = 30
    within(seconds(3), function()
      expect(plant):is_quiet()
      expect(room.temperature):is(30)
    end)
  end,
}

-- One limit at a time: strictly beyond it sounds, back inside by the hysteresis it ends.
local limits = {
  { setting = "com2.temperature_high", value = 30, pushed = "temperature", at = 30, beyond = 30.1,
    held = 29.6, inside = 29.5 },
  { setting = "com2.temperature_low", value = 10, pushed = "temperature", at = 10, beyond = 9.9,
    held = 10.4, inside = 10.5 },
  { setting = "com2.humidity_high", value = 80, pushed = "humidity", at = 80, beyond = 80.1,
    held = 79.1, inside = 79 },
  { setting = "com2.humidity_low", value = 20, pushed = "humidity", at = 20, beyond = 19.9,
    held = 20.9, inside = 21 },
}

for _, limit in ipairs(limits) do
  scenario("the room beyond " .. limit.setting .. " is a general alarm where it is set so") {
    tags = { "arm", "room", "general_alarm" },
    plant = "battery_room",
    settings = { [limit.setting] = limit.value, ["alarm.environment_is_general"] = "yes" },

    run = function(plant)
      local room = plant.com2
      settle()
      room[limit.pushed] = limit.at
      throughout(seconds(5), function() expect(plant):has_not "general_alarm" end)
      room[limit.pushed] = limit.beyond
      within(seconds(3), function()
        expect(plant):has "general_alarm"
        expect(plant.webmanager.buzzer):is "on"
      end)
      room[limit.pushed] = limit.held
      throughout(seconds(5), function() expect(plant):has "general_alarm" end)
      room[limit.pushed] = limit.inside
      within(seconds(3), function() expect(plant):is_quiet() end)
    end,
  }
end

scenario "a hot room calls nobody unless it is set so" {
  tags = { "arm", "room", "general_alarm" },
  plant = "battery_room",
  settings = { ["com2.temperature_high"] = 30 },

  run = function(plant)
    settle()
    plant.com2:drift { temperature = 40, over = minutes(5) }
    throughout(minutes(10), function()
      expect(plant):is_quiet()
      expect(plant.webmanager.alarm_led):is "green"
    end, { every = seconds(10) })
    expect(plant.com2.temperature):is(40)

    note "the operator decides otherwise: it is one at once"
    operator "set alarm.environment_is_general yes"
    within(seconds(1), function() expect(plant.webmanager.alarm_led):is "red" end)
    expect(plant):has "general_alarm"
  end,
}

-- COM2 is one thing at a time (decision B21): for Modbus no sensor is asked.
for _, use in ipairs { "none", "modbus_rtu" } do
  scenario("a sensor that hangs on COM2 is not asked while it is used for " .. use) {
    tags = { "arm", "room" },
    plant = "battery_room",
    settings = { ["com2.use"] = use },

    run = function(plant)
      settle()
      throughout(seconds(20), function()
        expect(plant):is_quiet()
        expect(plant.webmanager.red_led):is "off"
      end)
    end,
  }
end
