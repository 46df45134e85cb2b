/*
 * clock.h — wall time that a test can put forward, as libev sees it, so that nobody waits for it.
 */
#ifndef TESTS_SERVICE_CLOCK_H
#define TESTS_SERVICE_CLOCK_H

/* From now on every clock of this process shows seconds more. */
void clock_advance(double seconds);

#endif
