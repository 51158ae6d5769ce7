/* Groups that are called as one, compiled from the configuration; who of their members has logged
 * in, a record of STORE_LOCATIONS under a key of its own; and what a member does at the moment, a
 * record of STORE_MOMENTS. A record is data: whatever its bytes, reading it is safe. */
#ifndef TANDEM_ELEMENT_GROUPS_H
#define TANDEM_ELEMENT_GROUPS_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/time.h"
#include "config/entries.h"

struct group_member {
    struct str uri;
    struct str key; /* as registrar_key has it: what it is known by, wherever it is */
    time_ns ring_time, delay;
};

struct group {
    struct str name;
    struct str key;          /* registrar_key of its name … */
    struct str_list numbers; /* … and of its numbers */
    struct group_member *members;
    unsigned n;
    enum config_order order;
    bool login, skip_busy;
    time_ns wrap_up;
    unsigned queue;
    time_ns queue_time;
    struct str forward; /* empty: none */
    unsigned reply;     /* 0: none */
};

struct groups;

/* What is wrong with a group beyond its form. */
struct group_fault {
    unsigned group;  /* from 0; n of the groups: no memory */
    const char *key; /* of data/config_entries.def */
    char what[200];  /* what is to be written instead. Printable */
};

/* Compiles them; nothing of the arguments is kept. `domain`: of those that name none. NULL: fault
 * is filled. */
struct groups *groups_new(struct mem *, const struct config_group_list *, struct str domain,
                          struct group_fault *);
void groups_free(struct groups *); /* NULL is legal */
/* NULL: there are no more. */
const struct group *groups_at(const struct groups *, unsigned i);
/* Whose name or number has this key; NULL: none has. */
const struct group *groups_find(const struct groups *, struct str key);
/* By its name alone. */
const struct group *groups_named(const struct groups *, struct str name);
/* Which of its members has this key; n: none has. */
unsigned group_member_of(const struct group *, struct str key);
/* Is it a member of any? */
bool groups_have(const struct groups *, struct str key);

/* --- who has logged in: a line of text for each member that has --- */
/* A bit for each member of the group. */
typedef uint32_t group_set;
_Static_assert(LIMIT_GROUP_MEMBERS <= 32, "a bit for each");

void group_record_key(struct buf *, const struct group *);
/* Lines of others, who are members no more, count for nothing. */
group_set group_record_read(struct str record, const struct group *);
/* The record with this member in it or not; others' lines stay, as far as they fit. Writes nothing
 * where nobody is left. */
void group_record_change(struct buf *, struct str record, struct str member, bool in);
#define GROUP_RECORD_BYTES ((LIMIT_AOR_BYTES + 1) * LIMIT_GROUP_MEMBERS) /* none is longer */

/* --- what a member does --- */
struct agent_state {
    unsigned calls;  /* that it is in */
    time_ns ended;   /* its last call; 0: it had none */
    time_ns offered; /* the last time that it was the first to ring; 0: never */
};
void agent_state_key(struct buf *, struct str member);
/* All 0 where it is no record. */
struct agent_state agent_state_read(struct str record);
void agent_state_write(struct buf *, const struct agent_state *);
#define AGENT_STATE_BYTES 64

/* --- whose turn it is, in STORE_MOMENTS: a number --- */
void group_turn_key(struct buf *, const struct group *);

#endif
