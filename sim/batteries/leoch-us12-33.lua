battery "leoch-us12-33" {
  class = "agm",
  cells = 6,
  capacity_Ah = { [20] = 32, [10] = 29.8, [5] = 26.9, [1] = 19.7 }, -- by hours
  resistance_mOhm = 12,
  mass_kg = 10.5,
  temperature_C = 20,
  source = "Leoch-made OEM series, US12-33 (12 V 33 Ah) data sheet, OCR text in " ..
    "github.com/rewnozom/DocuMentor-Suite Bot/integrated_data/products/50142575/" ..
    "full_info.md, quoted",
  fitted = "to 90 rows of discharge times: rms 5.3 %, worst +35.5 %",
  fit = {
    capacity_Ah = 36.1331,
    available = 0.482796,
    exchange_per_h = 1.13262,
    resistance_empty = 0.251996,
    losses_mOhm = 13.0391,
    slope_V = 0.305361,
  },
}
