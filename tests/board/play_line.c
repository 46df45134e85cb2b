/*
 * play_line.c — plays the devices of a plant on a pty, in real time, for the tests of webmanagerd.
 *
 * play-line PLANT LINK: the other end of the line is LINK, a symbolic link to the pty. Each line of
 * standard input is Lua on `plant`, or `pull` or `plug`, which take the line away and bring it back
 * under the same name; each is answered by a line `ok`, or by what is wrong. Ends with its input.
 *
 * play-line - LINK: nobody is on the line: standard input goes there, and what comes is printed.
 */
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <lualib.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "sim/plant.h"
#include "sim/world.h"
#include "wm/limits.h"

enum { LINE_SIZE_MAX = 500, TICK_US = 20000 };

struct player {
    struct sim_world *world;
    lua_State *lua;
    struct wm_bus bus;
    const char *link;
    int line; /* -1: pulled */
    int hold; /* the daemon's end, so that a daemon that is not there is no hang-up */
    int64_t started_us;
};

static int64_t wall_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static bool plug(struct player *player)
{
    struct termios raw;
    player->line = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    if (player->line < 0 || grantpt(player->line) != 0 || unlockpt(player->line) != 0) {
        return false;
    }
    const char *name = ptsname(player->line);
    player->hold = open(name, O_RDWR | O_NOCTTY);
    (void)unlink(player->link);
    if (player->hold < 0 || tcgetattr(player->hold, &raw) != 0) {
        return false;
    }
    cfmakeraw(&raw);
    return tcsetattr(player->hold, TCSANOW, &raw) == 0 && symlink(name, player->link) == 0;
}

static void pull(struct player *player)
{
    (void)unlink(player->link);
    (void)close(player->hold);
    (void)close(player->line);
    player->line = -1;
}

/* ---- the line --------------------------------------------------------------------------- */

/* What the daemon writes at once is a question. */
static void questions_take(struct player *player)
{
    uint8_t bytes[WM_FRAME_SIZE_MAX];
    const ssize_t size = read(player->line, bytes, sizeof bytes);
    if (size > 0) {
        (void)player->bus.ops->transmit(player->bus.self, bytes, (size_t)size);
    }
}

static void answers_give(struct player *player)
{
    uint8_t bytes[256];
    const int size = player->bus.ops->receive(player->bus.self, bytes, sizeof bytes);
    if (size > 0 && player->line >= 0) {
        (void)!write(player->line, bytes, (size_t)size);
    }
}

/* ---- standard input --------------------------------------------------------------------- */

static const char *order(struct player *player, const char *line)
{
    if (strcmp(line, "pull") == 0) {
        pull(player);
        return "ok";
    }
    if (strcmp(line, "plug") == 0) {
        return plug(player) ? "ok" : strerror(errno);
    }
    lua_settop(player->lua, 0);
    return luaL_dostring(player->lua, line) == LUA_OK ? "ok" : lua_tostring(player->lua, -1);
}

/* False at its end. */
static bool orders_take(struct player *player)
{
    static char text[LINE_SIZE_MAX];
    static size_t used;
    const ssize_t size = read(STDIN_FILENO, text + used, sizeof text - 1 - used);
    if (size <= 0) {
        return false;
    }
    used += (size_t)size;
    text[used] = '\0';
    for (char *end; (end = strchr(text, '\n')) != NULL;) {
        *end = '\0';
        (void)printf("%s\n", order(player, text));
        (void)fflush(stdout);
        used -= (size_t)(end + 1 - text);
        memmove(text, end + 1, used + 1);
    }
    return true;
}

/* ---- time ------------------------------------------------------------------------------- */

static void play(struct player *player)
{
    for (bool goes_on = true; goes_on;) {
        const int64_t now_us = wall_us() - player->started_us;
        (void)sim_world_run(player->world, now_us);
        answers_give(player);
        int64_t wait_us = sim_world_next_us(player->world) - now_us;
        wait_us = wait_us > TICK_US ? TICK_US : wait_us;
        const struct timespec wait = {.tv_nsec = (long)(wait_us > 0 ? wait_us : 0) * 1000};
        struct pollfd ready[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                                 {.fd = player->line, .events = POLLIN}};
        if (ppoll(ready, 2, &wait, NULL) <= 0) {
            continue;
        }
        (void)sim_world_run(player->world, wall_us() - player->started_us);
        if ((ready[1].revents & POLLIN) != 0) {
            questions_take(player);
        }
        goes_on = ready[0].revents == 0 || orders_take(player);
    }
}

/* ---- nobody ----------------------------------------------------------------------------- */

/* Until the end of standard input. */
static int pipe_through(struct player *player)
{
    char bytes[1024];
    bool has_input = true;
    (void)printf("ready\n");
    (void)fflush(stdout);
    while (has_input) {
        struct pollfd ready[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                                 {.fd = player->line, .events = POLLIN}};
        (void)poll(ready, 2, -1);
        if (ready[0].revents != 0) {
            const ssize_t size = read(STDIN_FILENO, bytes, sizeof bytes);
            has_input = size > 0;
            (void)!write(player->line, bytes, size > 0 ? (size_t)size : 0);
        }
        if ((ready[1].revents & POLLIN) != 0) {
            const ssize_t size = read(player->line, bytes, sizeof bytes);
            (void)fwrite(bytes, 1, size > 0 ? (size_t)size : 0, stdout);
            (void)fflush(stdout);
        }
    }
    pull(player);
    return 0;
}

int main(int count, char **argument)
{
    char error[600];
    struct player player = {.line = -1, .hold = -1};
    if (count != 3) {
        (void)fprintf(stderr, "usage: play-line PLANT LINK\n");
        return 2;
    }
    player.link = argument[2];
    if (strcmp(argument[1], "-") == 0) {
        return plug(&player) ? pipe_through(&player) : 1;
    }
    player.world = sim_world_create(1);
    player.lua = luaL_newstate();
    if (player.world == NULL || player.lua == NULL) {
        return 1;
    }
    luaL_openlibs(player.lua);
    struct sim_plant *plant =
        sim_plant_load(player.world, player.lua, argument[1], NULL, error, sizeof error);
    if (plant == NULL || !plug(&player)) {
        (void)fprintf(stderr, "%s\n", plant == NULL ? error : strerror(errno));
        return 1;
    }
    sim_plant_push(plant, player.lua);
    lua_setglobal(player.lua, "plant");
    player.bus = sim_plant_bus(plant);
    player.started_us = wall_us();
    /* What the webmanager has to be set to, as its configuration has it. */
    size_t settings;
    const struct sim_plant_setting *setting = sim_plant_settings(plant, &settings);
    for (size_t i = 0; i < settings; i++) {
        (void)printf("%s = %s\n", setting[i].name, setting[i].text);
    }
    (void)printf("ready\n");
    (void)fflush(stdout);
    play(&player);
    if (player.line >= 0) {
        pull(&player);
    }
    sim_plant_destroy(plant);
    lua_close(player.lua);
    sim_world_destroy(player.world);
    return 0;
}
