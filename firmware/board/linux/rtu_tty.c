/*
 * rtu_tty.c — see rtu_tty.h.
 */
#include "rtu_tty.h"

#include "report.h"

#define TOLD_S 60.0

/* ---- what is dropped -------------------------------------------------------------------- */

static void dropped_tell(struct rtu_tty *rtu)
{
    const struct tty_line_options *line = &rtu->line->options;
    report(REPORT_WARNING,
           "%s %s: %lu Modbus frame(s) broken off or with a wrong check sum; make speed and parity "
           "those of the master (modbus.rtu_baud, modbus.rtu_parity), and look after the wires",
           line->name, line->path, (unsigned long)rtu->dropped);
    rtu->dropped = 0;
    ev_timer_again(rtu->line->loop, &rtu->told);
}

static void dropped(void *context)
{
    struct rtu_tty *rtu = context;
    rtu->dropped++;
    if (!ev_is_active(&rtu->told)) {
        dropped_tell(rtu);
    }
}

static void told(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct rtu_tty *rtu = timer->data;
    (void)events;
    if (rtu->dropped > 0) {
        dropped_tell(rtu);
    } else {
        ev_timer_stop(loop, timer);
    }
}

static void echoed(void *context)
{
    struct rtu_tty *rtu = context;
    const struct tty_line_options *line = &rtu->line->options;
    if (!rtu->is_echo_told) {
        rtu->is_echo_told = true;
        report(REPORT_WARNING, "%s %s: hears what it sends; take %s_echo = discard", line->name,
               line->path, line->name);
    }
}

/* ---- the line --------------------------------------------------------------------------- */

static void lost(void *context, const char *why)
{
    struct rtu_tty *rtu = context;
    tty_line_lost(rtu->line, why);
}

static void rtu_begins(void *self)
{
    struct rtu_tty *rtu = self;
    const struct tty_line_options *line = &rtu->line->options;
    const struct mbs_rtu_port_options options = {
        .fd = rtu->line->fd,
        .discards_echo = line->discards_echo,
        .lost = lost,
        .dropped = dropped,
        .echoed = echoed,
        .context = rtu,
    };
    rtu->dropped = 0;
    rtu->is_echo_told = false;
    rtu->port = mbs_rtu_port_open(rtu->line->loop, rtu->view, &options);
    if (rtu->port == NULL) {
        report(REPORT_ERROR, "%s %s: out of memory; no Modbus RTU there", line->name, line->path);
        return;
    }
    report(REPORT_NOTICE, "%s %s: Modbus RTU at %ld baud %s%s", line->name, line->path,
           (long)line->tty.form.baud, tty_frame_name(line->tty.form.frame),
           tty_has_frame(options.fd, line->tty.form.frame) ? ""
                                                           : ", which its driver does not make");
}

static void rtu_ends(void *self)
{
    struct rtu_tty *rtu = self;
    ev_timer_stop(rtu->line->loop, &rtu->told);
    mbs_rtu_port_close(rtu->port);
    rtu->port = NULL;
}

struct tty_form rtu_tty_form(const struct wm_view *view)
{
    /* As the choices of modbus.rtu_parity. */
    static const enum tty_frame frames[] = {TTY_8E1, TTY_8O1, TTY_8N2};
    const int32_t *value = view->settings.value;
    return (struct tty_form){
        .baud = value[wm_setting_modbus_rtu_baud],
        .frame = frames[value[wm_setting_modbus_rtu_parity]],
    };
}

void rtu_tty_take(struct rtu_tty *rtu)
{
    static const struct tty_line_user user = {rtu_begins, rtu_ends,
                                              "set another modbus.rtu_baud, or modbus.rtu_parity"};
    const struct tty_form form = rtu_tty_form(rtu->view);
    tty_line_take(rtu->line, &user, rtu, &form);
}

void rtu_tty_init(struct rtu_tty *rtu, struct tty_line *line, const struct wm_view *view)
{
    *rtu = (struct rtu_tty){.line = line, .view = view};
    ev_timer_init(&rtu->told, told, 0, TOLD_S);
    rtu->told.data = rtu;
}
