-- The alarm relay is held while all is well: whoever hears it drop knows of an alarm, and of a
-- webmanager without power, too.

scenario "the relay picks up 15 s after the start and drops on a general alarm" {
  tags = { "arm", "panel", "general_alarm" },
  plant = "two_strings_of_nine",

  run = function(plant)
    local relay = plant.webmanager.relay
    throughout(seconds(14.9), function()
      expect(relay):is "dropped"
    end, { every = seconds(0.1) })
    within(seconds(0.1), function()
      expect(relay):is "picked_up"
    end)

    note "a lost module is a cause, a warning is none"
    plant.module[7].voltage = 14.5
    within(rounds(3), function() expect(plant):has "voltage_warn_high" end)
    expect(relay):is "picked_up"
    plant.module[7]:unplug()
    within(rounds(5), function() expect(relay):is "dropped" end)

    note "muted is not over"
    plant.webmanager.mute:press()
    throughout(minutes(1), function() expect(relay):is "dropped" end)
    plant.module[7]:plug()
    within(rounds(3), function() expect(relay):is "picked_up" end)
  end,
}

scenario "an alarm at the start keeps the relay down" {
  tags = { "arm", "panel", "general_alarm" },
  plant = "two_strings_of_nine",

  run = function(plant)
    plant.module[2].voltage = 16
    settle()
    expect(plant.webmanager.buzzer):is "on"
    throughout(seconds(30), function() expect(plant.webmanager.relay):is "dropped" end)
    plant.module[2].voltage = 13.5
    within(rounds(3), function() expect(plant.webmanager.relay):is "picked_up" end)
  end,
}

scenario "a site that starts slowly gives it longer" {
  tags = { "arm", "panel", "settings" },
  plant = "two_strings_of_nine",
  settings = { ["panel.relay_delay"] = 120 },

  run = function(plant)
    settle()
    throughout(seconds(110), function() expect(plant.webmanager.relay):is "dropped" end)
    within(seconds(12), function() expect(plant.webmanager.relay):is "picked_up" end)
  end,
}
