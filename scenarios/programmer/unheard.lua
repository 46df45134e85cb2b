-- Who takes an address answers no more: if what it says then is lost, it has to be looked for
-- before the next one is given anything.

for lost = 1, 4 do
  scenario(("the address of a module that is not heard %d times is no other's"):format(lost)) {
    tags  = { "programmer", "bus" },
    plant = "fresh_from_the_factory",

    run = function(plant)
      within(minutes(2), function() expect(plant):has "communication_lost" end)
      operator "programmer on"
      operator "programmer range 1 18"
      wait(seconds(1))
      for n, module in ipairs(plant.module) do
        wait(seconds(0.3)) -- nobody has the next address: that is asked first
        module:press()
        if n % 6 == 1 then
          note "one question finds it, the second gives, three more look whether it is there"
          for nth = 2, 1 + lost do
            plant.bus:drop { nth = nth }
          end
        end
        within(seconds(2), function()
          expect.operator("show programmer"):shows("modules=" .. n)
        end)
      end
      for n, module in ipairs(plant.module) do
        expect(module.address):is(n)
      end
      expect.operator("show programmer"):shows "activity=none result=succeeded modules=18"
    end,
  }
end

scenario "an address is looked at again when another button is pressed" {
  tags  = { "programmer", "bus" },
  plant = "fresh_from_the_factory",

  run = function(plant)
    local left = 7
    within(minutes(2), function() expect(plant):has "communication_lost" end)
    operator "programmer on"
    operator "programmer range 1 18"
    wait(seconds(1))
    note "who is pressed is heard; not that it takes the address, nor six times who it is"
    local noise = plant:on_frame(function(frame)
      if left > 0 and frame.direction == "answer" and frame.fields.address ~= 0 then
        left = left - 1
        return false
      end
    end)
    plant.module[1]:press()
    wait(seconds(3))
    noise:remove()
    assert(left == 0, "all were lost")
    expect.operator("show programmer"):shows "result=running modules=0"
    plant.module[2]:press()
    within(seconds(2), function()
      expect.operator("show programmer"):shows "result=running modules=2"
    end)
    expect(plant.module[1].address):is(1)
    expect(plant.module[2].address):is(2)
  end,
}
