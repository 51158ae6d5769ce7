/* Owns the table of keys and the search in it; knows no value. */
#include "config/table.h"

#include <assert.h>

#include "base/limits.h"

#define RELOAD false
#define RESTART true

const struct key keys[N_KEYS] = {
#define CONFIG(path, member, kind, least, most, preset, when, what, example) \
    {{path, preset, what, example, when},                                    \
     offsetof(struct config, member),                                        \
     KIND_##kind,                                                            \
     least,                                                                  \
     most},
#include "config.def"
#undef CONFIG
};

#define WORD_MAX 48 /* longer words resemble no key */

const struct key *key_find(struct str path)
{
    for (size_t i = 0; i < N_KEYS; i++)
        if (str_equal(path, str_from(keys[i].row.key)))
            return &keys[i];
    return NULL;
}

const struct key *key_in_section(struct str name)
{
    for (size_t i = 0; i < N_KEYS; i++) {
        struct str path = str_from(keys[i].row.key);
        size_t dot = str_find(path, '.');

        if (dot < path.len && str_equal(name, str_slice(path, 0, dot)))
            return &keys[i];
    }
    return NULL;
}

size_t key_of(size_t at)
{
    size_t i = 0;

    while (i < N_KEYS && keys[i].at != at)
        i++;
    assert(i < N_KEYS);
    return i;
}

static unsigned least_of(unsigned a, unsigned b, unsigned c)
{
    unsigned least = a < b ? a : b;

    return least < c ? least : c;
}

/* How many letters must be put in, left out or changed. */
static unsigned distance(struct str a, struct str b)
{
    unsigned row[WORD_MAX + 1];

    for (size_t j = 0; j <= b.len; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; i <= a.len; i++) {
        unsigned corner = row[0];

        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b.len; j++) {
            unsigned above = row[j];

            row[j] = least_of(above + 1, row[j - 1] + 1, corner + (a.at[i - 1] != b.at[j - 1]));
            corner = above;
        }
    }
    return row[b.len];
}

static struct str last_part(struct str path)
{
    size_t dot = str_find(path, '.');

    return dot < path.len ? str_slice(path, dot + 1, path.len) : path;
}

/* A key in the wrong section is as near as one letter. */
static unsigned unlike(struct str path, struct str key)
{
    unsigned whole = distance(path, key);
    unsigned part = distance(last_part(path), last_part(key)) + 1;

    return whole < part ? whole : part;
}

const struct key *key_nearest(struct str path)
{
    const struct key *found = NULL;
    unsigned best = (unsigned)last_part(path).len / 3 + 2;

    for (size_t i = 0; i < N_KEYS && path.len <= WORD_MAX; i++) {
        unsigned n = unlike(path, str_from(keys[i].row.key));

        if (n < best) {
            best = n;
            found = &keys[i];
        }
    }
    return found;
}
