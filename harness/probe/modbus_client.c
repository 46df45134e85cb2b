/*
 * modbus_client.c — registers as any Modbus client reads them.
 */
#include "harness/probe/modbus_client.h"

#include <errno.h>
#include <fcntl.h>
#include <modbus.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

void hx_modbus_close(struct hx_modbus_client *client)
{
    if (client->context != NULL) {
        modbus_close(client->context);
        modbus_free(client->context);
        client->context = NULL;
    }
}

void hx_modbus_use(struct hx_modbus_client *client, const struct hx_place *place, int unit)
{
    hx_modbus_close(client);
    client->path[0] = '\0';
    client->place = *place;
    client->unit = unit;
}

void hx_modbus_use_line(struct hx_modbus_client *client, const struct hx_question *question)
{
    static const char parities[] = {'E', 'O', 'N'};
    const char parity = parities[question->parity];
    if (strcmp(client->path, question->path) == 0 && client->unit == question->modbus_unit &&
        client->baud == question->baud && client->parity == parity) {
        return;
    }
    hx_modbus_close(client);
    client->unit = question->modbus_unit;
    (void)snprintf(client->path, sizeof client->path, "%s", question->path);
    client->baud = question->baud;
    client->parity = parity;
}

/*
 * A driver may leave the parity out without a word, as that of a pty; where nothing else was new
 * the C library calls that an error. So something is: no master is as slow as this.
 */
static void line_unsettle(const char *path)
{
    struct termios form;
    const int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0) {
        if (tcgetattr(fd, &form) == 0 && cfsetispeed(&form, B300) == 0 &&
            cfsetospeed(&form, B300) == 0) {
            (void)tcsetattr(fd, TCSANOW, &form);
        }
        (void)close(fd);
    }
}

static bool client_connect(struct hx_modbus_client *client)
{
    if (client->context != NULL) {
        return true;
    }
    if (client->path[0] != '\0') {
        line_unsettle(client->path);
        const int stop_bits = client->parity == 'N' ? 2 : 1;
        client->context = modbus_new_rtu(client->path, client->baud, client->parity, 8, stop_bits);
    } else {
        const char *host = client->place.host[0] != '\0' ? client->place.host : "127.0.0.1";
        char port[12];
        (void)snprintf(port, sizeof port, "%d", (int)client->place.port);
        client->context = modbus_new_tcp_pi(host, port);
    }
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

/* After a question that failed: the end of its frame, and of what is still said. */
#define CALM_MS   50
#define CALMS_MAX 20

/*
 * On a line, what came unasked would be taken for the answer, and a question that follows another
 * within the silence between frames makes one frame with it that nobody answers.
 */
static void line_calm(struct hx_modbus_client *client)
{
    if (client->path[0] == '\0') {
        return;
    }
    struct pollfd line = {.fd = modbus_get_socket(client->context), .events = POLLIN};
    (void)tcflush(line.fd, TCIFLUSH);
    for (int i = 0; client->has_failed && i < CALMS_MAX && poll(&line, 1, CALM_MS) > 0; ++i) {
        (void)tcflush(line.fd, TCIFLUSH);
    }
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
            line_calm(client);
            got = modbus_read_registers(client->context, first, count, answer->is.registers);
        }
        int error = errno;
        client->has_failed = got != count && !is_exception(error);
        if (got == count) {
            answer->is_ok = true;
            answer->count = count;
            return;
        }
        snprintf(answer->error, sizeof answer->error, "%s",
                 error == ETIMEDOUT ? "no answer in time" : modbus_strerror(error));
        if (is_exception(error)) {
            return;
        }
        hx_modbus_close(client);
        if (error == ETIMEDOUT) {
            return;
        }
    }
}

/* A register that is always there. */
#define ANY_REGISTER WM_REGISTER_FIRST

/*
 * The stranger's question goes first, the own one behind it on the same connection: what comes
 * back first tells whether the stranger was answered, and silence takes no time to hear.
 */
void hx_modbus_ask_unit(struct hx_modbus_client *client, int unit, struct hx_answer *answer)
{
    const uint8_t request[] = {(uint8_t)unit,
                               MODBUS_FC_READ_HOLDING_REGISTERS,
                               ANY_REGISTER >> 8,
                               ANY_REGISTER & 0xFF,
                               0,
                               1};
    hx_modbus_close(client);
    if (!client_connect(client) ||
        modbus_send_raw_request(client->context, request, sizeof request) < 0) {
        snprintf(answer->error, sizeof answer->error, "%s", modbus_strerror(errno));
        return;
    }
    int got = modbus_read_registers(client->context, ANY_REGISTER, 1, answer->is.registers);
    int error = errno;
    answer->is_ok = got == 1 || error == EMBBADDATA;
    answer->count = got == 1 ? 0 : 1;
    snprintf(answer->error, sizeof answer->error, "%s", modbus_strerror(error));
    hx_modbus_close(client);
}

void hx_modbus_ask_clients(struct hx_modbus_client *client, int count, struct hx_answer *answer)
{
    struct hx_modbus_client *other = calloc((size_t)count, sizeof *other);
    int served = 0;
    hx_modbus_read(client, ANY_REGISTER, 1, answer);
    for (int i = 1; other != NULL && answer->is_ok && i < count; ++i) {
        other[i] = (struct hx_modbus_client){.place = client->place, .unit = client->unit};
        served += client_connect(&other[i]) && modbus_read_registers(other[i].context, ANY_REGISTER,
                                                                     1, answer->is.registers) == 1
                      ? 1
                      : 0;
    }
    for (int i = 1; other != NULL && i < count; ++i) {
        hx_modbus_close(&other[i]);
    }
    free(other);
    /* Once more: the webmanager has then seen that the others are gone. */
    if (answer->is_ok) {
        hx_modbus_read(client, ANY_REGISTER, 1, answer);
    }
    answer->count = served + 1;
}

bool hx_modbus_is_there(struct hx_modbus_client *client)
{
    uint16_t any[1];
    hx_modbus_close(client);
    if (!client_connect(client)) {
        return false;
    }
    line_calm(client);
    client->has_failed = modbus_read_registers(client->context, ANY_REGISTER, 1, any) != 1;
    return !client->has_failed;
}
