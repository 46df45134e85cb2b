battery "csb-gp645" {
  class = "agm",
  cells = 3,
  capacity_Ah = { [20] = 4.5 }, -- by hours
  resistance_mOhm = 19,
  mass_kg = 0.84,
  temperature_C = 25,
  source = "CSB, GP 645 (6 V 4.5 Ah) data sheet as text at manualmachine.com/csb/gp645/" ..
    "9101362-user-manual, quoted",
  fitted = "to 70 rows of discharge times: rms 4.6 %, worst +15.8 %",
  fit = {
    capacity_Ah = 4.81401,
    available = 0.528396,
    exchange_per_h = 1.3008,
    resistance_empty = 0.382059,
    losses_mOhm = 38.5409,
    slope_V = 0.151462,
  },
}
