/*
 * modbus_client.c — registers as any Modbus client reads them.
 */
#include "modbus_client.h"

#include <errno.h>
#include <modbus.h>
#include <stdio.h>
#include <string.h>

void hx_modbus_use(struct hx_modbus_client *client, int port, int unit)
{
    if (client->context != NULL) {
        modbus_close(client->context);
        modbus_free(client->context);
        client->context = NULL;
    }
    client->port = port;
    client->unit = unit;
}

static bool client_connect(struct hx_modbus_client *client)
{
    if (client->context != NULL) {
        return true;
    }
    client->context = modbus_new_tcp("127.0.0.1", client->port);
    if (client->context == NULL) {
        return false;
    }
    modbus_set_slave(client->context, client->unit);
    modbus_set_response_timeout(client->context, HX_ANSWER_LIMIT_S, 0);
    if (modbus_connect(client->context) == 0) {
        return true;
    }
    modbus_free(client->context);
    client->context = NULL;
    return false;
}

/* An exception is an answer; anything else is a connection that is of no use any more. */
static bool is_exception(int error)
{
    return error >= EMBXILFUN && error <= EMBXGTAR;
}

void hx_modbus_read(struct hx_modbus_client *client, int first, int count, struct hx_answer *answer)
{
    for (int attempt = 0; attempt < 2; ++attempt) {
        int got = -1;
        if (client_connect(client)) {
            got = modbus_read_registers(client->context, first, count, answer->is.registers);
        }
        if (got == count) {
            answer->is_ok = true;
            answer->count = count;
            return;
        }
        int error = errno;
        snprintf(answer->error, sizeof answer->error, "%s",
                 error == ETIMEDOUT ? "no answer in time" : modbus_strerror(error));
        if (is_exception(error)) {
            return;
        }
        hx_modbus_use(client, client->port, client->unit);
        if (error == ETIMEDOUT) {
            return;
        }
    }
}
