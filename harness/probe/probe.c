/*
 * probe.c — the worker's end of the probe.
 */
#include "harness/probe/probe.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Highest descriptor a worker may have handed down. */
#define INHERITED_MAX 1024

/* Keeps nothing of the worker but the socket: an open pipe would hide the worker's end. */
static _Noreturn void probe_run(int fd)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGALRM, SIG_DFL);
    if (dup2(fd, 3) < 0) {
        _exit(1);
    }
    for (int other = 4; other < INHERITED_MAX; ++other) {
        close(other);
    }
    hx_probe_serve(3);
    _exit(0);
}

const char *hx_trap_kind_name(enum hx_trap_kind kind)
{
    static const char *const names[] = {
        [HX_TRAP_COLD_START] = "coldStart",
        [HX_TRAP_AUTHENTICATION_FAILURE] = "authenticationFailure",
        [HX_TRAP_ADDED] = "added",
        [HX_TRAP_REMOVED] = "removed",
        [HX_TRAP_OTHER] = "other",
    };
    return names[kind];
}

bool hx_probe_start(struct hx_probe *probe, char *error, size_t error_size)
{
    int pair[2];
    *probe = (struct hx_probe){.fd = -1, .sink_host = "127.0.0.1"};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0) {
        snprintf(error, error_size, "no socket pair for the probe: %s", strerror(errno));
        return false;
    }
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        probe_run(pair[1]);
    }
    close(pair[1]);
    probe->fd = pair[0];
    probe->pid = (int)pid;
    if (pid < 0 ||
        recv(pair[0], probe->sink_port, sizeof probe->sink_port, 0) != sizeof probe->sink_port ||
        probe->sink_port[HX_SINKS - 1] == 0) {
        snprintf(error, error_size, "the probe did not start: %s",
                 pid < 0 ? strerror(errno) : "no UDP ports on 127.0.0.1 for its trap sinks");
        hx_probe_stop(probe);
        return false;
    }
    return true;
}

bool hx_has_ip6(void)
{
    const struct sockaddr_in6 here = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    const int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const bool has = fd >= 0 && bind(fd, (const struct sockaddr *)&here, sizeof here) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return has;
}

bool hx_probe_network(struct hx_probe *probe, enum hx_network network, char *error,
                      size_t error_size)
{
    static struct hx_question question;
    static struct hx_answer answer;
    if (probe->network == network) {
        return true;
    }
    question = (struct hx_question){.kind = HX_ASK_NETWORK, .network = network};
    hx_probe_ask(probe, &question, &answer);
    if (!answer.is_ok) {
        snprintf(error, error_size, "%s",
                 answer.is_gone ? answer.error : "no UDP ports there for the trap sinks");
        return false;
    }
    probe->network = network;
    snprintf(probe->sink_host, sizeof probe->sink_host, "%s",
             network == HX_LOOPBACK_IP6 ? "[::1]" : "127.0.0.1");
    memcpy(probe->sink_port, answer.is.sink_port, sizeof probe->sink_port);
    return true;
}

void hx_probe_stop(struct hx_probe *probe)
{
    if (probe->fd > 0) {
        close(probe->fd);
    }
    if (probe->pid > 0) {
        kill(probe->pid, SIGKILL);
        waitpid(probe->pid, NULL, 0);
    }
    *probe = (struct hx_probe){.fd = -1};
}

static void answer_gone(struct hx_answer *answer)
{
    answer->is_ok = false;
    answer->is_gone = true;
    answer->count = 0;
    snprintf(answer->error, sizeof answer->error,
             "the probe, a process of the bench, has ended; this says nothing about the "
             "webmanager: run it again");
}

bool hx_probe_send(struct hx_probe *probe, const struct hx_question *question,
                   struct hx_answer *answer)
{
    answer_gone(answer);
    return send(probe->fd, question, sizeof *question, MSG_NOSIGNAL) == sizeof *question;
}

void hx_probe_receive(struct hx_probe *probe, struct hx_answer *answer)
{
    if (recv(probe->fd, answer, sizeof *answer, 0) != sizeof *answer) {
        answer_gone(answer);
    }
}

void hx_probe_ask(struct hx_probe *probe, const struct hx_question *question,
                  struct hx_answer *answer)
{
    if (hx_probe_send(probe, question, answer)) {
        hx_probe_receive(probe, answer);
    }
}
