-- A small bank, and on COM2 the stand-alone sensor of its room.
plant "battery_room" {
  modules = 3,
  com2 = { use = "temperature_humidity", temperature = 21.5, humidity = 48 },
}
