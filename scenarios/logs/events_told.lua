-- What happens to a device or a line is in the event log, in order, with the number of the thing.
-- A collision names the address and the class: 1 modules, 2 current sensors.

local stories = {
  { what = "an input of a GX_R_AUX", plant = "four_aux",
    happens = function(plant) plant.gx_r_aux[2].input[3].level = "alarm" end,
    line = "aux_input 7 0",
    ends = function(plant) plant.gx_r_aux[2].input[3].level = "normal" end,
    after = "aux_input 7 1" },
  { what = "a GX_R_AUX that is lost", plant = "four_aux",
    happens = function(plant) plant.gx_r_aux[4]:unplug() end, line = "aux_lost 4",
    ends = function(plant) plant.gx_r_aux[4]:plug() end, after = "aux_back 4" },
  { what = "a current sensor that is lost", plant = "guide_dashboard",
    happens = function(plant) plant.current_sensor[2]:unplug() end, line = "sensor_lost 2",
    ends = function(plant) plant.current_sensor[2]:plug() end, after = "sensor_back 2" },
  { what = "a room that is too hot", plant = "battery_room",
    settings = { ["com2.temperature_high"] = 30 },
    happens = function(plant) plant.com2.temperature = 31 end, line = "com2_limit 1 1",
    ends = function(plant) plant.com2.temperature = 29 end, after = "com2_limit 1 0" },
  { what = "a room that is too dry", plant = "battery_room",
    settings = { ["com2.humidity_low"] = 20 },
    happens = function(plant) plant.com2.humidity = 19 end, line = "com2_limit 2 -1",
    ends = function(plant) plant.com2.humidity = 21 end, after = "com2_limit 2 0" },
  { what = "a sensor on COM2 that is lost", plant = "battery_room",
    happens = function(plant) plant.com2:unplug() end, line = "com2_lost",
    ends = function(plant) plant.com2:plug() end, after = "com2_back" },
  { what = "an input of the sensormanager", plant = "managed_room",
    happens = function(plant) plant.com2.port[3].input.level = "alarm" end,
    line = "com2_input 3 0",
    ends = function(plant) plant.com2.port[3].input.level = "normal" end,
    after = "com2_input 3 1" },
  { what = "two modules at one address", plant = "guide_dashboard",
    happens = function(plant) plant.string[1].module[4].address = 3 end,
    line = "collision 3 module" },
  { what = "two current sensors at one address", plant = "equal_dip_switches", allow = "dip",
    never_settles = true, line = "collision 1 sensor" },
  { what = "a voltage that no block can have", plant = "guide_dashboard",
    happens = function(plant) plant.string[1].module[8].voltage = 22.101 end,
    line = "value_refused 8 module" },
  { what = "a temperature that no room has", plant = "battery_room",
    happens = function(plant) plant.com2.temperature = 130 end,
    line = "value_refused 1 com2" },
  { what = "a module of another type", plant = "guide_dashboard",
    happens = function(plant)
      plant.string[1].module[6]:unplug()
      wait(rounds(5))
      plant.string[1].module[6]:replace { type = "c23" }
      plant.string[1].module[6]:plug()
    end, line = "module_mismatched 6" },
}

for _, story in ipairs(stories) do
  scenario(("%s is told"):format(story.what)) {
    tags = { "arm", "logs", "console" },
    plant = story.plant,
    allow = story.allow,
    settings = story.settings,

    run = function(plant)
      if not story.never_settles then
        settle()
        story.happens(plant)
      end
      within(minutes(1), function()
        expect.operator("log events 20"):shows(story.line)
      end)
      if story.ends then
        story.ends(plant)
        within(minutes(1), function()
          expect.operator("log events 20"):shows_in_order { story.line, story.after }
        end)
      end
    end,
  }
end
