battery "sunnyway-sw12140e" {
  class = "agm",
  cells = 6,
  capacity_Ah = { [20] = 14, [10] = 12.8, [5] = 12, [1] = 8.4 }, -- by hours
  resistance_mOhm = 13.5,
  mass_kg = 3.7,
  temperature_C = 25,
  source = "Shenzhen Sunnyway, SW12140E (12 V 14 Ah) data sheet as text at " ..
    "datasheetandpdf.com/EN/SUNNYWAY/1/SW12140E_17.htm, quoted (10 h and 20 h rows from " ..
    "the nominal rates on the same page)",
  fitted = "to 30 rows of discharge times: rms 5.8 %, worst -12.6 %",
  fit = {
    capacity_Ah = 14.6767,
    available = 0.466449,
    exchange_per_h = 1.20073,
    resistance_empty = 0.323901,
    losses_mOhm = 28.9572,
    slope_V = 0.241317,
  },
}
