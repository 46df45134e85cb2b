/*
 * modbus_client.h — the probe's Modbus client: libmodbus, blocking.
 */
#ifndef HX_MODBUS_CLIENT_H
#define HX_MODBUS_CLIENT_H

#include "probe.h"

struct hx_modbus_client {
    void *context; /* private: modbus_t */
    int port;      /* private */
    int unit;      /* private */
};

/* From now on this port on 127.0.0.1; an open connection is closed. */
void hx_modbus_use(struct hx_modbus_client *client, int port, int unit);

/* Holding registers (function 03); a connection that was lost is made again once. */
void hx_modbus_read(struct hx_modbus_client *client, int first, int count,
                    struct hx_answer *answer);

#endif
