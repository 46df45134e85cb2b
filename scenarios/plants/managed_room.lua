-- A small bank in a room with a sensormanager: every kind of sensor, every channel taken.
plant "managed_room" {
  modules = 3,
  com2 = {
    use = "sensormanager",
    port = {
      { "hydrogen", { use = "temperature_humidity", temperature = 22, humidity = 50 }, "buzzer" },
      { { use = "current", current = 12.5 }, { use = "temperature", temperature = 19 },
        "flashlight" },
      { "contact", "current", "temperature", "flashlight" },
      { "contact", { use = "temperature_humidity", temperature = 18, humidity = 55 }, "buzzer" },
    },
  },
}
