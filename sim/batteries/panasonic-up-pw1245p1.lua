battery "panasonic-up-pw1245p1" {
  class = "agm",
  cells = 6,
  capacity_Ah = { [20] = 7.8 }, -- by hours
  resistance_mOhm = 20,
  mass_kg = 2.6,
  temperature_C = 25,
  source = "Panasonic, UP-PW1245P1 (12 V 7.8 Ah, high rate) data sheet as text at " ..
    "it.scribd.com/document/455591555, quoted (the copy is cut after the 9.9 V row at 2 " ..
    "h); 20 mOhm is the impedance on the sheet",
  fitted = "to 26 rows of discharge times: rms 3.1 %, worst +6.8 %",
  fit = {
    capacity_Ah = 7.96812,
    available = 0.592932,
    exchange_per_h = 1.22229,
    resistance_empty = 0.313743,
    losses_mOhm = 39.7162,
    slope_V = 0.240565,
  },
}
