-- A breaker opens on an order and stays open until an operator closes it: whichever way it is
-- wired, whatever becomes of the unit that drives it.

local wirings = {
  {
    name = "normally open", plant = "two_strings_of_nine", output = 1,
    open = "on", closed = "off",
  },
  {
    name = "normally closed", plant = "breaker_nc", output = 3,
    open = "off", closed = "on",
  },
}

for _, wiring in ipairs(wirings) do
  scenario("an operator opens and closes a breaker, wired " .. wiring.name) {
    tags = { "arm", "safety", "console" },
    plant = wiring.plant,

    run = function(plant)
      local string = plant.string[1]
      local contact = plant.gx_r_aux[1].output[wiring.output]
      settle()
      string.current = 3
      expect(contact):is(wiring.closed)
      expect(string.breaker):is "closed"

      operator "breaker open 1"
      within(rounds(3), function()
        expect(contact):is(wiring.open)
        expect(string.breaker):is "open"
        expect(plant):has "battery_breaker_open"
        expect.modbus(1001):is(0x0004)
        expect(string.current):is_near(0, 0.05)
      end)
      expect.trap "battery_breaker_open"
      expect(plant):has_not "general_alarm"

      note "the unit that drives it is lost: what was ordered stands, and is shown"
      plant.gx_r_aux[1]:unplug()
      within(rounds(6), function()
        expect(plant):has "sensor_communication_lost"
      end)
      expect(string.breaker):is "open"
      throughout(minutes(2), function()
        expect.modbus(1010):is(0)
        expect(plant):has "battery_breaker_open"
      end, { every = seconds(10) })

      note "closed while the unit is away: it is told as soon as it is back"
      operator "breaker close 1"
      wait(rounds(3))
      expect.modbus(1010):is(0)
      plant.gx_r_aux[1]:plug()
      within(rounds(4), function()
        expect(contact):is(wiring.closed)
        expect(string.breaker):is "closed"
        expect(plant):has_not "battery_breaker_open"
        expect(string.current):is_near(3, 0.1)
      end)
      expect.trap { removed = "battery_breaker_open" }
    end,
  }
end

scenario "a string without a breaker has none to open" {
  tags = { "arm", "safety", "console" },
  plant = "guide_dashboard",

  run = function(plant)
    settle()
    expect(plant.string[1].breaker):is "none"
    expect.operator("breaker open 1"):is_refused "range"
    expect.operator("breaker open 3"):is_refused "range"
    expect(plant):is_quiet()
  end,
}

local polled = {
  { what = "in programmer mode", begin = function() operator "programmer on" end },
  { what = "between two rounds that are an hour apart", round_period = 3600 },
}

for _, case in ipairs(polled) do
  scenario("an order that is lost on the line is given again " .. case.what) {
    tags = { "arm", "safety", "programmer" },
    plant = "two_strings_of_nine",

    run = function(plant)
      local contact = plant.gx_r_aux[1].output[1]
      settle()
      if case.begin then
        case.begin()
      else
        operator("set bus.round_period " .. case.round_period)
      end
      wait(seconds(3))
      note "neither the order nor its two repeats reach the unit"
      plant.bus:drop { count = 3, question = true }
      operator "breaker open 1"
      within(seconds(3), function()
        expect(contact):is "on"
      end)
      plant.bus:heal()
    end,
  }
end
