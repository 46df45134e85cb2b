battery "csb-gp12400" {
  class = "agm",
  cells = 6,
  capacity_Ah = { [20] = 40 }, -- by hours
  resistance_mOhm = 8.1,
  mass_kg = 12.63,
  temperature_C = 25,
  source = "CSB, GP 12400 (12 V 40 Ah) data sheet as text at scribd.com/doc/80335502/" ..
    "CSBGP12400, quoted (page cut after 4 h; 20 h row is the rated capacity 40 Ah to 1.75 " ..
    "V per cell)",
  fitted = "to 49 rows of discharge times: rms 4.7 %, worst -11.7 %",
  fit = {
    capacity_Ah = 46.8364,
    available = 0.548917,
    exchange_per_h = 1.34282,
    resistance_empty = 0.37269,
    losses_mOhm = 10.6318,
    slope_V = 0.174555,
  },
}
