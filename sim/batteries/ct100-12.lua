battery "ct100-12" {
  class = "agm",
  cells = 6,
  capacity_Ah = { [20] = 104, [10] = 100, [5] = 86, [3] = 78, [1] = 61 }, -- by hours
  resistance_mOhm = 4.9,
  mass_kg = 30.4,
  temperature_C = 25,
  source = "CT series CT100-12 (12 V 100 Ah, Leoch-type sheet) data sheet as text at " ..
    "pdfkiwi.com/documents/ct-series-general-purpose-..., quoted (page cut in the 1.75 V " ..
    "row; 5 h and 3 h 1.75 V and 1 h 1.60 V rows from the rated capacities)",
  fitted = "to 41 rows of discharge times: rms 7.2 %, worst +36.2 %",
  fit = {
    capacity_Ah = 112.199,
    available = 0.45421,
    exchange_per_h = 1.18626,
    resistance_empty = 0.277626,
    losses_mOhm = 4.82077,
    slope_V = 0.289526,
  },
}
