battery "hoppecke-opzs-solar-280" {
  class = "vented",
  cells = 1,
  capacity_Ah = { [10] = 213, [5] = 182, [24] = 245, [50] = 265, [100] = 280 }, -- by hours
  resistance_mOhm = 1.05,
  mass_kg = 17.1,
  temperature_C = 20,
  source = "Hoppecke, OPzS solar.power 280 (4 OPzS, 2 V tubular vented) data sheet, " ..
    "recalled (C10 1.80 V, C5 1.77 V, C24 1.83 V, C50 and C100 1.85 V per cell; " ..
    "resistance and mass recalled, less sure); 20 degC",
  fitted = "to 5 rows of discharge times: rms 2.4 %, worst -4.0 %",
  fit = {
    capacity_Ah = 300.807,
    available = 0.370353,
    exchange_per_h = 0.85196,
    resistance_empty = 0.300065,
    losses_mOhm = 0.499422,
    slope_V = 0.232424,
  },
}
