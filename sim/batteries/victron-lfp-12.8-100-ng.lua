battery "victron-lfp-12.8-100-ng" {
  class = "lfp",
  cells = 4,
  capacity_Ah = { [1] = 100 }, -- by hours
  resistance_mOhm = 2,
  temperature_C = 25,
  source = "Victron, Lithium NG 12.8 V 100 Ah technical data, victronenergy.com/media/pg/" ..
    "Lithium_NG_battery_12,8_V, quoted (100 Ah at 25 degC for discharge up to 1 C; end of " ..
    "discharge 11.2 V; 2 mOhm); the rows themselves are typical: derived from that " ..
    "statement, not a printed table",
  fitted = "to 3 rows of discharge times: rms 0.9 %, worst +1.3 %",
  fit = {
    capacity_Ah = 103.586,
    available = 0.947903,
    exchange_per_h = 4.0559,
    resistance_empty = 0.0497739,
    losses_mOhm = 2.14188,
    slope_V = 0.0821502,
  },
}
