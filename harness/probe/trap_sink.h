/*
 * trap_sink.h — the trap receivers that the bench plays: v1, v2c and v3, traps and informs, each
 * on a port of its own. One can be unplugged, or slow to acknowledge.
 */
#ifndef HX_PROBE_TRAP_SINK_H
#define HX_PROBE_TRAP_SINK_H

#include "harness/probe/probe.h"

/*
 * Opens HX_SINKS of them, in place of those that are open; after hx_snmp_start. False if a port
 * can't be had.
 */
bool hx_sinks_open(enum hx_network network, int32_t port[HX_SINKS]);
/* fd[n]: readable when a datagram waits at sink n. */
void hx_sinks_fds(int fd[HX_SINKS]);
/* Real milliseconds until an acknowledgement is due; -1: none is. */
int hx_sinks_due_ms(void);
/* Takes in every datagram that waits, and acknowledges what is due. */
void hx_sinks_serve(void);

/* Nothing has come, everyone is plugged in and quick, nobody is known, nor the engine's clock. */
void hx_sinks_forget(const struct hx_question *question);
/* As the question says: one sink, or the users of v3 that all of them know. */
void hx_sinks_set(const struct hx_question *question);
void hx_sinks_know(const struct hx_question *question);
/* Hands over what came in since the last time, after at most so long a wait for something. */
void hx_sinks_take(int wait_ms, struct hx_answer *answer);

/* The library has one list of users a process; the sinks' are out of it in between. */
void hx_sinks_users_hide(void);
void hx_sinks_users_show(void);

#endif
