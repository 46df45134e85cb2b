-- Every setting that has an object reads back as it was set, in the object's own unit; and what is
-- a temperature in either of the two.

-- Setting, value in its natural unit, object, and what it shows.
local common = {
  { "log.rate_normal", 600, "bacsLogRate1", 600 },
  { "log.rate_current", 90, "bacsLogRate2", 90 },
  { "impedance.poll_rate", 100, "bacsImpcPollRate", 100 },
  { "impedance.low_alarm", 1.31, "bacsImpcLowAlarm", 131 },
  { "impedance.low_warn", 1.42, "bacsImpcLowWarn", 142 },
  { "impedance.high_warn", 30.53, "bacsImpcHighWarn", 3053 },
  { "impedance.high_alarm", 40.64, "bacsImpcHighAlarm", 4064 },
  { "voltage.low_alarm", 11.11, "bacsVoltageLowAlarm", 1111 },
  { "voltage.low_warn", 11.92, "bacsVoltageLowWarn", 1192 },
  { "voltage.high_warn", 14.03, "bacsVoltageHighWarn", 1403 },
  { "voltage.high_alarm", 15.04, "bacsVoltageHighAlarm", 1504 },
  { "string_voltage.low_alarm", 101.05, "bacsStringVoltageLowAlarm", 10105 },
  { "string_voltage.low_warn", 107.06, "bacsStringVoltageLowWarn", 10706 },
  { "string_voltage.high_warn", 127.07, "bacsStringVoltageHighWarn", 12707 },
  { "string_voltage.high_alarm", 137.08, "bacsStringVoltageHighAlarm", 13708 },
  { "current_deviation.discharge_alarm", 12.01, "bacsStringCurrentDeviationDischargeAlarm", 1201 },
  { "current_deviation.discharge_warn", 7.02, "bacsStringCurrentDeviationDischargeWarn", 702 },
  { "current_deviation.charge_alarm", 11.03, "bacsStringCurrentDeviationChargeAlarm", 1103 },
  { "current_deviation.charge_warn", 6.04, "bacsStringCurrentDeviationChargeWarn", 604 },
}

local units = {
  { unit = "celsius", number = 0, shown = {
    { "temperature.low_alarm", -3.5, "bacsTemperatureLowAlarm", -35 },
    { "temperature.low_warn", 7.3, "bacsTemperatureLowWarn", 73 },
    { "temperature.high_warn", 31.4, "bacsTemperatureHighWarn", 314 },
    { "temperature.high_alarm", 37.6, "bacsTemperatureHighAlarm", 376 },
  } },
  { unit = "fahrenheit", number = 1, shown = {
    { "temperature.low_alarm", -3.5, "bacsTemperatureLowAlarm", 257 },
    { "temperature.low_warn", 7.5, "bacsTemperatureLowWarn", 455 },
    { "temperature.high_warn", 31.5, "bacsTemperatureHighWarn", 887 },
    { "temperature.high_alarm", 37.5, "bacsTemperatureHighAlarm", 995 },
  } },
}

for _, each in ipairs(units) do
  local settings = { ["temperature.unit"] = each.unit }
  for _, list in ipairs { common, each.shown } do
    for _, row in ipairs(list) do
      settings[row[1]] = row[2]
    end
  end

  scenario("every setting reads back as it was set, in " .. each.unit) {
    tags = { "services", "settings" },
    plant = "guide_dashboard",
    settings = settings,

    run = function(plant)
      settle()
      expect.snmp("bacsTemperatureUnit"):is(each.number)
      for _, list in ipairs { common, each.shown } do
        for _, row in ipairs(list) do
          expect.snmp(row[3]):is(row[4])
        end
      end
      expect(plant):is_quiet()
    end,
  }
end

scenario "what is installed reads back" {
  tags = { "services", "settings" },
  plant = "cells_of_two_volts",

  run = function(plant)
    settle()
    expect.snmp("bacsModuleType"):is(20)
    expect.snmp("bacsNumStrings"):is(2)
    expect.snmp("bacsNumBatteries"):is(6)
    expect.snmp("bacsBattCap"):is(200)
    expect(plant.strings):is(2)
    expect(plant.modules):is(6)

    note "string and module count from 0 in the column, from 1 in the row"
    for s, string in ipairs(plant.string) do
      expect(string.position):is(s - 1)
      expect.snmp("bacsStringIndex", s):is(s - 1)
    end
    for n, module in ipairs(plant.module) do
      expect(module.position):is(n - 1)
    end
    expect(plant):is_quiet()
  end,
}
