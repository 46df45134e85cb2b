battery "leoch-us12-55" {
  class = "agm",
  cells = 6,
  capacity_Ah = { [20] = 55.4, [10] = 53.4, [5] = 45.4, [1] = 31.9 }, -- by hours
  resistance_mOhm = 7.5,
  mass_kg = 17,
  temperature_C = 20,
  source = "Leoch-made OEM series, US12-55 (12 V 55 Ah) data sheet, OCR text in " ..
    "github.com/rewnozom/DocuMentor-Suite Bot/integrated_data/products/50142574/" ..
    "full_info.md, quoted",
  fitted = "to 90 rows of discharge times: rms 5.5 %, worst +38.2 %",
  fit = {
    capacity_Ah = 63.9729,
    available = 0.430639,
    exchange_per_h = 1.14546,
    resistance_empty = 0.262401,
    losses_mOhm = 9.36905,
    slope_V = 0.301431,
  },
}
