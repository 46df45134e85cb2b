battery "csb-gp645" {
  class = "agm",
  cells = 3,
  capacity_Ah = { [20] = 4.5 }, -- by hours
  resistance_mOhm = 19,
  mass_kg = 0.84,
  temperature_C = 25,
  source = "CSB, GP 645 (6 V 4.5 Ah) data sheet as text at manualmachine.com/csb/gp645/" ..
    "9101362-user-manual, quoted",
  fitted = "to 70 rows of discharge times: rms 4.6 %, worst +15.7 %",
  fit = {
    capacity_Ah = 4.81594,
    available = 0.528494,
    exchange_per_h = 1.29723,
    resistance_empty = 0.384074,
    losses_mOhm = 38.6123,
    slope_V = 0.150323,
  },
}
