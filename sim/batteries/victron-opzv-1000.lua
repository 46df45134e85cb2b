battery "victron-opzv-1000" {
  class = "gel",
  cells = 1,
  capacity_Ah = { [10] = 1000, [20] = 1120 }, -- by hours
  temperature_C = 25,
  source = "Victron Energy, \"Gel and AGM Batteries\" data sheet, table 1, column Gel Long " ..
    "Life (tubular OPzV, percent of C10; end 1.80 V per cell to 3 h, 1.60 V from 1 h), " ..
    "recalled percentages times 1000 Ah",
  fitted = "to 8 rows of discharge times: rms 8.3 %, worst +17.4 %",
  fit = {
    capacity_Ah = 1269.22,
    available = 0.486142,
    exchange_per_h = 1.41985,
    resistance_empty = 0.34971,
    losses_mOhm = 0.0864136,
    slope_V = 0.248858,
  },
}
