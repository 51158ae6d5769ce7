/* Owns the table of users; knows no meaning of its fields. */
#include "load/users.h"

#include <stdio.h>

struct users {
    struct mem *mem;
    char *text;
    size_t size;
    struct str *lines;
    size_t room;
    unsigned n;
    bool random;
};

static struct str next_line(struct str *rest)
{
    size_t end = str_find(*rest, '\n');
    struct str line = str_slice(*rest, 0, end);
    *rest = str_slice(*rest, end + 1, rest->len);
    return str_trim(line);
}

static struct users *make(struct mem *mem, struct str csv)
{
    struct users *u = mem_alloc_zero(mem, sizeof *u);
    if (!u)
        return NULL;
    u->mem = mem;
    u->size = csv.len + 1;
    u->room = 1;
    for (size_t i = 0; i < csv.len; i++)
        u->room += csv.at[i] == '\n';
    u->text = mem_alloc(mem, u->size);
    u->lines = mem_alloc(mem, u->room * sizeof *u->lines);
    if (u->text && u->lines)
        return u;
    users_free(u);
    return NULL;
}

static bool take_order(struct users *u, struct str line)
{
    u->random = str_starts(line, STR("RANDOM"));
    return u->random || str_starts(line, STR("SEQUENTIAL")) || str_starts(line, STR("USERS"));
}

static void take_users(struct users *u, struct str rest)
{
    while (rest.len > 0 && u->n < LIMIT_LOAD_USERS) {
        struct str line = next_line(&rest);
        if (line.len > 0 && line.at[0] != '#')
            u->lines[u->n++] = line;
    }
}

struct users *users_read(struct mem *mem, struct str csv, char *what, size_t size)
{
    struct users *u = make(mem, csv);
    if (!u) {
        snprintf(what, size, "no memory");
        return NULL;
    }
    if (csv.len > 0)
        memcpy(u->text, csv.at, csv.len);
    struct str rest = {u->text, csv.len};
    if (!take_order(u, next_line(&rest))) {
        snprintf(what, size, "line 1: SEQUENTIAL or RANDOM is wanted");
    } else {
        take_users(u, rest);
        snprintf(what, size, "there is no user in it");
    }
    if (u->n > 0)
        return u;
    users_free(u);
    return NULL;
}

void users_free(struct users *u)
{
    if (!u)
        return;
    if (u->text)
        mem_free(u->mem, u->text, u->size);
    if (u->lines)
        mem_free(u->mem, u->lines, u->room * sizeof *u->lines);
    mem_free(u->mem, u, sizeof *u);
}

unsigned users_count(const struct users *u)
{
    return u->n;
}

bool users_are_random(const struct users *u)
{
    return u->random;
}

struct str users_field(const struct users *u, unsigned user, unsigned n)
{
    struct str rest = u->lines[user % u->n];
    for (unsigned i = 0; i < n; i++)
        rest = str_slice(rest, str_find(rest, ';') + 1, rest.len);
    return str_slice(rest, 0, str_find(rest, ';'));
}
