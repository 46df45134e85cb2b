-- scenarios/plants/full_bank.lua with one Lua call a measurement: a block with a resistance and a
-- temperature that follows the load.

plant "full_bank_lua" {
  strings         = 16,
  modules         = 32,
  module_type     = "c20",
  capacity        = 50,
  current_sensors = 16,
  gx_r_aux        = 4,
  baud            = 115200,

  battery = function(number, now_s, current_A, voltage_V, temperature_degC, resistance_mOhm)
    local loss_W = current_A * current_A * resistance_mOhm / 1000
    local warm_degC = 24 + loss_W / 1.5 + (number % 7) / 10
    local step_V = current_A * resistance_mOhm / 1000
    return voltage_V + step_V / 100, (temperature_degC + warm_degC) / 2, resistance_mOhm
  end,
}
