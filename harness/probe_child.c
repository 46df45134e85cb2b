/*
 * probe_child.c — the probe's own loop: one question, one answer, and traps taken in meanwhile.
 */
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "modbus_client.h"
#include "probe.h"
#include "snmp_client.h"

static void question_answer(struct hx_modbus_client *modbus, const struct hx_question *question,
                            struct hx_answer *answer)
{
    switch (question->kind) {
    case HX_ASK_CONNECT:
        hx_modbus_use(modbus, question->modbus_port, question->modbus_unit);
        hx_snmp_use(question->snmp_port);
        hx_traps_forget();
        answer->is_ok = true;
        break;
    case HX_ASK_REGISTERS:
        hx_modbus_read(modbus, question->first, question->count, answer);
        break;
    case HX_ASK_AS_UNIT:
        hx_modbus_use(modbus, modbus->port, question->modbus_unit);
        answer->is_ok = true;
        break;
    case HX_ASK_UNIT:
        hx_modbus_ask_unit(modbus, question->modbus_unit, answer);
        break;
    case HX_ASK_CLIENTS:
        hx_modbus_ask_clients(modbus, question->count, answer);
        break;
    case HX_ASK_OBJECTS:
        hx_snmp_get(question, answer);
        break;
    case HX_ASK_ALARMS:
        hx_snmp_alarms(answer);
        break;
    case HX_ASK_TRAPS:
        hx_traps_take(answer);
        break;
    case HX_ASK_PRESENCE:
        answer->is_ok = true;
        answer->count = (hx_modbus_is_there(modbus) ? HX_PRESENT_MODBUS : 0) |
                        (hx_snmp_is_there() ? HX_PRESENT_SNMP : 0);
        break;
    }
}

void hx_probe_serve(int fd)
{
    static struct hx_question question;
    static struct hx_answer answer;
    struct hx_modbus_client modbus = {0};
    int trap_fd = -1;
    hx_snmp_start();
    int32_t port = hx_traps_open(&trap_fd);
    if (send(fd, &port, sizeof port, MSG_NOSIGNAL) != sizeof port || port == 0) {
        return;
    }
    struct pollfd wait[2] = {{.fd = fd, .events = POLLIN}, {.fd = trap_fd, .events = POLLIN}};
    while (poll(wait, 2, -1) > 0) {
        if (wait[1].revents != 0) {
            hx_traps_drain();
        }
        if (wait[0].revents == 0) {
            continue;
        }
        if (recv(fd, &question, sizeof question, 0) != sizeof question) {
            break;
        }
        memset(&answer, 0, sizeof answer);
        question_answer(&modbus, &question, &answer);
        if (send(fd, &answer, sizeof answer, MSG_NOSIGNAL) != sizeof answer) {
            break;
        }
    }
    hx_modbus_use(&modbus, 0, 1);
}
