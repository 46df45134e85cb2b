/*
 * probe_child.c — the probe's own loop: one question, one answer, and traps taken in meanwhile.
 */
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "harness/probe/modbus_client.h"
#include "harness/probe/probe.h"
#include "harness/probe/snmp_client.h"
#include "harness/probe/trap_sink.h"

/* On COM2, where that is a Modbus RTU server. */
static struct hx_modbus_client line;

static void presence_answer(struct hx_modbus_client *modbus, struct hx_answer *answer)
{
    answer->is_ok = true;
    answer->count = (hx_modbus_is_there(modbus) ? HX_PRESENT_MODBUS : 0) |
                    (hx_snmp_is_there() ? HX_PRESENT_SNMP : 0);
}

static void question_answer(struct hx_modbus_client *modbus, const struct hx_question *question,
                            struct hx_answer *answer)
{
    switch (question->kind) {
    case HX_ASK_NETWORK:
        hx_snmp_network(question->network);
        answer->is_ok = hx_sinks_open(question->network, answer->is.sink_port);
        break;
    case HX_ASK_FORGET:
        hx_sinks_forget(question);
        hx_sinks_know(question);
        answer->is_ok = true;
        break;
    case HX_ASK_CONNECT:
        hx_modbus_use(modbus, &question->modbus, question->modbus_unit);
        hx_snmp_use(&question->snmp, &question->asker);
        answer->is_ok = true;
        break;
    case HX_ASK_REGISTERS:
        hx_modbus_read(modbus, question->first, question->count, answer);
        break;
    case HX_ASK_RTU:
        hx_modbus_use_line(&line, question);
        hx_modbus_read(&line, question->first, question->count, answer);
        break;
    case HX_ASK_AS_UNIT:
        hx_modbus_use(modbus, &modbus->place, question->modbus_unit);
        answer->is_ok = true;
        break;
    case HX_ASK_UNIT:
        hx_modbus_ask_unit(modbus, question->modbus_unit, answer);
        break;
    case HX_ASK_CLIENTS:
        hx_modbus_ask_clients(modbus, question->count, answer);
        break;
    case HX_ASK_AS:
        hx_snmp_use_as(&question->asker);
        hx_sinks_know(question);
        answer->is_ok = true;
        break;
    case HX_ASK_OBJECTS:
        hx_snmp_get(question, answer);
        break;
    case HX_ASK_ALARMS:
        hx_snmp_alarms(answer);
        break;
    case HX_ASK_REQUEST:
        hx_snmp_request(question, answer);
        break;
    case HX_ASK_DATAGRAM:
        hx_snmp_datagram(question, answer);
        break;
    case HX_ASK_SINK:
        hx_sinks_set(question);
        answer->is_ok = true;
        break;
    case HX_ASK_TRAPS:
        hx_sinks_take(question->wait_ms, answer);
        break;
    case HX_ASK_PRESENCE:
        presence_answer(modbus, answer);
        break;
    case HX_ASK_PRESENCE_RTU:
        hx_modbus_use_line(&line, question);
        presence_answer(&line, answer);
        break;
    }
}

/* Waits for a question, with an eye on the sinks. False: there is none. */
static bool question_wait(int fd)
{
    struct pollfd wait[1 + HX_SINKS] = {{.fd = fd, .events = POLLIN}};
    int sink[HX_SINKS];
    hx_sinks_fds(sink);
    for (size_t n = 0; n < HX_SINKS; ++n) {
        wait[1 + n] = (struct pollfd){.fd = sink[n], .events = POLLIN};
    }
    while (poll(wait, 1 + HX_SINKS, hx_sinks_due_ms()) >= 0) {
        if (wait[0].revents != 0) {
            return true;
        }
        hx_sinks_serve();
    }
    return false;
}

void hx_probe_serve(int fd)
{
    static struct hx_question question;
    static struct hx_answer answer;
    struct hx_modbus_client modbus = {0};
    int32_t port[HX_SINKS] = {0};
    hx_snmp_start();
    const bool is_open = hx_sinks_open(HX_LOOPBACK, port);
    if (send(fd, port, sizeof port, MSG_NOSIGNAL) != sizeof port || !is_open) {
        return;
    }
    while (question_wait(fd) && recv(fd, &question, sizeof question, 0) == sizeof question) {
        memset(&answer, 0, sizeof answer);
        question_answer(&modbus, &question, &answer);
        if (send(fd, &answer, sizeof answer, MSG_NOSIGNAL) != sizeof answer) {
            break;
        }
    }
    hx_modbus_close(&modbus);
    hx_modbus_close(&line);
}
