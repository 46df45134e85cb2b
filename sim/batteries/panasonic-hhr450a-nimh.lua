battery "panasonic-hhr450a-nimh" {
  class = "nimh",
  cells = 1,
  capacity_Ah = { [5] = 4.5 }, -- by hours
  resistance_mOhm = 25,
  mass_kg = 0.06,
  temperature_C = 20,
  source = "Panasonic, HHR450A NiMH cell individual data sheet, quoted (4500 mAh average " ..
    "at 0.2 It to 1.0 V, 20 degC; 25 mOhm; 60 g)",
  fitted = "to 1 rows of discharge times: rms 0.0 %, worst +0.0 %",
  fit = {
    capacity_Ah = 4.8102,
    available = 0.900189,
    exchange_per_h = 2.01341,
    resistance_empty = 0.149598,
    losses_mOhm = 12.6085,
    slope_V = 0.10027,
  },
}
