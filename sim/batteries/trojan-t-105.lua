battery "trojan-t-105" {
  class = "vented",
  cells = 3,
  capacity_Ah = { [5] = 185, [10] = 207, [20] = 225, [100] = 250 }, -- by hours
  mass_kg = 28,
  temperature_C = 27,
  source = "Trojan, T-105 (6 V flooded deep cycle) data sheet as text at info.5y1.org/" ..
    "6-volt-batteries-in-series, quoted; the end voltage 1.75 V per cell and the 27 to 30 " ..
    "degC test temperature are recalled from the sheet footnotes",
  fitted = "to 6 rows of discharge times: rms 4.5 %, worst +9.4 %",
  fit = {
    capacity_Ah = 253.44,
    available = 0.444576,
    exchange_per_h = 0.836134,
    resistance_empty = 0.288826,
    losses_mOhm = 1.18898,
    slope_V = 0.23849,
  },
}
