/*
 * flood.c — the agent under 10,000 requests a second from one address: whether its loop is held,
 * whether another manager is answered, and what memory it takes.
 *
 * The polling of the bus is as late as a turn of the loop takes, which is measured in time of the
 * processor, so that what else runs on the machine does not count; a timer of a millisecond tells
 * beside it how late by the wall clock. First nobody floods, then requests that cost little, then
 * the dearest that there are.
 */
#include <ev.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "echo.h"
#include "firmware/service/snmp/agent.h"

#define TICK_S 0.001
/* 16 bytes at 19,200 baud, 10 bits each: one frame of the bus. */
#define FRAME_S  (16 * 10 / 19200.0)
#define PHASE_S  4.0
#define FLOOD_HZ 10000
#define ASK_HZ   100

/* More than a phase has. */
enum { TICKS = 10000, TURNS = 2000000 };

struct times {
    volatile int count;
    volatile float s[TURNS];
};

/* Seen by all processes. */
struct shared {
    volatile int is_recording;
    struct times late;  /* of ticks, wall */
    struct times turns; /* processor      */
    volatile size_t resident_kB;
};

static struct shared *shared;
static struct wm_view view;

/* ---- the agent -------------------------------------------------------------------------- */

static double tick_due;
static double turn_began;

static size_t resident_kB(void)
{
    unsigned long pages = 0;
    unsigned long resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    must(file != NULL && fscanf(file, "%lu %lu", &pages, &resident) == 2, "/proc/self/statm");
    fclose(file);
    return resident * (size_t)sysconf(_SC_PAGESIZE) / 1024;
}

static double processor_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void record(struct times *times, int most, double time_s)
{
    if (shared->is_recording != 0 && times->count < most) {
        times->s[times->count] = (float)time_s;
        times->count++;
    }
}

static void on_tick(struct ev_loop *loop, ev_timer *timer, int events)
{
    static int ticks;
    const double now = seconds_now();
    (void)loop;
    (void)timer;
    (void)events;
    record(&shared->late, TICKS, now > tick_due ? now - tick_due : 0);
    if (++ticks % 100 == 0) {
        shared->resident_kB = resident_kB();
    }
    tick_due = now + TICK_S;
}

/* Between these two everything is called that a turn calls. */
static void on_check(struct ev_loop *loop, ev_check *check, int events)
{
    (void)loop;
    (void)check;
    (void)events;
    turn_began = processor_s();
}

static void on_prepare(struct ev_loop *loop, ev_prepare *prepare, int events)
{
    (void)loop;
    (void)prepare;
    (void)events;
    record(&shared->turns, TURNS, processor_s() - turn_began);
}

static void agent_serve(int ready_fd)
{
    char error[256];
    ev_timer tick;
    ev_check check;
    ev_prepare prepare;
    const struct wm_commands commands = {0}; /* nothing is set */
    struct ev_loop *loop = ev_default_loop(0);
    struct snmps_agent *agent =
        snmps_agent_open(loop, "127.0.0.1:0", &view, &commands, error, sizeof error);
    must(agent != NULL, "agent");
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    peer_ready(ready_fd, snmps_agent_port(agent));
    turn_began = processor_s();
    ev_timer_init(&tick, on_tick, TICK_S, TICK_S);
    tick_due = seconds_now() + TICK_S;
    ev_timer_start(loop, &tick);
    ev_check_init(&check, on_check);
    ev_set_priority(&check, EV_MAXPRI);
    ev_check_start(loop, &check);
    ev_prepare_init(&prepare, on_prepare);
    ev_prepare_start(loop, &prepare);
    ev_run(loop, 0);
}

/* ---- who floods, and who asks ----------------------------------------------------------- */

/* GET of bacsStatus.0, and a GETBULK of 1,000 rows of the module table; v2c, public. */
static const uint8_t cheap[] = {0x30, 0x28, 2,    1, 1, 4, 6, 'p', 'u', 'b', 'l',  'i',  'c',  0xA0,
                                0x1B, 2,    1,    7, 2, 1, 0, 2,   1,   0,   0x30, 0x10, 0x30, 0x0E,
                                0x06, 0x0A, 0x2B, 6, 1, 2, 1, 33,  5,   2,   1,    0,    5,    0};
static const uint8_t dear[] = {0x30, 0x2A, 2,    1,    1,    4,    6,    'p',  'u',  'b',  'l',
                               'i',  'c',  0xA5, 0x1D, 2,    1,    7,    2,    1,    0,    2,
                               2,    3,    0xE8, 0x30, 0x11, 0x30, 0x0F, 0x06, 0x0B, 0x2B, 6,
                               1,    2,    1,    33,   5,    2,    5,    1,    2,    5,    0};

/* A socket of 127.0.0.number to the agent. */
static int socket_open(uint32_t number, int port)
{
    const struct sockaddr_in own = {.sin_family = AF_INET,
                                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + number)};
    const struct sockaddr_in agent = {.sin_family = AF_INET,
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                      .sin_port = htons((uint16_t)port)};
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    must(fd >= 0 && bind(fd, (const struct sockaddr *)&own, sizeof own) == 0 &&
             connect(fd, (const struct sockaddr *)&agent, sizeof agent) == 0 &&
             fcntl(fd, F_SETFL, O_NONBLOCK) == 0,
         "socket of 127.0.0.x");
    return fd;
}

static size_t answers_take(int fd)
{
    static uint8_t answer[65536];
    size_t count = 0;
    while (recv(fd, answer, sizeof answer, 0) > 0) {
        count++;
    }
    return count;
}

/* Sends at its rate until it is ended; what comes back it takes and forgets. */
static _Noreturn void flood(int port, const uint8_t *request, size_t size)
{
    const int fd = socket_open(1, port);
    const double start = seconds_now();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (unsigned long sent = 0;;) {
        const unsigned long due = (unsigned long)((seconds_now() - start) * FLOOD_HZ);
        for (; sent < due; sent++) {
            (void)!send(fd, request, size, 0);
        }
        (void)answers_take(fd);
        (void)poll(NULL, 0, 1);
    }
}

struct seen {
    unsigned long asked;
    unsigned long answered;
    double slowest_s;
};

/* Asks at its rate, one request after the other, each of which has half a second. */
static struct seen others_ask(int port)
{
    struct seen seen = {.asked = 0};
    const int fd = socket_open(2, port);
    const double start = seconds_now();
    while (seconds_now() - start < PHASE_S) {
        struct pollfd readable = {.fd = fd, .events = POLLIN};
        const double asked_at = seconds_now();
        send_all(fd, cheap, sizeof cheap);
        seen.asked++;
        if (poll(&readable, 1, 500) == 1) {
            const double took = seconds_now() - asked_at;
            seen.answered += answers_take(fd) > 0;
            seen.slowest_s = took > seen.slowest_s ? took : seen.slowest_s;
        }
        const double left = 1.0 / ASK_HZ - (seconds_now() - asked_at);
        (void)poll(NULL, 0, left > 0 ? (int)(left * 1000) : 0);
    }
    close(fd);
    return seen;
}

/* ---- figures ---------------------------------------------------------------------------- */

static int compare(const void *left, const void *right)
{
    const float a = *(const float *)left;
    const float b = *(const float *)right;
    return (a > b) - (a < b);
}

/* The longest but for one in a thousand, and the longest. */
static double longest(const struct times *times, double *most)
{
    static float sorted[TURNS];
    const int count = times->count;
    *most = PHASE_S;
    if (count < 10) {
        return PHASE_S; /* the loop hardly came around */
    }
    for (int i = 0; i < count; i++) {
        sorted[i] = times->s[i];
    }
    qsort(sorted, (size_t)count, sizeof *sorted, compare);
    *most = sorted[count - 1];
    return sorted[count - 1 - count / 1000];
}

static bool phase_judge(const char *name, const struct seen *seen, double turn_s, double growth_kB)
{
    char figure[60];
    snprintf(figure, sizeof figure, "snmp_flood_%s_turn_frames", name);
    bool is_met = figure_at_most(figure, turn_s / FRAME_S, 1);
    snprintf(figure, sizeof figure, "snmp_flood_%s_answered", name);
    is_met = figure_at_least(figure, (double)seen->answered / (double)seen->asked, 0.99) && is_met;
    snprintf(figure, sizeof figure, "snmp_flood_%s_growth_MB", name);
    return figure_at_most(figure, growth_kB / 1024, 2) && is_met;
}

/* request null: nobody floods, which has no bar. */
static bool phase_run(int port, const char *name, const uint8_t *request, size_t size)
{
    double late_most;
    double turn_most;
    pid_t child = 0;
    if (request != NULL && (child = fork()) == 0) {
        flood(port, request, size);
    }
    must(child >= 0, "fork");
    const double before_kB = (double)shared->resident_kB;
    shared->late.count = 0;
    shared->turns.count = 0;
    shared->is_recording = 1;
    const struct seen seen = others_ask(port);
    shared->is_recording = 0;
    if (child > 0) {
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    const double late_s = longest(&shared->late, &late_most);
    const double turn_s = longest(&shared->turns, &turn_most);
    const bool is_met = request == NULL ||
                        phase_judge(name, &seen, turn_s, (double)shared->resident_kB - before_kB);
    printf("# %s: turns %.2f ms (0.1 %%), %.2f (one); ticks late by %.2f ms (0.1 %%), %.2f (one); "
           "slowest of %lu answers to others %.2f ms\n",
           name, turn_s * 1e3, turn_most * 1e3, late_s * 1e3, late_most * 1e3, seen.answered,
           seen.slowest_s * 1e3);
    return is_met;
}

int main(void)
{
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(shared != MAP_FAILED, "memory");
    view_fill(&view, 4);
    const struct peer agent = peer_start(agent_serve);
    bool is_met = phase_run(agent.port, "none", NULL, 0);
    is_met = phase_run(agent.port, "cheap", cheap, sizeof cheap) && is_met;
    is_met = phase_run(agent.port, "dear", dear, sizeof dear) && is_met;
    peer_stop(agent);
    return is_met ? 0 : 1;
}
