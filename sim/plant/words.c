/*
 * words.c — words in order, each once.
 */
#include "sim/plant/words.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

static int compare_words(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

void sim_words_add(struct sim_words *words, const char *word)
{
    for (size_t i = 0; i < words->count; i++) {
        if (strcmp(words->word[i], word) == 0) {
            return;
        }
    }
    if (words->count < SIM_WORDS_MAX) {
        words->word[words->count++] = word;
    }
}

void sim_words_push(lua_State *lua, struct sim_words *words)
{
    qsort(words->word, words->count, sizeof words->word[0], compare_words);
    luaL_Buffer buffer;
    luaL_buffinit(lua, &buffer);
    for (size_t i = 0; i < words->count; i++) {
        luaL_addstring(&buffer, i > 0 ? ", " : "");
        luaL_addstring(&buffer, words->word[i]);
    }
    luaL_pushresult(&buffer);
}
