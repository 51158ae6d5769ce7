/* What the files of this folder share: the table, its dialogs, and the INVITEs that make them. */
#ifndef TANDEM_SRC_FOLLOW_TABLE_H
#define TANDEM_SRC_FOLLOW_TABLE_H

#include "base/limits.h"
#include "base/list.h"
#include "base/map.h"
#include "base/slab.h"
#include "base/wheel.h"
#include "follow/follow.h"

/* The texts of a dialog; those of two sides are FOLLOW_CALLER's, then FOLLOW_CALLEE's. */
enum text {
    TEXT_CALL_ID,
    TEXT_FROM, /* the caller's URI */
    TEXT_FROM_TAG,
    TEXT_TO,
    TEXT_TO_TAG,
    TEXT_TARGET, /* RFC 3261 12.1: the remote target that a side is reached at */
    TEXT_TARGET_CALLEE,
    TEXT_ROUTES, /* … and the values of Route that lead to it, in brackets with commas between */
    TEXT_ROUTES_CALLEE,
    TEXT_FLOW,
    TEXT_FLOW_CALLEE,
    N_TEXTS
};

struct setup {
    struct map_node by_invite; /* Call-ID, From-tag, CSeq */
    setup_ref id;
    struct followed *calls; /* that it has made, linked by `next` */
    uint64_t account;       /* 0: not counted */
    bool counts;            /* no dialog has taken its place in the quota yet */
    bool doomed;
    enum follow_cause cause; /* of its doom */
};

/* One dialog. It is small, and its texts are one block of the slab's. */
struct followed {
    struct map_node by_dialog;
    follow_ref id;
    struct timer timer;
    struct list due;       /* in `ending`, while a BYE waits to be sent */
    struct list end;       /* in `ends`, until its end is told */
    struct setup *setup;   /* NULL: its INVITE is done */
    struct followed *next; /* of the same setup */
    char *text;
    uint64_t account; /* that it is counted for */
    time_ns since, heard, session_end;
    uint32_t cseq[2]; /* the highest that each side has sent */
    uint16_t ends[N_TEXTS];
    uint8_t state, cause; /* enum follow_state, enum follow_cause */
    bool counts;          /* it has a place in the quota */
    bool doomed;          /* to be ended as soon as its ACK has passed */
    uint8_t bye_due;      /* a bit for each side */
    uint8_t bye_done;     /* … it has answered its BYE */
    uint8_t no_flow;      /* … its flow has failed */
};

struct follow_table {
    struct mem *mem;
    struct slab slab; /* of texts */
    struct hash_key key;
    struct follow_rules rules;
    struct follow_quota *quota;
    bool owns_quota;
    struct pool calls, setups;
    uint32_t expected; /* setups that have no dialog yet: each may want a place for one */
    struct map by_dialog, by_invite;
    struct wheel wheel;
    struct list ending;
    struct list ends;
    follow_ref shown; /* the one whose end was told last; 0: none */
    struct follow_stats stats;
};

/* text.c */
struct str follow_text(const struct followed *, enum text);
/* Takes copies of all the texts, in place of the old ones. False: no memory, or they are too long;
 * the old ones stay. */
MUST_USE bool follow_set_texts(struct follow_table *, struct followed *,
                               const struct str texts[N_TEXTS]);
void follow_drop_texts(struct follow_table *, struct followed *);
/* The texts as they are, to be changed and set anew. */
void follow_get_texts(const struct followed *, struct str texts[N_TEXTS]);

/* table.c */
uint64_t follow_hash(const struct follow_table *, struct str id, struct str one, struct str other);
struct followed *follow_new(struct follow_table *, struct setup *, uint64_t hash);
void follow_free(struct follow_table *, struct followed *);
/* … where nobody asks for it any more. */
void follow_leave(struct follow_table *, struct followed *);
/* It does not count any more as one that goes on; the end of an answered one is to be told. */
void follow_settle(struct follow_table *, struct followed *, enum follow_cause);
/* Nothing of it counts any more; once its INVITE is done and its end told it is freed. */
void follow_finish(struct follow_table *, struct followed *, enum follow_cause);

/* time.c: when something is to become of it next */
void follow_set_timer(struct follow_table *, struct followed *);

#endif
