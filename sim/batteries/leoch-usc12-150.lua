battery "leoch-usc12-150" {
  class = "agm",
  cells = 6,
  capacity_Ah = { [20] = 156, [10] = 145.5, [5] = 127.6, [1] = 87.9 }, -- by hours
  resistance_mOhm = 2.5,
  mass_kg = 43.5,
  temperature_C = 20,
  source = "Leoch-made OEM series, USC12-150 (12 V 150 Ah, deep cycle) data sheet, OCR " ..
    "text in github.com/rewnozom/DocuMentor-Suite Bot/integrated_data/products/50142569/" ..
    "full_info.md, quoted",
  fitted = "to 84 rows of discharge times: rms 3.9 %, worst +25.7 %",
  fit = {
    capacity_Ah = 177.894,
    available = 0.401188,
    exchange_per_h = 1.24109,
    resistance_empty = 0.328404,
    losses_mOhm = 4.10059,
    slope_V = 0.263697,
  },
}
