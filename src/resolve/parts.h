/* What the resolver's files share: its searches and questions. Not seen outside src/resolve. */
#ifndef TANDEM_SRC_RESOLVE_PARTS_H
#define TANDEM_SRC_RESOLVE_PARTS_H

#include "resolve/avoid.h"
#include "resolve/cache.h"
#include "resolve/hosts.h"
#include "resolve/number.h"
#include "resolve/resolve.h"

/* A search that waits for a question. */
struct wait {
    struct list on_ask;
    pool_id id, search;
};

/* A question that was not answered yet: one for all who want to know. */
struct ask {
    pool_id id;
    struct map_node by_question;
    struct list by_age;
    struct list waits;
    size_t n_waits;
    time_ns until;
    bool taken; /* by the owner */
    uint16_t type;
    uint8_t name_len;
    char name[DNS_NAME_MAX];
};

struct search {
    pool_id id;
    uint64_t user;
    struct list ended;    /* in resolver->ended; alone: it goes on */
    unsigned outstanding; /* questions that it waits for */
    int over;             /* ERR_LIMIT or ERR_NOMEM was met; OK: neither */
    struct resolve_request request;
    char host[DNS_NAME_MAX];
    uint8_t number_len; /* 0: a host is sought */
    char number[LIMIT_ENUM_DIGITS + 1];
    /* What it stands on: kept, so that each look at it sees the same. */
    unsigned n_known;
    struct block *known[LIMIT_DNS_LOOKUPS];
    unsigned n_targets;
    struct resolve_target targets[LIMIT_RESOLVE_TARGETS];
};

struct resolver {
    struct mem *mem;
    struct block_pool *blocks;
    struct hash_key key;
    uint8_t families[RESOLVE_TRANSPORTS]; /* a bit for each: FAMILY_… */
    const struct hosts *hosts;
    struct cache cache;
    struct avoid avoid;
    struct pool searches, asks, waits;
    struct map by_question;
    struct list by_age; /* the asks, the oldest first */
    struct list ended;
    size_t n_untaken;
    struct resolver_stats stats;
};

enum { FAMILY_IP4 = 1, FAMILY_IP6 = 2 };

/* --- resolver.c --- */
/* The search waits for this question, which is asked if nobody has. ERR_LIMIT, ERR_NOMEM. */
MUST_USE int ask_wait(struct resolver *, struct search *, const struct dns_question *, time_ns now);

/* --- search.c --- */
/* What is known of the question; NULL: it is being asked, or cannot be (then search->over). */
const struct dns_answer *search_look(struct resolver *, struct search *, struct str name,
                                     uint16_t type, time_ns now);
void search_keep(struct resolver *, struct search *, struct block *answer);
/* Goes on as far as the answers go. True: it has ended. */
MUST_USE bool search_run(struct resolver *, struct search *, time_ns now);

/* A search that is not under way yet. ERR_LIMIT, ERR_NOMEM. */
MUST_USE int search_new(struct resolver *, const struct resolve_request *, uint64_t user,
                        pool_id *id, struct search **out);

/* --- number.c --- */
/* As find_targets, of a number; writes nothing. */
bool number_run(struct resolver *, struct search *, time_ns now);

/* --- find.c --- */
/* RFC 3263 4 from the beginning: writes the targets. False: answers are missing, and asked for. */
bool find_targets(struct resolver *, struct search *, time_ns now);

#endif
