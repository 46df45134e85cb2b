/*
 * runner.c — workers: started, listened to, ended.
 *
 * A worker is done when both its pipes are at their end. What it says is bounded; a worker that
 * does not end itself after its time limit is killed.
 */
#include "harness/run/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/board/target_board.h"
#include "harness/run/guard.h"
#include "harness/run/worker.h"
#include "harness/wall.h"

/* A worker ends itself a second after its limit; then comes the runner. */
#define KILL_AFTER_S 4.0
/* What a scenario may print. */
#define OUTPUT_MAX ((size_t)256 * 1024)
/* The end of a dead worker's output that goes into its report. */
#define TAIL_MAX 6000

struct slot {
    pid_t pid; /* 0: free */
    size_t number;
    struct hx_trace *trace; /* shared with the worker: what it leaves when it dies */
    int verdict_fd;         /* -1: at its end */
    int output_fd;
    double started_s;
    bool is_killed;
    struct hx_text verdict;
    struct hx_text output;
};

struct run {
    const struct hx_scenarios *scenarios;
    const struct hx_options *options;
    struct hx_verdict *verdict;
    bool *is_done; /* one a scenario */
    struct slot *slot;
    size_t next; /* scenario to start */
    size_t done;
    size_t running;
};

static volatile sig_atomic_t is_interrupted;

static void interrupted(int number)
{
    (void)number;
    is_interrupted = 1;
}

static double wall_s(void)
{
    return (double)hx_wall_us() * 1e-6;
}

/* ---- start ------------------------------------------------------------------------------ */

static _Noreturn void worker_begin(struct run *run, const struct slot *slot, size_t number,
                                   const int verdict[2], const int output[2], pid_t parent)
{
    int nothing = open("/dev/null", O_RDONLY);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* A terminal interrupts all processes; the runner alone decides what that means. */
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGTERM, SIG_DFL);
    if (getppid() != parent || dup2(nothing, STDIN_FILENO) < 0 ||
        dup2(output[1], STDOUT_FILENO) < 0 || dup2(output[1], STDERR_FILENO) < 0) {
        _exit(1);
    }
    close(output[0]);
    close(output[1]);
    close(verdict[0]);
    close(nothing);
    hx_worker_run(&run->scenarios->item[number], run->options, slot->trace, verdict[1]);
}

static void finish(struct run *run, size_t number)
{
    run->is_done[number] = true;
    ++run->done;
}

static void error_now(struct run *run, size_t number, const char *what)
{
    struct hx_verdict *verdict = &run->verdict[number];
    verdict->outcome = HX_ERROR;
    hx_text_add(&verdict->message, "%s: %s", what, strerror(errno));
    finish(run, number);
}

static void worker_start(struct run *run, struct slot *slot)
{
    int verdict[2];
    int output[2];
    size_t number = run->next++;
    struct hx_verdict *result = &run->verdict[number];
    if (result->outcome != HX_PASSED) {
        finish(run, number);
        return;
    }
    if (run->scenarios->item[number].skip != NULL) {
        result->outcome = HX_SKIPPED;
        hx_text_add(&result->message, "%s", run->scenarios->item[number].skip);
        finish(run, number);
        return;
    }
    if (pipe(verdict) != 0) {
        error_now(run, number, "no pipe for a worker");
        return;
    }
    if (pipe(output) != 0) {
        error_now(run, number, "no pipe for a worker");
        close(verdict[0]);
        close(verdict[1]);
        return;
    }
    fflush(NULL);
    *slot->trace = (struct hx_trace){0};
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        worker_begin(run, slot, number, verdict, output, parent);
    }
    close(verdict[1]);
    close(output[1]);
    if (pid < 0) {
        error_now(run, number, "no process for a worker");
        close(verdict[0]);
        close(output[0]);
        return;
    }
    *slot = (struct slot){.pid = pid,
                          .number = number,
                          .trace = slot->trace,
                          .verdict_fd = verdict[0],
                          .output_fd = output[0],
                          .started_s = wall_s()};
    ++run->running;
}

/* ---- end -------------------------------------------------------------------------------- */

/* The line of the output that says most about a death, or null. */
static void death_line(const char *output, struct hx_text *line)
{
    static const char *const telling[] = {"Assertion", "ERROR: AddressSanitizer",
                                          "runtime error:", "; it was here:"};
    for (size_t i = 0; i < sizeof telling / sizeof telling[0]; ++i) {
        const char *found = strstr(output, telling[i]);
        if (found != NULL) {
            while (found > output && found[-1] != '\n') {
                --found;
            }
            hx_text_add_bytes(line, found, strcspn(found, "\n"));
            return;
        }
    }
}

static void verdict_of_the_dead(struct run *run, struct slot *slot, int status)
{
    struct hx_verdict *verdict = &run->verdict[slot->number];
    struct hx_text line = {0};
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    hx_text_free(&verdict->message);
    hx_text_free(&verdict->detail);
    verdict->outcome = slot->is_killed || code == HX_EXIT_HANG ? HX_HANG : HX_CRASH;
    death_line(hx_text_string(&slot->output), &line);
    if (slot->is_killed) {
        hx_text_add(&verdict->message, "no end within %g s, killed", run->options->time_limit_s);
    } else if (line.size > 0) {
        hx_text_add(&verdict->message, "%s", line.bytes);
    } else if (WIFSIGNALED(status)) {
        hx_text_add(&verdict->message, "the process was ended by signal %d (%s)", WTERMSIG(status),
                    strsignal(WTERMSIG(status)));
    } else {
        hx_text_add(&verdict->message, "the process ended with status %d without a verdict", code);
    }
    size_t skipped = slot->output.size > TAIL_MAX ? slot->output.size - TAIL_MAX : 0;
    hx_text_add(&verdict->detail, "%s", hx_text_string(&slot->output) + skipped);
    if (verdict->detail.size > 0 && verdict->detail.bytes[verdict->detail.size - 1] != '\n') {
        hx_text_add(&verdict->detail, "\n");
    }
    verdict->virtual_us = slot->trace->now_us;
    hx_trace_print(slot->trace, &verdict->detail);
    hx_text_free(&slot->output);
    hx_text_free(&line);
}

/* What it had no time to remove. */
static void leavings_remove(const struct run *run, const struct slot *slot)
{
    if (run->options->spec != NULL) {
        hx_target_board_forget(run->options->spec, slot->trace);
    }
}

static void worker_end(struct run *run, struct slot *slot)
{
    int status = 0;
    struct hx_verdict *verdict = &run->verdict[slot->number];
    while (waitpid(slot->pid, &status, 0) < 0 && errno == EINTR) {
    }
    bool is_whole = hx_verdict_receive(&slot->verdict, verdict);
    if (!is_whole || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        verdict_of_the_dead(run, slot, status);
        leavings_remove(run, slot);
    }
    verdict->wall_s = wall_s() - slot->started_s;
    verdict->output = slot->output;
    slot->output = (struct hx_text){0};
    hx_text_free(&slot->verdict);
    slot->pid = 0;
    --run->running;
    finish(run, slot->number);
}

/* ---- listening -------------------------------------------------------------------------- */

static void pipe_read(int *fd, struct hx_text *text, size_t room)
{
    char bytes[16384];
    ssize_t size = read(*fd, bytes, sizeof bytes);
    if (size > 0) {
        size_t kept = text->size < room ? room - text->size : 0;
        hx_text_add_bytes(text, bytes, (size_t)size < kept ? (size_t)size : kept);
    } else if (size == 0 || errno != EINTR) {
        close(*fd);
        *fd = -1;
    }
}

/* Waits for what workers say, a second at most. */
static void workers_listen(struct run *run, struct pollfd *wait)
{
    nfds_t count = 0;
    for (int i = 0; i < run->options->jobs; ++i) {
        struct slot *slot = &run->slot[i];
        /* A negative descriptor is passed over. */
        wait[count++] =
            (struct pollfd){.fd = slot->pid > 0 ? slot->verdict_fd : -1, .events = POLLIN};
        wait[count++] =
            (struct pollfd){.fd = slot->pid > 0 ? slot->output_fd : -1, .events = POLLIN};
    }
    if (poll(wait, count, 1000) <= 0) {
        return;
    }
    for (int i = 0; i < run->options->jobs; ++i) {
        struct slot *slot = &run->slot[i];
        if (wait[2 * i].revents != 0) {
            pipe_read(&slot->verdict_fd, &slot->verdict, SIZE_MAX);
        }
        if (wait[2 * i + 1].revents != 0) {
            pipe_read(&slot->output_fd, &slot->output, OUTPUT_MAX);
        }
        if (slot->pid > 0 && slot->verdict_fd < 0 && slot->output_fd < 0) {
            worker_end(run, slot);
        }
    }
}

static void workers_kill_late(struct run *run)
{
    double now_s = wall_s();
    for (int i = 0; i < run->options->jobs; ++i) {
        struct slot *slot = &run->slot[i];
        if (slot->pid > 0 && !slot->is_killed &&
            now_s > slot->started_s + run->options->time_limit_s + KILL_AFTER_S) {
            slot->is_killed = true;
            kill(slot->pid, SIGKILL);
        }
    }
}

static void workers_interrupt(struct run *run)
{
    for (int i = 0; i < run->options->jobs; ++i) {
        struct slot *slot = &run->slot[i];
        if (slot->pid > 0) {
            kill(slot->pid, SIGKILL);
            waitpid(slot->pid, NULL, 0);
            leavings_remove(run, slot);
            hx_text_free(&slot->verdict);
            hx_text_free(&slot->output);
            slot->pid = 0;
        }
    }
    for (size_t i = 0; i < run->scenarios->count; ++i) {
        if (!run->is_done[i]) {
            run->verdict[i].outcome = HX_SKIPPED;
            hx_text_add(&run->verdict[i].message, "interrupted");
            finish(run, i);
        }
    }
}

static size_t finished_from_start(const struct run *run)
{
    size_t count = 0;
    while (count < run->scenarios->count && run->is_done[count]) {
        ++count;
    }
    return count;
}

/* Last words for every slot, seen by the workers and by the runner. */
static bool traces_share(struct run *run, size_t jobs)
{
    struct hx_trace *trace =
        mmap(NULL, jobs * sizeof *trace, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (size_t i = 0; trace != MAP_FAILED && i < jobs; ++i) {
        run->slot[i].trace = &trace[i];
    }
    return trace != MAP_FAILED;
}

static void *zeroed(size_t count, size_t size)
{
    return memset(hx_realloc(NULL, count * size), 0, count * size);
}

bool hx_runner_play(const struct hx_scenarios *scenarios, const struct hx_options *options,
                    struct hx_verdict *verdict, struct hx_report *report)
{
    size_t jobs = (size_t)options->jobs;
    struct sigaction action = {.sa_handler = interrupted};
    struct pollfd *wait = zeroed(jobs * 2, sizeof *wait);
    struct run run = {.scenarios = scenarios, .options = options, .verdict = verdict};
    run.slot = zeroed(jobs, sizeof *run.slot);
    run.is_done = zeroed(scenarios->count, sizeof *run.is_done);
    if (!traces_share(&run, jobs)) {
        hx_complain("no memory to share with the workers: %s; lower --jobs", strerror(errno));
        exit(HX_EXIT_USAGE);
    }
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (!hx_guard_is_ignored(SIGHUP)) {
        sigaction(SIGHUP, &action, NULL);
    }
    while (run.done < scenarios->count) {
        for (size_t i = 0; i < jobs && run.next < scenarios->count; ++i) {
            if (run.slot[i].pid == 0) {
                worker_start(&run, &run.slot[i]);
            }
        }
        hx_report_print(report, finished_from_start(&run));
        hx_report_progress(report, run.done, run.running);
        if (run.running > 0) {
            workers_listen(&run, wait);
            workers_kill_late(&run);
        }
        if (is_interrupted) {
            workers_interrupt(&run);
        }
    }
    hx_report_print(report, finished_from_start(&run));
    munmap(run.slot[0].trace, jobs * sizeof *run.slot[0].trace);
    free(run.slot);
    free(run.is_done);
    free(wait);
    return !is_interrupted;
}

void hx_runner_play_here(const struct hx_scenarios *scenarios, const struct hx_options *options,
                         struct hx_verdict *verdict, struct hx_report *report)
{
    char why[200] = "";
    struct hx_probe probe;
    if (!hx_probe_start(&probe, why, sizeof why)) {
        hx_complain("%s", why);
        exit(HX_EXIT_USAGE);
    }
    for (size_t i = 0; i < scenarios->count; ++i) {
        double started_s = wall_s();
        if (scenarios->item[i].skip != NULL) {
            verdict[i].outcome = HX_SKIPPED;
            hx_text_add(&verdict[i].message, "%s", scenarios->item[i].skip);
        } else {
            struct hx_trace trace = {0};
            hx_worker_play(&scenarios->item[i], options, &probe, &trace, &verdict[i]);
        }
        verdict[i].wall_s = wall_s() - started_s;
        hx_report_print(report, i + 1);
    }
    hx_probe_stop(&probe);
}
