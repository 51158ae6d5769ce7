/* Owns the table of keys and the search in it; knows no value. */
#include "config/table.h"

#include <assert.h>

#include "base/limits.h"

#define RELOAD false
#define RESTART true

static const struct key root_keys[] = {
#define CONFIG(path, member, kind, least, most, preset, when, what, example) \
    {{path, preset, what, example, when, false},                             \
     offsetof(struct config, member),                                        \
     KIND_##kind,                                                            \
     least,                                                                  \
     most},
#include "config.def"
#undef CONFIG
};

#define OPTIONAL false
#define NEEDED true
#define ROW(type, path, member, kind, least, most, preset, needed, what, example) \
    {{path, preset, what, example, false, needed},                                \
     offsetof(struct type, member),                                               \
     KIND_##kind,                                                                 \
     least,                                                                       \
     most},
#define ENTRY(table, ...) ENTRY_##table(__VA_ARGS__)

#define ENTRY_route(...)
#define ENTRY_set(...)
#define ENTRY_member(...)
#define ENTRY_group(...)
#define ENTRY_agent(...)

static const struct key route_keys[] = {
#undef ENTRY_route
#define ENTRY_route(...) ROW(config_route, __VA_ARGS__)
#include "config_entries.def"
#undef ENTRY_route
#define ENTRY_route(...)
};

static const struct key set_keys[] = {
#undef ENTRY_set
#define ENTRY_set(...) ROW(config_set, __VA_ARGS__)
#include "config_entries.def"
#undef ENTRY_set
#define ENTRY_set(...)
};

static const struct key member_keys[] = {
#undef ENTRY_member
#define ENTRY_member(...) ROW(config_member, __VA_ARGS__)
#include "config_entries.def"
#undef ENTRY_member
#define ENTRY_member(...)
};

static const struct key group_keys[] = {
#undef ENTRY_group
#define ENTRY_group(...) ROW(config_group, __VA_ARGS__)
#include "config_entries.def"
#undef ENTRY_group
#define ENTRY_group(...)
};

static const struct key agent_keys[] = {
#undef ENTRY_agent
#define ENTRY_agent(...) ROW(config_agent, __VA_ARGS__)
#include "config_entries.def"
#undef ENTRY_agent
#define ENTRY_agent(...)
};

#undef ENTRY_route
#undef ENTRY_set
#undef ENTRY_member
#undef ENTRY_group
#undef ENTRY_agent

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define TABLE(name, keys, type)               \
    {                                         \
        name, keys, COUNT(keys), sizeof(type) \
    }

static_assert(COUNT(root_keys) <= TABLE_KEYS_MAX, "walk.h has room for them");
static_assert(COUNT(route_keys) <= TABLE_KEYS_MAX, "walk.h has room for them");

const struct key_table root_table = TABLE("", root_keys, struct config);
const struct key *const keys = root_keys;

static const struct key_table entry_tables[] = {
    TABLE("route", route_keys, struct config_route),
    TABLE("set", set_keys, struct config_set),
    TABLE("member", member_keys, struct config_member),
    TABLE("group", group_keys, struct config_group),
    TABLE("agent", agent_keys, struct config_agent),
};

const struct key_table *key_entries(const struct key *k)
{
    bool is_list = k->kind >= KIND_ROUTES && k->kind <= KIND_AGENTS;

    return is_list ? &entry_tables[k->kind - KIND_ROUTES] : NULL;
}

const struct key_table *table_named(const char *name)
{
    for (size_t i = 0; i < COUNT(entry_tables); i++)
        if (strcmp(entry_tables[i].name, name) == 0)
            return &entry_tables[i];
    return NULL;
}

#define WORD_MAX 48 /* longer words resemble no key */

const struct key *key_find(const struct key_table *t, struct str path)
{
    for (size_t i = 0; i < t->n; i++)
        if (str_equal(path, str_from(t->keys[i].row.key)))
            return &t->keys[i];
    return NULL;
}

const struct key *key_in_section(const struct key_table *t, struct str name)
{
    for (size_t i = 0; i < t->n; i++) {
        struct str path = str_from(t->keys[i].row.key);
        size_t dot = str_find(path, '.');

        if (dot < path.len && str_equal(name, str_slice(path, 0, dot)))
            return &t->keys[i];
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

const struct key *key_nearest(const struct key_table *t, struct str path)
{
    const struct key *found = NULL;
    unsigned best = (unsigned)last_part(path).len / 3 + 2;

    for (size_t i = 0; i < t->n && path.len <= WORD_MAX; i++) {
        unsigned n = unlike(path, str_from(t->keys[i].row.key));

        if (n < best) {
            best = n;
            found = &t->keys[i];
        }
    }
    return found;
}
