/* What the parts of a load share: sessions, their dialogs, and what each part does for the others.
 */
#ifndef TANDEM_SRC_LOAD_SESSION_H
#define TANDEM_SRC_LOAD_SESSION_H

#include "auth/respond.h"
#include "base/map.h"
#include "base/pool.h"
#include "base/wheel.h"
#include "load/load.h"

#define ECHOES 4
#define CALL_ID_MOST 80

struct session;
struct leg;

/* A timer that knows whose it is. */
struct alarm {
    struct timer timer;
    struct session *session;
    struct leg *leg; /* NULL: the session's own */
};

/* A message of the other side, and what was sent upon it: it is sent again where that comes again.
 */
struct echo {
    uint64_t key; /* 0: none */
    struct block *reply;
};

/* A dialog, or a request outside of one. */
struct leg {
    struct map_node node; /* by Call-ID */
    struct session *session;
    struct str call_id;
    char own_call_id[CALL_ID_MOST];
    struct block *their_call_id; /* of one that they began */
    uint64_t tag;
    uint32_t cseq, branch;
    uint64_t asked; /* methods of the requests that we sent: a bit each */
    time_ns asked_invite, asked_other, answered; /* when the last of them was meant to leave */
    struct block *peer; /* their tag, their target, our Route header: one after the other */
    uint16_t tag_len, target_len, routes_len;
    struct block *invite;  /* ours that was sent last */
    bool is_inviting;      /* … has no final response yet */
    struct block *invited; /* theirs that has none from us yet; NULL: none */
    bool is_declining;     /* it has one that no scenario has, and waits for its ACK */
    struct echo echoes[ECHOES];
    unsigned n_echoes;     /* ever */
    struct alarm again;    /* retransmission */
    struct block *pending; /* what is retransmitted; NULL: nothing */
    time_ns interval, until;
    uint8_t pending_method; /* METHOD_OTHER of responses */
    bool pending_response;
    uint8_t taken;     /* the method of their request that came last */
    bool is_confirmed; /* an INVITE was accepted, no BYE yet */
    pool_id talk;      /* its media; 0: none */
};

struct variable {
    struct block *text; /* NULL: not set */
    bool set;
};

struct session_auth {
    struct responder *responder;
    struct proof proof;
    struct block *challenge; /* that waits to be answered; NULL: none */
};

struct session {
    pool_id id;
    uint32_t number, user, link;
    struct addr remote;
    struct alarm alarm;
    int at;       /* the step that it is at */
    bool dying;   /* it has failed, and ends what it began */
    bool over;    /* it has ended, and waits (timewait) */
    bool is_mute; /* media that it was to have did not come, or did not arrive */
    time_ns meant, due;
    struct block *last; /* the message that came last, where the scenario needs it */
    struct session_auth *auth;
    struct variable *variables;
    time_ns clocks[LIMIT_LOAD_CLOCKS];
    struct leg legs[];
};

struct link {
    struct flow flow;
    bool down;
};

struct load {
    struct load_config config;
    const struct scenario *scenario;
    struct mem *mem;
    struct block_pool *blocks;
    struct pool sessions;
    struct map legs;
    struct wheel wheel;
    struct rand rand;
    struct hash_key key;
    struct digester *digester;
    struct template *caller, *callee;
    struct link *links;
    unsigned n_links, links_room;
    struct tally *tally;
    uint32_t number; /* of the last session */
    uint32_t before; /* … and when the users' turn began */
    uint64_t run;    /* a number of this run */
    time_ns began;
    struct load_output outputs[LIMIT_LOAD_OUTPUTS];
    unsigned first_output, n_outputs;
    struct block *said[LIMIT_LOAD_SAID]; /* by <log> and <warning> */
    unsigned n_said;
    /* The message that has just come, while it is dealt with. */
    struct msg *message;
    void *space; /* that messages are read into */
    size_t space_size;
    void *old_space;       /* … for one that came before */
    void *challenge_space; /* … for one that is answered */
    char *body;            /* that bodies are written into */
    void *sdp_space;       /* that descriptions are read into; NULL: there are no media */
    size_t sdp_space_size;
};

/* --- load.c --- */
struct session *session_open(struct load *, unsigned link, const struct addr *remote, time_ns meant,
                             time_ns now);
/* The session has done all its steps. */
void session_succeed(struct load *, struct session *, time_ns now);
/* It has failed: ends what it began, in whatever way there is. `m`: the message that is the cause,
 * or NULL. */
void session_fail(struct load *, struct session *, enum cause, struct msg *m, time_ns now);
void session_close(struct load *, struct session *);
/* Puts a leg under its Call-ID. */
void load_enter_leg(struct load *, struct leg *);
/* Our tag in what has this Call-ID. */
uint64_t load_tag(const struct load *, struct str call_id);
struct leg *load_find_leg(struct load *, struct str call_id);

/* --- run.c --- */
/* Goes on from the step that it is at, which became due at `due`. */
void session_run(struct load *, struct session *, time_ns due, time_ns now);
/* What this step waited for has come. */
void session_took(struct load *, struct session *, const struct step *, time_ns now);
/* The session's own alarm. */
void session_alarm(struct load *, struct session *, time_ns due, time_ns now);

/* --- act.c --- */
enum acted { ACTED, ACTED_CHECK, ACTED_FAIL, ACTED_STOP };
/* Does a step's actions with the message that came, or NULL. */
enum acted session_act(struct load *, struct session *, const struct step *, struct msg *);
bool variable_is_set(const struct session *, int number);
double variable_number(const struct session *, int number);
bool variable_set(struct load *, struct session *, int number, struct str text);

/* --- fill.c --- */
enum filled { FILLED, FILLED_REFUSED, FILLED_NOMEM };
/* Writes a message. `head` and `body` may overflow, which sticks. */
enum filled fill_message(struct load *, struct session *, struct leg *, const struct step *,
                         struct buf *);
enum filled fill_text(struct load *, struct session *, const struct template *, struct buf *);

/* --- credentials.c --- */
/* The challenge of this message is to be answered. */
MUST_USE bool credentials_keep(struct load *, struct session *, struct msg *);
/* Header lines with their ends. `head` is the message so far, `body` its body. */
enum filled credentials_fill(struct load *, struct session *, const struct piece *,
                             struct buf *head, struct str body);
void credentials_free(struct load *, struct session *);

/* --- send.c --- */
/* Sends a step's message. CAUSE_… or N_CAUSES: it was sent. */
enum cause load_send_step(struct load *, struct session *, const struct step *, time_ns due,
                          time_ns now);
/* Sends bytes; takes the reference. */
void session_send(struct load *, struct session *, struct block *);
/* Sends a final response to an INVITE, again and again until its ACK comes (RFC 3261 17.2.1); takes
 * the reference. */
void load_send_final(struct load *, struct leg *, struct block *, time_ns now);
/* The pending message needs not be sent again. */
void load_settle(struct load *, struct leg *);
/* A leg's alarm. */
void load_send_again(struct load *, struct leg *, time_ns now);

/* --- peer.c: what is known of the other side of a dialog --- */
/* `routes`: its Contact and its route set, too. */
MUST_USE bool peer_learn(struct load *, struct leg *, struct msg *, bool routes);
struct str peer_tag(const struct leg *);
struct str peer_target(const struct leg *);
struct str peer_routes(const struct leg *);

/* --- talk.c: what the dialogs have to do with their media --- */
/* The media of this dialog, begun where there are none yet; 0: there are to be none. */
pool_id talk_of(struct load *, struct leg *);
/* What a message's description says of the far end. */
void talk_take(struct load *, struct leg *, struct msg *);
/* After a message of this method went either way: has the dialog been confirmed, or ended? */
void talk_follow(struct load *, struct leg *, unsigned method, time_ns now);
void talk_end(struct load *, struct leg *);

/* --- plain.c: messages that no scenario has --- */
/* A response to what belongs to no session, or was not expected. */
void plain_reply(struct load *, unsigned link, const struct addr *remote, struct msg *,
                 unsigned status);
/* ACK for a final response to our INVITE; for a 2xx with BYE behind it. */
void plain_ack(struct load *, struct session *, struct leg *, struct msg *);
void plain_cancel(struct load *, struct session *, struct leg *);
void plain_bye(struct load *, struct session *, struct leg *);
/* A final response to the INVITE that waits for one. */
void plain_decline(struct load *, struct leg *, unsigned status, time_ns now);

/* Is there room for more outputs? */
static inline bool load_is_full(const struct load *l)
{
    return l->n_outputs >= LIMIT_LOAD_OUTPUTS - 8;
}
void load_push(struct load *, unsigned link, uint32_t order, const struct addr *remote,
               struct block *);
void load_say(struct load *, struct str text);
/* Reads a message into `space`. NULL: it cannot be read. */
struct msg *load_parse(struct load *, void *space, struct msg *, struct str bytes);

#endif
