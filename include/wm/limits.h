/*
 * limits.h — every capacity of the webmanager, each with its reason.
 *
 * Nothing in the core grows: a plant above a limit is refused, never truncated.
 */
#ifndef WM_LIMITS_H
#define WM_LIMITS_H

/* Guide, "Bus Cable Length and Wiring Details" (G): modules on one webmanager. */
#define WM_MODULES_MAX 512
/* Guide, "Battery String Modbus Registers": strings 1..10 and 11..16. */
#define WM_STRINGS_MAX 16
/* One current sensor a string at most. */
#define WM_SENSORS_MAX 16
/* Guide, "GX_R_AUX Modbus Registers": sixteen inputs and outputs, four a unit. */
#define WM_AUX_MAX       4
#define WM_AUX_LINES     4
#define WM_AUX_LINES_MAX (WM_AUX_MAX * WM_AUX_LINES)

/* Modules + sensors + aux: everything that is asked in one round. */
#define WM_DEVICES_MAX (WM_MODULES_MAX + WM_SENSORS_MAX + WM_AUX_MAX)

/* Guide, "Sensormanager": eight analog inputs, four digital inputs, four digital outputs. */
#define WM_COM2_ANALOGS_MAX 8
#define WM_COM2_LINES_MAX   4

/* One row a kind of alarm (decision S7); the well-known list has 39 kinds. */
#define WM_ALARM_ROWS_MAX 39

/* The whole register map, without a hole (decisions M1, M2). */
#define WM_REGISTER_FIRST 1000
#define WM_REGISTER_LAST  3681
#define WM_REGISTERS      (WM_REGISTER_LAST - WM_REGISTER_FIRST + 1)

/* Largest payload of messages.def is 11 bytes; a frame adds 8 (sim/BUS.md). */
#define WM_PAYLOAD_MAX    16
#define WM_FRAME_OVERHEAD 8
#define WM_FRAME_SIZE_MAX (WM_PAYLOAD_MAX + WM_FRAME_OVERHEAD)
/* Most fields in one direction of one message. */
#define WM_FIELDS_MAX 5 /* the last is always WM_FIELD_NONE */

/* Wishes waiting for the next step; one above it is told WM_BUSY. */
#define WM_COMMANDS_MAX 16

/*
 * Refusals that the event log tells one by one, and how long until it tells one more: who floods
 * the webmanager with nonsense needs two months to fill it.
 */
#define WM_REFUSALS_MAX       50
#define WM_REFUSALS_PERIOD_MS 600000

/* Modbus clients, upper end of `modbus.clients_max` (decision M11). */
#define WM_CLIENTS_MAX 64
/* Families of texts.def and settings.def: trap receivers that one webmanager tells, managers and
   users that it answers. */
#define WM_TRAP_RECEIVERS_MAX 8
#define WM_SNMP_MANAGERS      8
#define WM_SNMP_USERS         4

/* Hours that the runaway rule looks back (decision B15). */
#define WM_RUNAWAY_HOURS 24

/* Log rings (decision B20): entries of the event log; bytes at the normal rate and while current
   flows. */
#define WM_LOG_EVENTS_MAX   10000
#define WM_LOG_NORMAL_BYTES 20000000
#define WM_LOG_FLOW_BYTES   10000000

/* Bytes of the largest record in the store (all settings and texts), and of its name with the
   zero. */
#define WM_RECORD_SIZE_MAX 6144
#define WM_RECORD_NAME_MAX 16

#endif
