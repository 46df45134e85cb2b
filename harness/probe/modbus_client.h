/*
 * modbus_client.h — the probe's Modbus client: libmodbus, blocking; over TCP, or RTU.
 */
#ifndef HX_PROBE_MODBUS_CLIENT_H
#define HX_PROBE_MODBUS_CLIENT_H

#include "harness/probe/probe.h"

struct hx_modbus_client {
    void *context;          /* private: modbus_t */
    struct hx_place place;  /* ro */
    int unit;               /* private */
    char path[HX_PATH_MAX]; /* private: of a serial line instead of the place; "": none */
    int baud;               /* private */
    char parity;            /* private */
    bool has_failed;        /* private: its last question had no sound answer */
};

/* From now on this server; an open connection is closed. */
void hx_modbus_use(struct hx_modbus_client *client, const struct hx_place *place, int unit);
void hx_modbus_close(struct hx_modbus_client *client);

/* A serial line from now on; what is open at the same one stays so. parity: as enum of
 * modbus.rtu_parity. */
void hx_modbus_use_line(struct hx_modbus_client *client, const struct hx_question *question);

/* Holding registers (function 03); a connection that was lost is made again once. */
void hx_modbus_read(struct hx_modbus_client *client, int first, int count,
                    struct hx_answer *answer);

/* Is a connection taken and a request answered? */
bool hx_modbus_is_there(struct hx_modbus_client *client);

/* Is a request to this unit identifier answered? answer->count 1, or 0 for silence. */
void hx_modbus_ask_unit(struct hx_modbus_client *client, int unit, struct hx_answer *answer);

/* How many of `count` connections open at once, this client's own the first, get an answer? */
void hx_modbus_ask_clients(struct hx_modbus_client *client, int count, struct hx_answer *answer);

#endif
