battery "nicd-104ah-l-type" {
  class = "nicd",
  cells = 1,
  capacity_Ah = { [5] = 104 }, -- by hours
  temperature_C = 25,
  source = "example data of an IEEE 1115 sizing program, github.com/LabZDjee/" ..
    "ieee-1115-2014 sample/amps-per-duration-to-1.05V.csv (104 Ah cell, maker not named, " ..
    "likely a Saft pocket plate cell of low to medium rate since the same folder holds a " ..
    "Saft example), quoted; 20 to 25 degC assumed; such sizing tables are usually for " ..
    "floated cells, so the 5 h row gives 90 Ah",
  fitted = "to 13 rows of discharge times: rms 8.4 %, worst +19.6 %",
  fit = {
    capacity_Ah = 125.622,
    available = 0.486177,
    exchange_per_h = 0.742849,
    resistance_empty = 0.163654,
    losses_mOhm = 1.57479,
    slope_V = 0.0637898,
  },
}
