/*
 * print_mib.h — the MIB file.
 */
#ifndef WM_PRINT_MIB_H
#define WM_PRINT_MIB_H

/* To standard output. */
void wm_print_mib(void);

#endif
