/* A node that obeys no rule: it replays what it saw with changes, answers what reaches it wrongly,
 * and sends what matches nothing, all from the world's seed. No engine. */
#ifndef SIM_HOSTILE_H
#define SIM_HOSTILE_H

#include "sim/node.h"

#define HOSTILE_TEXT 16384

struct hostile {
    struct node node;
    struct node *victim; /* the server whose domain it names */
    unsigned serial;     /* of its Call-IDs */
    unsigned sent;       /* datagrams and writes to streams */
    unsigned lies;       /* requests that it answered as it should not */
    conn_id conn;        /* its stream; 0: none is open */
    conn_id last_conn;
};

/* --- hostile.c --- */
/* Joins the world as `name`. Freed by world_fini. */
struct hostile *hostile_join(struct world *w, const char *name, struct node *victim);
/* Binds itself by a legal REGISTER to an address-of-record of the victim's, so that calls to it
 * reach it as well. */
void hostile_bind(struct hostile *h, const char *aor);
/* Does one random illegal thing to a random node. */
void hostile_act(struct hostile *h);
/* The kinds of things that it does, for tests that want each of them: below hostile_kinds(). */
unsigned hostile_kinds(void);
const char *hostile_kind_name(unsigned kind);
void hostile_do(struct hostile *h, unsigned kind);

/* A datagram to `to`, that says it is from `from`. */
void hostile_send(struct hostile *h, const struct addr *from, const struct addr *to,
                  struct str text);
/* Any node that has an engine; the victim where there is none. */
struct node *hostile_target(struct hostile *h);
/* A message that somebody sent in this world; NULL: none yet. */
const struct rung *hostile_rung(struct hostile *h);
/* An address-of-record that somebody asked for; the victim's nobody where there was none. */
void hostile_any_aor(struct hostile *h, char *at, size_t size);

/* --- hostile_lie.c --- */
/* Answers a request by a random one of its scripts, over the next minute. */
void hostile_lie(struct hostile *h, struct msg *request);
/* An answer to a request of somebody else's, as if it had reached us. */
void hostile_forge(struct hostile *h);

/* --- hostile_twist.c --- */
/* A message seen, with one to three changes, to where it went or elsewhere. */
void hostile_replay(struct hostile *h);
/* Bytes flipped, cut, doubled; header lines dropped, doubled, swapped; the start line changed. */
void hostile_twist(struct world *w, struct buf *text);

/* --- hostile_request.c: requests that match nothing or ask too much --- */
void hostile_cancel(struct hostile *h);
void hostile_ack(struct hostile *h);
void hostile_bye(struct hostile *h);
void hostile_spent(struct hostile *h);
void hostile_huge(struct hostile *h);
void hostile_circle(struct hostile *h);
void hostile_via(struct hostile *h);
void hostile_invite(struct hostile *h);
/* A request with credentials that are guessed, by a nonce that was seen or none. */
void hostile_guess(struct hostile *h);
/* A request with the credentials that somebody sent, for itself. */
void hostile_steal(struct hostile *h);
/* A request with credentials that somebody sent, as if he sent another with our contact: for where
 * they have been used already. */
void hostile_repeat_for_us(struct hostile *h);
/* Another stream, or bytes on the one that is open: garbage, or half a message. */
void hostile_garble(struct hostile *h);

#endif
