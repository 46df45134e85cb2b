-- Whom the Modbus service answers: its own unit identifier and the two that mean "whoever is
-- there", and so many clients at once as it is told to.

for _, id in ipairs { 1, 7, 247 } do
  scenario(("unit identifier %d is answered, its neighbours are not"):format(id)) {
    tags = { "services", "settings" },
    plant = "one_module",
    settings = { ["modbus.unit_id"] = id },

    run = function(plant)
      settle()
      expect.modbus_unit(id):answers()
      expect.modbus_unit(0):answers()
      expect.modbus_unit(255):answers()
      for _, other in ipairs { 2, id + 1, 248, 254 } do
        expect.modbus_unit(other):is_silent()
      end
      expect.modbus(1004):is(1)
    end,
  }
end

for _, clients in ipairs { 1, 3, 16, 64 } do
  scenario(("%d clients at once are served"):format(clients)) {
    tags = { "services", "settings" },
    plant = "one_module",
    settings = { ["modbus.clients_max"] = clients },

    run = function(plant)
      settle()
      expect.modbus_clients():is(clients)
      note "they leave, and there is room again"
      expect.modbus_clients():is(clients)
      expect.modbus(1004):is(1)
    end,
  }
end
