-- As much as one webmanager takes needs three splitting boxes. A plant that says nothing about its
-- cables is wired as the guide asks: lines of fifty, four on a box, the boxes in a row.

scenario "the third box of a full bank drops out alone" {
  tags = { "arm", "wiring" },
  plant = "full_bank",

  run = function(plant)
    settle()
    local cable = plant:cable("box[2]", "box[3]")
    cable:cut()
    within(minutes(2), function()
      expect(plant.module[401]):has "module_lost"
      expect(plant.module[512]):has "module_lost"
    end)
    for n, module in ipairs(plant.module) do
      if n > 400 then
        expect(module):has "module_lost"
      else
        expect(module):is_quiet()
      end
    end

    note "the string across the boxes has lost half of itself"
    expect(plant.string[13]):has "module_lost"
    expect(plant.string[12]):is_quiet()

    cable:mend()
    within(minutes(2), function()
      expect(plant):is_quiet()
    end)
  end,
}
