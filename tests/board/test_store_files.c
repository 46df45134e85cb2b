/*
 * test_store_files.c — records on files: whole after a kill at any step and after a power cut that
 * keeps only what was flushed, and one clear line where the system fails.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "firmware/board/linux/folder.h"
#include "firmware/board/linux/store_files.h"

static char folder[] = "/tmp/store_files.XXXXXX";
static struct store_files store;
static struct wm_store port;

static void setup(void)
{
    cr_assert_not_null(mkdtemp(folder));
    cr_assert(store_files_open(&store, folder, &store_files_system), "%s",
              store_files_error(&store));
    port = store_files_port(&store);
}

static void remove_name(void *context, const char *name)
{
    const int *fd = context;
    if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
        (void)unlinkat(*fd, name, 0);
    }
}

static void teardown(void)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY);
    (void)store_files_system.list(fd, remove_name, &fd);
    close(fd);
    store_files_close(&store);
    (void)rmdir(folder);
}

static enum wm_status save(const char *name, const char *text)
{
    return port.ops->save(port.self, name, text, strlen(text));
}

static bool holds(const struct wm_store *from, const char *name, const char *text)
{
    char bytes[WM_RECORD_SIZE_MAX];
    const int size = from->ops->load(from->self, name, bytes, sizeof bytes);
    return size == (int)strlen(text) && memcmp(bytes, text, strlen(text)) == 0;
}

static const char *path_of(const char *name)
{
    static char path[300];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void file_put(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
}

static void reopen(void)
{
    store_files_close(&store);
    cr_assert(store_files_open(&store, folder, &store_files_system), "%s",
              store_files_error(&store));
}

static void says(const char *wanted)
{
    cr_assert_not_null(strstr(store_files_error(&store), wanted), "%s", store_files_error(&store));
    cr_assert_null(strchr(store_files_error(&store), '\n'));
}

#define FILES_TEST(name) Test(store_files, name, .init = setup, .fini = teardown)

/* ---- kept ------------------------------------------------------------------------------- */

FILES_TEST(records_are_files_that_only_their_owner_reads)
{
    struct stat status;
    char none[1];
    cr_assert_eq(port.ops->load(port.self, "settings", none, sizeof none), WM_ABSENT);
    cr_assert_eq(save("settings", "one"), WM_OK);
    cr_assert_eq(save("breakers", "two"), WM_OK);
    cr_assert_eq(save("settings", "three and more"), WM_OK);
    reopen();
    cr_assert(holds(&port, "settings", "three and more"));
    cr_assert(holds(&port, "breakers", "two"));
    cr_assert_eq(stat(path_of("settings"), &status), 0);
    cr_assert_eq(status.st_mode & 07777, 0600);
    cr_assert_eq(access(path_of("settings.new"), F_OK), -1);
    cr_assert_eq(access(path_of("trial.new"), F_OK), -1);
    cr_assert_str_empty(store_files_error(&store));
}

FILES_TEST(sizes_and_names_have_limits)
{
    static char bytes[WM_RECORD_SIZE_MAX + 1];
    static char got[WM_RECORD_SIZE_MAX + 1];
    memset(bytes, 'x', sizeof bytes);
    cr_assert_eq(port.ops->save(port.self, "big", bytes, sizeof bytes), WM_RANGE);
    cr_assert_eq(port.ops->save(port.self, "big", bytes, sizeof bytes - 1), WM_OK);
    cr_assert_eq(port.ops->load(port.self, "big", got, sizeof got), WM_RECORD_SIZE_MAX);
    cr_assert_eq(memcmp(bytes, got, WM_RECORD_SIZE_MAX), 0);
    cr_assert_eq(port.ops->load(port.self, "big", got, WM_RECORD_SIZE_MAX - 1), WM_DAMAGED);
    cr_assert_eq(port.ops->save(port.self, "nothing", bytes, 0), WM_OK);
    cr_assert_eq(port.ops->load(port.self, "nothing", got, sizeof got), 0);
    static const char *const wrong[] = {
        "", "..", "a/b", "/etc", "Big", "a.new", "a_name_too_long_"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        cr_assert_eq(save(wrong[i], "x"), WM_RANGE, "%s", wrong[i]);
        cr_assert_eq(port.ops->load(port.self, wrong[i], got, sizeof got), WM_ABSENT);
    }
    FILE *file = fopen(path_of("big"), "w");
    fwrite(bytes, 1, sizeof bytes, file);
    fclose(file);
    cr_assert_eq(port.ops->load(port.self, "big", got, sizeof got), WM_DAMAGED,
                 "no record of ours");
}

FILES_TEST(what_a_save_left_unfinished_is_removed_and_nothing_else)
{
    cr_assert_eq(save("settings", "one"), WM_OK);
    file_put("settings.new", "hal");
    file_put("gone.new", "");
    file_put("renewed", "mine");
    file_put("note.txt", "mine");
    reopen();
    cr_assert_eq(access(path_of("settings.new"), F_OK), -1);
    cr_assert_eq(access(path_of("gone.new"), F_OK), -1);
    cr_assert_eq(access(path_of("renewed"), F_OK), 0);
    cr_assert_eq(access(path_of("note.txt"), F_OK), 0);
    cr_assert(holds(&port, "settings", "one"));
}

FILES_TEST(a_link_is_no_record)
{
    char got[8];
    file_put("elsewhere", "secret");
    cr_assert_eq(symlink("elsewhere", path_of("settings")), 0);
    cr_assert_eq(port.ops->load(port.self, "settings", got, sizeof got), WM_IO);
    says("record settings cannot be read: Too many levels of symbolic links; take away what is in");
    cr_assert_eq(save("settings", "one"), WM_OK, "it is replaced");
    cr_assert(holds(&port, "settings", "one"));
    cr_assert(holds(&port, "elsewhere", "secret"), "and what it led to is not");
}

FILES_TEST(a_pipe_or_a_folder_is_no_record)
{
    char got[8];
    cr_assert_eq(mkfifo(path_of("settings"), 0600), 0);
    cr_assert_eq(port.ops->load(port.self, "settings", got, sizeof got), WM_IO);
    says("record settings cannot be read: no regular file; take away what is in the place of the");
    cr_assert_eq(mkdir(path_of("breakers"), 0700), 0);
    cr_assert_eq(port.ops->load(port.self, "breakers", got, sizeof got), WM_IO);
    says("record breakers cannot be read: no regular file; take away what is in the place of the");
    cr_assert_eq(save("settings", "one"), WM_OK, "it is replaced");
    cr_assert(holds(&port, "settings", "one"));
    cr_assert_eq(rmdir(path_of("breakers")), 0);
}

/* ---- a system that fails ---------------------------------------------------------------- */

/* What of the system goes wrong: each call is counted. */
static struct {
    int nth;    /* it fails in this one, from 1 on; 0: never */
    int reason; /* by this errno */
    bool dies;  /* or the process ends there: before it, or after it */
    bool dies_late;
    bool has_no_links; /* its file system */
    bool dribbles;     /* it writes and reads a byte at a time, and is interrupted */
    int calls;
} system_is;

static bool fails(void)
{
    system_is.calls++;
    if (system_is.calls != system_is.nth || system_is.dies_late) {
        return false;
    }
    if (system_is.dies) {
        _exit(0);
    }
    errno = system_is.reason;
    return true;
}

static int then(int result)
{
    if (system_is.calls == system_is.nth && system_is.dies_late) {
        _exit(0);
    }
    return result;
}

static int bad_open(int at, const char *name, int flags, mode_t mode)
{
    return fails() ? -1 : then(store_files_system.open(at, name, flags, mode));
}

static int bad_look(int fd)
{
    return fails() ? -1 : then(store_files_system.look(fd));
}

/* Every other call is interrupted. */
static bool is_interrupted(void)
{
    static bool is_now;
    is_now = !is_now;
    errno = EINTR;
    return system_is.dribbles && is_now;
}

static ssize_t bad_read(int fd, void *bytes, size_t size)
{
    if (is_interrupted()) {
        return -1;
    }
    return fails() ? -1
                   : then((int)store_files_system.read(fd, bytes, system_is.dribbles ? 1 : size));
}

static ssize_t bad_write(int fd, const void *bytes, size_t size)
{
    if (is_interrupted()) {
        return -1;
    }
    return fails() ? -1
                   : then((int)store_files_system.write(fd, bytes, system_is.dribbles ? 1 : size));
}

static int bad_sync(int fd)
{
    return fails() ? -1 : then(store_files_system.sync(fd));
}

static int bad_close(int fd)
{
    const int result = store_files_system.close(fd);
    return fails() ? -1 : then(result);
}

static int bad_link(int at, const char *from, const char *to)
{
    if (fails()) {
        return -1;
    }
    errno = EPERM;
    return system_is.has_no_links ? -1 : then(store_files_system.link(at, from, to));
}

static int bad_rename(int at, const char *from, const char *to)
{
    return fails() ? -1 : then(store_files_system.rename(at, from, to));
}

static int bad_remove(int at, const char *name)
{
    return fails() ? -1 : then(store_files_system.remove(at, name));
}

static int bad_list(int at, void (*each)(void *context, const char *name), void *context)
{
    return fails() ? -1 : then(store_files_system.list(at, each, context));
}

static int bad_folder_open(const char *path, bool *is_absent)
{
    *is_absent = false;
    return fails() ? -1 : then(store_files_system.folder_open(path, is_absent));
}

static const struct store_files_calls bad_system = {
    .folder_open = bad_folder_open,
    .folder_make = folder_make,
    .open = bad_open,
    .look = bad_look,
    .read = bad_read,
    .write = bad_write,
    .sync = bad_sync,
    .close = bad_close,
    .link = bad_link,
    .rename = bad_rename,
    .remove = bad_remove,
    .list = bad_list,
};

/* A save takes: open, write, sync, close, rename, sync of the folder. */
enum { CALLS_OF_A_SAVE = 6, CALLS_TO_OPEN = 6 };

FILES_TEST(a_call_that_fails_costs_no_record_and_is_told)
{
    static const int reasons[] = {EIO, ENOSPC, EROFS, EACCES};
    static const char *const cures[] = {"look after its disk", "make room on its disk",
                                        "name a folder on a disk that can be written",
                                        "give the folder to the user"};
    store.calls = &bad_system;
    for (int i = 0; i < 4 * (CALLS_OF_A_SAVE + 1); i++) {
        const int nth = i / 4 + 1;
        const int reason = reasons[i % 4];
        memset(&system_is, 0, sizeof system_is);
        cr_assert_eq(save("settings", "old"), WM_OK);
        system_is.calls = 0;
        system_is.nth = nth;
        system_is.reason = reason;
        const enum wm_status status = save("settings", "the new one");
        cr_assert_eq(status, nth <= CALLS_OF_A_SAVE ? WM_IO : WM_OK, "call %d", nth);
        if (status != WM_OK) {
            says(folder);
            says("a record cannot be written: ");
            says(strerror(reason));
            says(cures[i % 4]);
        }
        system_is.nth = 0;
        cr_assert(holds(&port, "settings", "the new one") ||
                      (status != WM_OK && holds(&port, "settings", "old")),
                  "call %d", nth);
        cr_assert_eq(access(path_of("settings.new"), F_OK), -1, "call %d", nth);
    }
}

FILES_TEST(a_record_that_cannot_be_read_is_not_absent)
{
    char got[8];
    cr_assert_eq(save("settings", "old"), WM_OK);
    store.calls = &bad_system;
    cr_assert_not(store_files_is_unread(&store, "settings"));
    /* To open, to look at and to read it. */
    for (int nth = 1; nth <= 3; nth++) {
        memset(&system_is, 0, sizeof system_is);
        system_is.nth = nth;
        system_is.reason = EIO;
        cr_assert_eq(port.ops->load(port.self, "settings", got, sizeof got), WM_IO, "call %d", nth);
        cr_assert(store_files_is_unread(&store, "settings"));
        cr_assert_not(store_files_is_unread(&store, "boots"));
        says("record settings cannot be read: Input/output error; look after its disk");
    }
    memset(&system_is, 0, sizeof system_is);
    cr_assert(holds(&port, "settings", "old"));
    cr_assert_str_empty(store_files_error(&store));
}

FILES_TEST(what_could_not_be_read_is_not_lost_when_it_is_replaced)
{
    char got[8];
    cr_assert_eq(save("boots", "old"), WM_OK);
    store.calls = &bad_system;
    memset(&system_is, 0, sizeof system_is);
    system_is.nth = 1;
    system_is.reason = EACCES;
    cr_assert_eq(port.ops->load(port.self, "boots", got, sizeof got), WM_IO);
    memset(&system_is, 0, sizeof system_is);
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(save("boots", "new"), WM_OK);
        cr_assert(holds(&port, "boots", "new"));
        FILE *kept = fopen(path_of("boots.unread"), "r");
        cr_assert_not_null(kept);
        cr_assert_not_null(fgets(got, sizeof got, kept));
        (void)fclose(kept);
        cr_assert_str_eq(got, "old");
    }
}

/* It cannot be read once: it is there again as soon as the disk is well. */
static void load_badly(const struct wm_store *from)
{
    char got[8];
    const bool has_no_links = system_is.has_no_links;
    memset(&system_is, 0, sizeof system_is);
    system_is.nth = 1;
    system_is.reason = EIO;
    cr_assert_eq(from->ops->load(from->self, "settings", got, sizeof got), WM_IO);
    memset(&system_is, 0, sizeof system_is);
    system_is.has_no_links = has_no_links;
}

static bool file_is(const char *name, const char *text)
{
    char got[32] = "";
    FILE *file = fopen(path_of(name), "r");
    if (file == NULL) {
        return false;
    }
    const size_t size = fread(got, 1, sizeof got - 1, file);
    (void)fclose(file);
    return size == strlen(text) && strcmp(got, text) == 0;
}

/* The old record in its place, or the new one and the old one beside it. */
static bool is_old_or_both(void)
{
    return file_is("settings", "old") ||
           (file_is("settings", "the new one") && file_is("settings.unread", "old"));
}

/* As a save, and: link, sync of the folder; or link, rename, sync of the folder. */
enum { CALLS_OF_A_REPLACEMENT = CALLS_OF_A_SAVE + 3 };

static void fail_to_replace(bool has_no_links)
{
    for (int nth = 1; nth <= CALLS_OF_A_REPLACEMENT + 2; nth++) {
        teardown();
        (void)strcpy(folder + strlen(folder) - 6, "XXXXXX");
        setup();
        cr_assert_eq(save("settings", "old"), WM_OK);
        store.calls = &bad_system;
        system_is.has_no_links = has_no_links;
        load_badly(&port);
        system_is.nth = nth;
        system_is.reason = ENOSPC;
        const enum wm_status status = save("settings", "the new one");
        cr_assert(is_old_or_both(), "call %d", nth);
        system_is.nth = 0;
        cr_assert_eq(save("settings", "the new one"), WM_OK, "call %d", nth);
        cr_assert(file_is("settings", "the new one"), "call %d", nth);
        cr_assert(file_is("settings.unread", "old"), "call %d, %d before", nth, status);
    }
}

FILES_TEST(what_could_not_be_read_keeps_its_place_when_it_cannot_be_replaced)
{
    fail_to_replace(false);
    fail_to_replace(true);
}

/* The last one that could not be read is kept. */
FILES_TEST(what_was_kept_of_an_earlier_time_gives_way)
{
    file_put("settings.unread", "older");
    cr_assert_eq(save("settings", "old"), WM_OK);
    store.calls = &bad_system;
    load_badly(&port);
    cr_assert_eq(save("settings", "the new one"), WM_OK);
    cr_assert(is_old_or_both() && file_is("settings", "the new one"));
}

FILES_TEST(what_is_only_set_aside_is_not_absent)
{
    char got[8];
    file_put("settings.unread", "old");
    cr_assert_eq(port.ops->load(port.self, "boots", got, sizeof got), WM_ABSENT);
    cr_assert_eq(port.ops->load(port.self, "settings", got, sizeof got), WM_IO);
    cr_assert(store_files_is_unread(&store, "settings"));
    says("record settings cannot be read: it is there as .unread only; give it its name back, or");
    cr_assert_eq(save("settings", "the new one"), WM_OK);
    cr_assert(is_old_or_both());
    cr_assert(holds(&port, "settings", "the new one"));
}

FILES_TEST(a_folder_in_the_place_of_a_record_is_moved_aside)
{
    char got[8];
    cr_assert_eq(mkdir(path_of("settings"), 0700), 0);
    cr_assert_eq(port.ops->load(port.self, "settings", got, sizeof got), WM_IO);
    cr_assert_eq(save("settings", "the new one"), WM_OK);
    cr_assert(holds(&port, "settings", "the new one"));
    cr_assert_eq(rmdir(path_of("settings.unread")), 0);
}

FILES_TEST(bytes_may_come_and_go_one_by_one)
{
    memset(&system_is, 0, sizeof system_is);
    system_is.dribbles = true;
    store.calls = &bad_system;
    cr_assert_eq(save("settings", "a long one of many bytes"), WM_OK);
    cr_assert(holds(&port, "settings", "a long one of many bytes"));
}

/* ---- a folder that is none -------------------------------------------------------------- */

FILES_TEST(a_folder_that_is_none_is_told)
{
    struct store_files other;
    file_put("file", "");
    cr_assert_not(store_files_open(&other, path_of("file"), &store_files_system));
    cr_assert_not_null(strstr(store_files_error(&other), "/file: Not a directory; name a folder"),
                       "%s", store_files_error(&other));
    char longest[STORE_FILES_PLACE_MAX + 10];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    cr_assert_not(store_files_open(&other, longest, &store_files_system));
    cr_assert_not_null(strstr(store_files_error(&other), "File name too long"));
}

/* It was on a disk that could not be written; nothing is damaged, and as soon as it can, all is
 * kept. */
FILES_TEST(a_folder_that_is_not_there_is_made_as_soon_as_it_can_be)
{
    struct store_files other;
    char place[320];
    char got[8];
    const struct wm_store to = store_files_port(&other);
    (void)snprintf(place, sizeof place, "%s/store", path_of("parent"));
    store_files_open_to_read(&other, place, &store_files_system);
    cr_assert_eq(other.folder, -1);
    cr_assert(other.is_absent);
    const char *const wanted = "cannot be made: No such file or directory; name a folder that is";
    cr_assert_not_null(strstr(store_files_error(&other), wanted), "%s", store_files_error(&other));
    cr_assert_eq(to.ops->load(to.self, "settings", got, sizeof got), WM_ABSENT);
    cr_assert_eq(to.ops->save(to.self, "settings", "one", 3), WM_IO);
    cr_assert_not_null(strstr(store_files_error(&other), wanted), "%s", store_files_error(&other));
    cr_assert_eq(mkdir(path_of("parent"), 0700), 0);
    cr_assert_eq(to.ops->save(to.self, "settings", "one", 3), WM_OK);
    cr_assert(holds(&to, "settings", "one"));
    cr_assert_str_empty(store_files_error(&other));
    cr_assert_eq(unlinkat(other.folder, "settings", 0), 0);
    store_files_close(&other);
    cr_assert_eq(rmdir(place), 0);
    cr_assert_eq(rmdir(path_of("parent")), 0);
}

/* It may have what nobody has read: that is not written over. */
FILES_TEST(a_link_to_a_disk_that_has_not_come_is_told)
{
    struct store_files other;
    cr_assert_eq(symlink("/nowhere/store", path_of("link")), 0);
    store_files_open_to_read(&other, path_of("link"), &store_files_system);
    cr_assert_not(other.is_absent);
    cr_assert_not_null(strstr(store_files_error(&other), "/link: No such file or directory; name"),
                       "%s", store_files_error(&other));
}

FILES_TEST(a_folder_that_comes_by_itself_waits_for_the_next_start)
{
    struct store_files other;
    char place[320];
    const struct wm_store to = store_files_port(&other);
    (void)snprintf(place, sizeof place, "%s/store", path_of("parent"));
    store_files_open_to_read(&other, place, &store_files_system);
    cr_assert_eq(mkdir(path_of("parent"), 0700), 0);
    cr_assert_eq(mkdir(place, 0700), 0);
    cr_assert_eq(to.ops->save(to.self, "settings", "one", 3), WM_IO);
    cr_assert_not_null(strstr(store_files_error(&other), "File exists; start the webmanager again"),
                       "%s", store_files_error(&other));
    cr_assert_eq(rmdir(place), 0, "nothing is in it");
    cr_assert_eq(rmdir(path_of("parent")), 0);
}

FILES_TEST(a_folder_that_cannot_be_written_is_found_out_when_it_is_opened)
{
    struct store_files other;
    for (int nth = 1; nth <= CALLS_TO_OPEN + 1; nth++) {
        reopen();
        memset(&system_is, 0, sizeof system_is);
        system_is.nth = nth;
        system_is.reason = EROFS;
        const bool is_open = store_files_open(&other, folder, &bad_system);
        cr_assert_eq(is_open, nth > CALLS_TO_OPEN, "call %d of %d", nth, system_is.calls);
        if (!is_open) {
            cr_assert_not_null(strstr(store_files_error(&other),
                                      "Read-only file system; name a folder on a disk that can be "
                                      "written"),
                               "%s", store_files_error(&other));
            cr_assert_eq(other.folder, -1, "nothing is left open");
        }
        store_files_close(&other);
    }
}

/* ---- killed ----------------------------------------------------------------------------- */

static bool is_first_unread; /* the record that save_and_die replaces */

/* Saves in a process that ends at the nth call; true if it got to the end of the save. */
static bool save_and_die(int nth, bool late, const char *text)
{
    const bool has_no_links = system_is.has_no_links;
    const pid_t child = fork();
    if (child == 0) {
        struct store_files own;
        memset(&system_is, 0, sizeof system_is);
        if (!store_files_open(&own, folder, &bad_system)) {
            _exit(2);
        }
        const struct wm_store to = store_files_port(&own);
        system_is.has_no_links = has_no_links;
        if (is_first_unread) {
            load_badly(&to);
        }
        system_is.calls = 0;
        system_is.nth = nth;
        system_is.dies = true;
        system_is.dies_late = late;
        _exit(to.ops->save(to.self, "settings", text, strlen(text)) == WM_OK ? 1 : 3);
    }
    int status = 0;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) <= 1, "%d", status);
    return WEXITSTATUS(status) == 1;
}

FILES_TEST(killed_at_any_step_it_leaves_the_old_record_or_the_new_one)
{
    int olds = 0;
    int news = 0;
    int finished = 0;
    for (int i = 0; i < 2 * (CALLS_OF_A_SAVE + 1); i++) {
        cr_assert_eq(save("settings", "old"), WM_OK);
        const bool is_saved = save_and_die(i / 2 + 1, i % 2 == 1, "the new one");
        reopen();
        const bool is_new = holds(&port, "settings", "the new one");
        cr_assert(is_new || (!is_saved && holds(&port, "settings", "old")), "step %d", i);
        cr_assert_eq(access(path_of("settings.new"), F_OK), -1, "step %d", i);
        olds += !is_new;
        news += is_new;
        finished += is_saved;
    }
    cr_assert(olds > 0 && news > 2 && finished == 2);
}

/* Killed at any step: absent it is never; set aside, only where it cannot have two names. */
static int replace_and_die(bool has_no_links)
{
    char got[16];
    int asides = 0;
    is_first_unread = true;
    for (int i = 0; i < 2 * (CALLS_OF_A_REPLACEMENT + 3); i++) {
        system_is.has_no_links = has_no_links;
        (void)unlink(path_of("settings.unread"));
        cr_assert_eq(save("settings", "old"), WM_OK);
        (void)save_and_die(i / 2 + 1, i % 2 == 1, "the new one");
        reopen();
        const int size = port.ops->load(port.self, "settings", got, sizeof got);
        cr_assert(size == WM_IO ? file_is("settings.unread", "old") : is_old_or_both(), "step %d",
                  i);
        asides += size == WM_IO;
    }
    return asides;
}

FILES_TEST(killed_while_it_replaces_what_could_not_be_read_it_leaves_no_record_absent)
{
    cr_assert_eq(replace_and_die(false), 0);
    cr_assert_gt(replace_and_die(true), 0);
}

/* ---- power cuts ------------------------------------------------------------------------- */

/*
 * A disk of which a power cut keeps what was flushed, and of the rest some: of a name the file it
 * had or the one it has; of a file's bytes those flushed, or all, or half of them.
 */
enum { DISK_FILES = 32, DISK_NAMES = 4, DISK_FOLDER = 1000, NO_FILE = -1 };
struct disk_file {
    char bytes[64];
    size_t size;
    char flushed[64];
    size_t flushed_size;
};
static struct disk {
    struct disk_file file[DISK_FILES];
    int files;
    struct {
        char name[32];
        int file;
        int flushed;
    } name[DISK_NAMES];
    int names;
} disk;

static int disk_name(const char *name)
{
    int i = 0;
    while (i < disk.names && strcmp(disk.name[i].name, name) != 0) {
        i++;
    }
    if (i == disk.names) {
        cr_assert_lt(disk.names++, DISK_NAMES);
        (void)snprintf(disk.name[i].name, sizeof disk.name[i].name, "%s", name);
        disk.name[i].file = disk.name[i].flushed = NO_FILE;
    }
    return i;
}

static int cuts_tried;
static bool is_cutting;
static void cut_here(void);

static int disk_open(int at, const char *name, int flags, mode_t mode)
{
    (void)mode;
    cut_here();
    if (at == AT_FDCWD) {
        return DISK_FOLDER;
    }
    const int i = disk_name(name);
    if (disk.name[i].file == NO_FILE && (flags & O_CREAT) == 0) {
        errno = ENOENT;
        return -1;
    }
    if (disk.name[i].file == NO_FILE) {
        cr_assert_lt(disk.files, DISK_FILES);
        disk.name[i].file = disk.files;
        disk.file[disk.files++] = (struct disk_file){.size = 0};
    }
    if ((flags & O_TRUNC) != 0) {
        disk.file[disk.name[i].file].size = 0;
    }
    return disk.name[i].file;
}

static ssize_t disk_read(int fd, void *bytes, size_t size)
{
    /* Once; a store that has all asks no further than the end. */
    static int last = NO_FILE;
    const struct disk_file *file = &disk.file[fd];
    if (last == fd || file->size == 0) {
        last = NO_FILE;
        return 0;
    }
    cr_assert_leq(file->size, size);
    memcpy(bytes, file->bytes, file->size);
    last = fd;
    return (ssize_t)file->size;
}

static ssize_t disk_write(int fd, const void *bytes, size_t size)
{
    cut_here();
    struct disk_file *file = &disk.file[fd];
    cr_assert_leq(file->size + size, sizeof file->bytes);
    memcpy(file->bytes + file->size, bytes, size);
    file->size += size;
    return (ssize_t)size;
}

static int disk_sync(int fd)
{
    cut_here();
    if (fd == DISK_FOLDER) {
        for (int i = 0; i < disk.names; i++) {
            disk.name[i].flushed = disk.name[i].file;
        }
        return 0;
    }
    struct disk_file *file = &disk.file[fd];
    memcpy(file->flushed, file->bytes, sizeof file->flushed);
    file->flushed_size = file->size;
    return 0;
}

static int disk_close(int fd)
{
    (void)fd;
    return 0;
}

static int disk_link(int at, const char *from, const char *to)
{
    (void)at;
    cut_here();
    const int new = disk_name(to);
    errno = EEXIST;
    if (disk.name[new].file != NO_FILE) {
        return -1;
    }
    disk.name[new].file = disk.name[disk_name(from)].file;
    return 0;
}

static int disk_rename(int at, const char *from, const char *to)
{
    (void)at;
    cut_here();
    const int old = disk_name(from);
    const int new = disk_name(to);
    disk.name[new].file = disk.name[old].file;
    disk.name[old].file = NO_FILE;
    return 0;
}

static int disk_remove(int at, const char *name)
{
    (void)at;
    cut_here();
    disk.name[disk_name(name)].file = NO_FILE;
    return 0;
}

static int disk_list(int at, void (*each)(void *context, const char *name), void *context)
{
    (void)at;
    for (int i = 0; i < disk.names; i++) {
        if (disk.name[i].file != NO_FILE) {
            each(context, disk.name[i].name);
        }
    }
    return 0;
}

static bool disk_is_ill;

static int disk_look(int fd)
{
    (void)fd;
    errno = EIO;
    return disk_is_ill ? -1 : 0;
}

static int disk_folder_open(const char *path, bool *is_absent)
{
    *is_absent = false;
    return disk_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0);
}

static const struct store_files_calls disk_system = {
    .folder_open = disk_folder_open,
    .folder_make = folder_make,
    .open = disk_open,
    .look = disk_look,
    .read = disk_read,
    .write = disk_write,
    .sync = disk_sync,
    .close = disk_close,
    .link = disk_link,
    .rename = disk_rename,
    .remove = disk_remove,
    .list = disk_list,
};

/* What the cut keeps: a bit a name that has its new file, and how much of unflushed bytes. */
static void disk_lose(unsigned names, int bytes)
{
    for (int i = 0; i < disk.names; i++) {
        if ((names >> i & 1) == 0) {
            disk.name[i].file = disk.name[i].flushed;
        }
        disk.name[i].flushed = disk.name[i].file;
    }
    for (int i = 0; i < disk.files; i++) {
        struct disk_file *file = &disk.file[i];
        if (bytes == 0) {
            memcpy(file->bytes, file->flushed, sizeof file->bytes);
            file->size = file->flushed_size;
        } else if (file->size != file->flushed_size ||
                   memcmp(file->bytes, file->flushed, file->size) != 0) {
            file->size = bytes == 1 ? file->size / 2 : file->size;
        }
    }
}

static const char *old_text;
static const char *new_text; /* null: it was saved, and nothing but old_text may be there */

static void after_a_cut(unsigned names, int bytes)
{
    struct store_files own;
    const struct disk before = disk;
    disk_lose(names, bytes);
    cr_assert(store_files_open(&own, "disk", &disk_system), "%s", store_files_error(&own));
    const struct wm_store from = store_files_port(&own);
    cr_assert(holds(&from, "settings", old_text) ||
                  (new_text != NULL && holds(&from, "settings", new_text)),
              "names %u, bytes %d", names, bytes);
    disk = before;
    cuts_tried++;
}

static void cut_here(void)
{
    if (!is_cutting) {
        return;
    }
    is_cutting = false;
    for (unsigned names = 0; names < 1U << disk.names; names++) {
        for (int bytes = 0; bytes <= 2; bytes++) {
            after_a_cut(names, bytes);
        }
    }
    is_cutting = true;
}

Test(store_files, a_power_cut_at_any_step_leaves_the_old_record_or_the_new_one)
{
    cr_assert(store_files_open(&store, "disk", &disk_system), "%s", store_files_error(&store));
    port = store_files_port(&store);
    cr_assert_eq(save("settings", "the very first one"), WM_OK);
    old_text = "the very first one";
    new_text = "one that is longer than it";
    is_cutting = true;
    cr_assert_eq(save("settings", new_text), WM_OK);
    old_text = new_text;
    new_text = NULL;
    cut_here();
    new_text = "short";
    cr_assert_eq(save("settings", new_text), WM_OK);
    is_cutting = false;
    cr_assert_gt(cuts_tried, 100);
}

Test(store_files, a_power_cut_leaves_what_could_not_be_read_or_the_new_one)
{
    cr_assert(store_files_open(&store, "disk", &disk_system), "%s", store_files_error(&store));
    port = store_files_port(&store);
    old_text = "it cannot be read";
    new_text = "one that is longer than it";
    cr_assert_eq(save("settings", old_text), WM_OK);
    disk_is_ill = true;
    cr_assert_not(holds(&port, "settings", old_text));
    disk_is_ill = false;
    is_cutting = true;
    cr_assert_eq(save("settings", new_text), WM_OK);
    is_cutting = false;
    cr_assert(holds(&port, "settings", new_text));
    cr_assert_neq(disk.name[disk_name("settings.unread")].flushed, NO_FILE);
    cr_assert_gt(cuts_tried, 100);
}
