/*
 * store_memory.c — see store_memory.h.
 */
#include "store_memory.h"

#include <string.h>

static size_t record_find(const struct board_store_memory *store, const char *name)
{
    size_t i = 0;
    while (i < store->records && strcmp(store->record[i].name, name) != 0) {
        i++;
    }
    return i;
}

static int memory_load(void *self, const char *name, void *bytes, size_t size_max)
{
    const struct board_store_memory *store = self;
    const size_t i = record_find(store, name);
    if (i == store->records) {
        return WM_ABSENT;
    }
    if (store->record[i].size > size_max) {
        return WM_DAMAGED;
    }
    memcpy(bytes, store->record[i].bytes, store->record[i].size);
    return (int)store->record[i].size;
}

static enum wm_status memory_save(void *self, const char *name, const void *bytes, size_t size)
{
    struct board_store_memory *store = self;
    const size_t i = record_find(store, name);
    if (i == BOARD_RECORDS_MAX || size > WM_RECORD_SIZE_MAX || strlen(name) >= WM_RECORD_NAME_MAX) {
        return WM_RANGE;
    }
    if (i == store->records) {
        strcpy(store->record[i].name, name);
        store->records++;
    }
    memcpy(store->record[i].bytes, bytes, size);
    store->record[i].size = size;
    return WM_OK;
}

struct wm_store board_store_memory_port(struct board_store_memory *store)
{
    static const struct wm_store_ops ops = {memory_load, memory_save};
    return (struct wm_store){&ops, store};
}
