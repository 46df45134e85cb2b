battery "victron-gel-deep-cycle-110" {
  class = "gel",
  cells = 6,
  capacity_Ah = { [20] = 110 }, -- by hours
  resistance_mOhm = 4.8,
  mass_kg = 33,
  temperature_C = 25,
  source = "Victron Energy, \"Gel and AGM Batteries\" data sheet, table 1 (effective " ..
    "capacity as a function of discharge time, percent of C20; end 10.8 V to 3 h, 9.6 V " ..
    "from 1 h), recalled percentages times the nominal capacity; resistance and mass " ..
    "recalled",
  fitted = "to 9 rows of discharge times: rms 4.0 %, worst +7.5 %",
  fit = {
    capacity_Ah = 119.449,
    available = 0.472378,
    exchange_per_h = 1.2609,
    resistance_empty = 0.323275,
    losses_mOhm = 5.65853,
    slope_V = 0.29709,
  },
}
