-- The slide switch says which network address the next start takes; moved while the webmanager
-- runs, it changes nothing yet.

local starts = {
  { plant = "two_strings_of_nine", position = "left", mode = "configured", moved = "right" },
  { plant = "switch_in_the_middle", position = "middle", mode = "default", moved = "left" },
  { plant = "switch_on_the_right", position = "right", mode = "dhcp", moved = "middle" },
}

for _, start in ipairs(starts) do
  scenario(("switched on with the slide switch %s, then moved %s"):format(start.position,
    start.moved)) {
    tags = { "arm", "panel" },
    plant = start.plant,

    run = function(plant)
      local panel = plant.webmanager
      settle()
      expect(panel.slide_switch):is(start.position)
      expect(panel.address_mode):is(start.mode)

      note "moved: seen at once, in force at the next start"
      panel.slide_switch = start.moved
      expect(panel.slide_switch):is(start.moved)
      throughout(minutes(1), function()
        expect(panel.address_mode):is(start.mode)
        expect(plant):is_quiet()
      end)
    end,
  }
end
