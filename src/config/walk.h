/* A walk through the events of a file: where it is, and what the next one is for. */
#ifndef TANDEM_SRC_CONFIG_WALK_H
#define TANDEM_SRC_CONFIG_WALK_H

#include <yaml.h>

#include "config/reader.h"

enum place {
    BEFORE,     /* the document's node has not come */
    AT_KEY,     /* a key is next, at the root, in a section or in an entry */
    AT_LIST,    /* an entry of a list is next: a single value */
    AT_ENTRIES, /* … one with keys of its own */
    AT_VALUE,
    BEHIND, /* the document's node has ended */
    SKIPPING
};

/* What a value is for. */
enum pending { PENDING_KEY, PENDING_SECTION, PENDING_NOTHING };

/* The root, or an entry of a list with keys of its own. */
struct frame {
    const struct key_table *table;
    void *base;                             /* the struct config, or the entry */
    const struct key *list;                 /* whose entry it is; NULL: the root */
    unsigned line;                          /* where it begins */
    bool is_alone;                          /* an entry without the list around it */
    size_t path_len;                        /* where its keys' names begin in the path */
    size_t section_len;                     /* of the section that the keys are in, with its dot */
    unsigned lines[TABLE_KEYS_MAX];         /* where each key stands; 0: it does not */
    unsigned section_lines[TABLE_KEYS_MAX]; /* where a section begins, by its first key */
};

#define FRAMES_MAX 3 /* the root, a set, a member */

struct walk {
    struct reader *r;
    enum place place, after_skip;
    unsigned depth, skip_depth;
    enum pending pending;
    const struct key *key;
    char path[512]; /* of what is pending: "log.level", "sets[2].members[1].uri" */
    struct frame frames[FRAMES_MAX];
    unsigned n_frames;
    bool over; /* nothing further can be read */
};

/* Before the first event. */
void walk_init(struct walk *w, struct reader *r);
/* A node or its end; w->depth is what it is behind it. */
void walk_on(struct walk *w, const yaml_event_t *e);
/* Behind the last one: hands the lines of the root's keys to the reader. */
void walk_end(struct walk *w);
/* The line of the file that it stands on. */
unsigned walk_line(const yaml_event_t *e);
/* The key whose value is next, or nothing. */
struct str walk_path(const struct walk *w);
bool walk_begins_node(const yaml_event_t *e);

/* --- frame.c --- */
struct frame *frame_now(struct walk *w);
/* Begins the root's, or that of an entry of w->key's list. False: it was refused and told. */
void frame_begin_root(struct walk *w, struct config *c);
MUST_USE bool frame_begin(struct walk *w, const yaml_event_t *e, bool is_alone);
/* Ends it: what must be there and is not is told; w->key and path are the list's again. */
void frame_end(struct walk *w);

#endif
