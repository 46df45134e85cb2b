/*
 * tty_speed.c — the kernel's own termios2: its header and <termios.h> exclude one another.
 */
#include "tty_speed.h"

#include <asm/termbits.h>
#include <sys/ioctl.h>

bool tty_speed_set(int fd, int32_t baud)
{
    struct termios2 settings;
    if (ioctl(fd, TCGETS2, &settings) != 0) {
        return false;
    }
    settings.c_cflag = (settings.c_cflag & ~(tcflag_t)CBAUD) | BOTHER;
    settings.c_ispeed = (speed_t)baud;
    settings.c_ospeed = (speed_t)baud;
    return ioctl(fd, TCSETS2, &settings) == 0;
}
