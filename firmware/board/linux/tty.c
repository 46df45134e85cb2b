/*
 * tty.c — see tty.h.
 */
#include "tty.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/serial.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "device.h"
#include "tty_speed.h"

/* ---- form ------------------------------------------------------------------------------- */

static const struct {
    int32_t baud;
    speed_t speed;
} speeds[] = {
    {1200, B1200},     {2400, B2400},     {4800, B4800},     {9600, B9600},       {19200, B19200},
    {38400, B38400},   {57600, B57600},   {115200, B115200}, {230400, B230400},   {460800, B460800},
    {500000, B500000}, {576000, B576000}, {921600, B921600}, {1000000, B1000000},
};

static const struct {
    const char *name;
    tcflag_t flags;
} frames[] = {
    [TTY_8N1] = {"8N1", 0},
    [TTY_8N2] = {"8N2", CSTOPB},
    [TTY_8E1] = {"8E1", PARENB},
    [TTY_8O1] = {"8O1", PARENB | PARODD},
};

const char *tty_frame_name(enum tty_frame frame)
{
    return frames[frame].name;
}

/* A character of wrong parity is read as 0, so that a check sum finds it. */
void tty_frame_write(enum tty_frame frame, struct termios *settings)
{
    settings->c_cflag &= ~(tcflag_t)(CSIZE | CSTOPB | PARENB | PARODD);
    settings->c_cflag |= CS8 | frames[frame].flags;
    settings->c_iflag &= ~(tcflag_t)(INPCK | IGNPAR | PARMRK);
    settings->c_iflag |= (frames[frame].flags & PARENB) != 0 ? (tcflag_t)INPCK : 0;
}

static bool baud_set(int fd, int32_t baud)
{
    struct termios settings;
    for (size_t i = 0; i < sizeof speeds / sizeof speeds[0]; i++) {
        if (speeds[i].baud == baud) {
            return tcgetattr(fd, &settings) == 0 && cfsetispeed(&settings, speeds[i].speed) == 0 &&
                   cfsetospeed(&settings, speeds[i].speed) == 0 &&
                   tcsetattr(fd, TCSANOW, &settings) == 0;
        }
    }
    return tty_speed_set(fd, baud);
}

bool tty_set_form(int fd, const struct tty_form *form)
{
    struct termios settings;
    if (tcgetattr(fd, &settings) != 0) {
        return false;
    }
    tty_frame_write(form->frame, &settings);
    /* Invalid: the driver makes no parity, and nothing else was new; tty_has_frame tells. */
    return (tcsetattr(fd, TCSANOW, &settings) == 0 || errno == EINVAL) && baud_set(fd, form->baud);
}

bool tty_has_frame(int fd, enum tty_frame frame)
{
    struct termios settings;
    if (tcgetattr(fd, &settings) != 0) {
        return false;
    }
    const struct termios present = settings;
    tty_frame_write(frame, &settings);
    return settings.c_cflag == present.c_cflag;
}

/* ---- open ------------------------------------------------------------------------------- */

static const char *cure_of(int reason)
{
    switch (reason) {
    case ENOENT:
    case ENXIO:
    case ENODEV:
    case EIO:
        return "plug it in, or name the one that is there (ls /dev/tty*)";
    case EACCES:
    case EPERM:
        return "add the user that runs this to the group of the device (dialout)";
    case EWOULDBLOCK:
    case EBUSY:
        return "another program has it; end that one";
    case ENOTTY:
    case EISDIR:
        return "name a serial port, such as /dev/ttyS1 or /dev/ttyUSB0";
    default:
        return "look after the device and its driver";
    }
}

/* By errno; always false. */
static bool failed(const char *what, char *error, size_t error_size)
{
    const int reason = errno;
    const char *cause = reason == EWOULDBLOCK ? "in use" : strerror(reason);
    (void)snprintf(error, error_size, "%s%s; %s", what, cause, cure_of(reason));
    return false;
}

static bool raw_set(int fd, const struct tty_options *options)
{
    struct termios settings;
    if (tcgetattr(fd, &settings) != 0) {
        return false;
    }
    cfmakeraw(&settings);
    settings.c_cflag &= ~(tcflag_t)(CRTSCTS | HUPCL);
    settings.c_cflag |= CREAD | CLOCAL;
    settings.c_cc[VMIN] = 1;
    settings.c_cc[VTIME] = 0;
    if (options->is_for_person) {
        settings.c_iflag |= ICRNL;
        settings.c_oflag |= OPOST | ONLCR;
        settings.c_lflag |= ICANON | ECHO | ECHOE | ECHOK;
        settings.c_cc[VEOF] = settings.c_cc[VEOL] = _POSIX_VDISABLE; /* nobody types an end */
    }
    return tcsetattr(fd, TCSANOW, &settings) == 0 && tty_set_form(fd, &options->form);
}

static bool rs485_set(int fd, enum tty_rs485 kind)
{
    struct serial_rs485 settings = {.flags = SER_RS485_ENABLED};
    settings.flags |= kind == TTY_RS485_ON_SEND ? SER_RS485_RTS_ON_SEND : SER_RS485_RTS_AFTER_SEND;
    return kind == TTY_RS485_OFF || ioctl(fd, TIOCSRS485, &settings) == 0;
}

/* By errno; always false. */
static bool rs485_failed(char *error, size_t error_size)
{
    (void)snprintf(error, error_size,
                   "its driver has no RS-485 direction (%s); take bus_rs485 (com2_rs485) = off "
                   "with an adapter that switches by itself",
                   strerror(errno));
    return false;
}

/* USB adapters gather bytes for 16 ms otherwise; what cannot do it has no such habit. */
static void latency_lower(int fd)
{
    struct serial_struct settings;
    if (ioctl(fd, TIOCGSERIAL, &settings) == 0) {
        settings.flags |= (int)ASYNC_LOW_LATENCY;
        (void)ioctl(fd, TIOCSSERIAL, &settings);
    }
}

static bool set_up(int fd, const struct tty_options *options, char *error, size_t error_size)
{
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        return failed("", error, error_size);
    }
    if (!isatty(fd) || !raw_set(fd, options)) {
        return failed("", error, error_size);
    }
    if (!rs485_set(fd, options->rs485)) {
        return rs485_failed(error, error_size);
    }
    latency_lower(fd);
    return true;
}

static int path_open(const char *path)
{
    return device_may_be(path, "tty") ? open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC) : -1;
}

int tty_open(const char *path, const struct tty_options *options, char *error, size_t error_size)
{
    const int fd = path_open(path);
    if (fd < 0) {
        (void)failed("", error, error_size);
        return -1;
    }
    if (!set_up(fd, options, error, error_size)) {
        (void)close(fd);
        return -1;
    }
    tty_discard_input(fd);
    return fd;
}

/* What the driver has is set again; but whoever has it in use knows already. */
static bool has_rs485(int fd, enum tty_rs485 kind)
{
    struct serial_rs485 present;
    return kind == TTY_RS485_OFF || flock(fd, LOCK_EX | LOCK_NB) != 0 ||
           (ioctl(fd, TIOCGRS485, &present) == 0 && ioctl(fd, TIOCSRS485, &present) == 0);
}

bool tty_check(const char *path, enum tty_rs485 rs485, char *error, size_t error_size)
{
    const int fd = path_open(path);
    const bool is_in_use = fd < 0 && errno == EBUSY; /* by whoever lets no other open it */
    bool is_good = is_in_use || (fd >= 0 && isatty(fd)) || failed("", error, error_size);
    if (is_good && !is_in_use && !has_rs485(fd, rs485)) {
        is_good = rs485_failed(error, error_size);
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return is_good;
}

/* ---- queues ----------------------------------------------------------------------------- */

size_t tty_unsent(int fd)
{
    int bytes = 0;
    return ioctl(fd, TIOCOUTQ, &bytes) == 0 && bytes > 0 ? (size_t)bytes : 0;
}

void tty_discard_input(int fd)
{
    (void)tcflush(fd, TCIFLUSH);
}

void tty_discard_output(int fd)
{
    (void)tcflush(fd, TCOFLUSH);
}
