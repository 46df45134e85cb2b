/*
 * status.h — the one error enumeration of the project.
 *
 * World errors are negative and must be looked at; programmer errors are assertions.
 */
#ifndef WM_STATUS_H
#define WM_STATUS_H

#define WM_MUST_CHECK __attribute__((warn_unused_result))

enum wm_status {
    WM_OK = 0,
    WM_BUSY = -1,     /* not now: one transmission is outstanding, an inbox is full     */
    WM_IO = -2,       /* the line or the medium is unusable                             */
    WM_RANGE = -3,    /* a value outside its range, an item that is not configured      */
    WM_ABSENT = -4,   /* no such record, name or object                                 */
    WM_DAMAGED = -5,  /* bytes that fail their checksum or their form                   */
    WM_CONFLICT = -6, /* each value is in range, together they contradict one another   */
};

#endif
