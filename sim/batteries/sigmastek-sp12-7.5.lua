battery "sigmastek-sp12-7.5" {
  class = "agm",
  cells = 6,
  capacity_Ah = { [20] = 7.58, [10] = 7.16 }, -- by hours
  resistance_mOhm = 20,
  mass_kg = 2.2,
  temperature_C = 25,
  source = "SigmasTek, SP12-7.5 (12 V 7.5 Ah) data sheet as text at fdocuments.net/" ..
    "document/12v75aht1..., quoted",
  fitted = "to 66 rows of discharge times: rms 6.0 %, worst +35.5 %",
  fit = {
    capacity_Ah = 8.2176,
    available = 0.494984,
    exchange_per_h = 1.14144,
    resistance_empty = 0.256138,
    losses_mOhm = 60.0525,
    slope_V = 0.309084,
  },
}
