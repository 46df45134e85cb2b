-- Whatever the line swallows while addresses are given: no two modules at one, and none left out.

local faults = {
  { name = "an answer is lost", verb = "drop" },
  { name = "an answer is garbled", verb = "corrupt" },
  { name = "a question is lost", verb = "drop", question = true },
}

-- A press every 300 ms; each meets a fault of the nth question from then on: who is pressed, who
-- takes the address, who has it now.
local function walks_along(plant, fault, nth, presses)
  for _, module in ipairs(plant.module) do
    for _ = 1, presses do
      module:press()
      plant.bus[fault.verb](plant.bus, { nth = nth, question = fault.question })
      wait(seconds(0.3))
    end
  end
end

local function all_have_their_places(plant)
  expect.operator("show programmer"):shows "activity=none result=succeeded modules=18"
  for n, module in ipairs(plant.module) do
    expect(module.address):is(n)
  end
end

for _, fault in ipairs(faults) do
  for nth = 1, 3 do
    scenario(("%s at every button, number %d, and no address is twice"):format(fault.name, nth)) {
      tags  = { "programmer", "bus" },
      plant = "fresh_from_the_factory",

      run = function(plant)
        within(minutes(2), function() expect(plant):has "communication_lost" end)
        operator "programmer on"
        operator "programmer range 1 18"
        wait(seconds(1))
        walks_along(plant, fault, nth, 1)
        wait(seconds(1))
        all_have_their_places(plant)

        note "the bank runs, each block at its own place"
        operator "programmer off"
        settle()
        within(rounds(4), function() expect(plant):is_quiet() end)
        wait(rounds(1))
        for n, module in ipairs(plant.module) do
          expect(module.voltage):is(13.49 + n / 1000)
        end
      end,
    }
  end
end

scenario "a line that loses one answer in ten takes longer, and no address is given twice" {
  tags  = { "programmer", "bus" },
  plant = "fresh_from_the_factory",

  run = function(plant)
    within(minutes(2), function() expect(plant):has "communication_lost" end)
    operator "programmer on"
    plant.bus:drop { percent = 10 }
    operator "programmer range 1 18"
    wait(seconds(1))
    for n, module in ipairs(plant.module) do
      module:press()
      within(seconds(2), function()
        expect.operator("show programmer"):shows("modules=" .. n)
      end)
    end
    all_have_their_places(plant)
  end,
}

for _, fault in ipairs(faults) do
  for nth = 1, 6 do
    -- 1 to 3 is the look at the new address, where nobody answers.
    if fault.question or nth > 3 then
      scenario(("single moves a module though %s, number %d"):format(fault.name, nth)) {
        tags  = { "programmer", "bus" },
        plant = "two_strings_of_nine",

        run = function(plant)
          settle()
          operator "programmer on"
          wait(seconds(1))
          plant.bus[fault.verb](plant.bus, { nth = nth, question = fault.question })
          operator "programmer single 3 300"
          within(seconds(2), function()
            expect.operator("show programmer"):shows "activity=none result=succeeded modules=1"
          end)
          expect(plant.string[1].module[3].address):is(300)
        end,
      }
    end
  end
end
