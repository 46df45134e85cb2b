/*
 * words.h — the words that would have been right, for the message about one that is not.
 */
#ifndef SIM_PLANT_WORDS_H
#define SIM_PLANT_WORDS_H

#include <lua.h>
#include <stddef.h>

/* More than any item has of properties, parts and verbs. */
enum { SIM_WORDS_MAX = 128 };

/* Each once; they stay the caller's. Zeroed: none. */
struct sim_words {
    size_t count;
    const char *word[SIM_WORDS_MAX];
};

void sim_words_add(struct sim_words *words, const char *word);

/* Pushes them in order, as "a, b, c". */
void sim_words_push(lua_State *lua, struct sim_words *words);

#endif
