battery "leoch-usc12-200" {
  class = "agm",
  cells = 6,
  capacity_Ah = { [20] = 201.2, [10] = 194, [5] = 180.2, [1] = 146.1 }, -- by hours
  resistance_mOhm = 2.7,
  mass_kg = 62.5,
  temperature_C = 20,
  source = "Leoch-made OEM series, USC12-200 (12 V 200 Ah, deep cycle) data sheet, OCR " ..
    "text in github.com/rewnozom/DocuMentor-Suite Bot/integrated_data/products/50142568/" ..
    "full_info.md, quoted",
  fitted = "to 84 rows of discharge times: rms 4.3 %, worst +14.6 %",
  fit = {
    capacity_Ah = 219.833,
    available = 0.622172,
    exchange_per_h = 1.22555,
    resistance_empty = 0.321765,
    losses_mOhm = 4.03329,
    slope_V = 0.14759,
  },
}
