/* A walk through the events of a file: where it is, and what the next one is for. */
#ifndef TANDEM_SRC_CONFIG_WALK_H
#define TANDEM_SRC_CONFIG_WALK_H

#include <yaml.h>

#include "config/reader.h"

enum place {
    BEFORE,  /* the document's node has not come */
    AT_KEY,  /* a key is next, at the root or in a section */
    AT_LIST, /* an entry of a list is next */
    AT_VALUE,
    BEHIND, /* the document's node has ended */
    SKIPPING
};

/* What a value is for. */
enum pending { PENDING_KEY, PENDING_SECTION, PENDING_NOTHING };

struct walk {
    struct reader *r;
    enum place place, after_skip;
    unsigned depth, skip_depth;
    enum pending pending;
    const struct key *key;
    char path[256];                 /* of what is pending: "log.level" */
    size_t section_len;             /* of the section that the keys are in, with its dot */
    unsigned section_lines[N_KEYS]; /* where a section begins, by its first key; 0: nowhere */
    bool over;                      /* nothing further can be read */
};

/* A node or its end; w->depth is what it is behind it. */
void walk_on(struct walk *w, const yaml_event_t *e);
/* The line of the file that it stands on. */
unsigned walk_line(const yaml_event_t *e);
/* The key whose value is next, or nothing. */
struct str walk_path(const struct walk *w);
bool walk_begins_node(const yaml_event_t *e);

#endif
