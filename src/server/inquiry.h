/* Questions to a worker from threads beside it (the control socket, the metrics), each answered by
 * the worker itself between two turns, in portions that do not hold it up. */
#ifndef TANDEM_SERVER_INQUIRY_H
#define TANDEM_SERVER_INQUIRY_H

#include <stdalign.h>
#include <stdatomic.h>

#include "base/attr.h"
#include "element/element.h"
#include "guard/guard.h"
#include "net/lane.h"
#include "net/tcp.h"
#include "resolve/resolve.h"
#include "trace/recorder.h"

/* Who asks: one thread each. */
enum inquiry_asker { ASKER_CONTROL, ASKER_METRICS, N_ASKERS };

enum inquiry_kind {
    INQUIRY_FIGURES,
    INQUIRY_TRANSACTIONS,
    INQUIRY_CALLS, /* INVITEs of others that have no final answer yet, then calls that are followed
                    */
    INQUIRY_END,   /* end.text names calls (worker_calls.c): n are being ended */
    INQUIRY_BANS,
    INQUIRY_BAN,   /* `ban`: n is 1 where it then is banned, 0 where it is trusted */
    INQUIRY_UNBAN, /* ban.addr: n is 1 where it was banned */
    INQUIRY_PEERS,
    INQUIRY_TRACE, /* the recorder's, in `records`; n bytes of them */
    INQUIRY_PEER   /* peer.uri goes out, or in again, as peer.state.out says: n sets have it */
};

#define INQUIRY_ROWS 32   /* in one answer */
#define INQUIRY_LOOKS 512 /* places that the worker looks at for one answer */
#define INQUIRY_TEXT 160

/* All that a worker counts. */
struct worker_figures {
    struct engine_stats engine;
    struct element_stats element;
    struct resolver_stats dns;
    uint64_t calls; /* element_calls */
    struct follow_stats follow;
    struct guard_stats guard; /* without `banned` */
    uint64_t notes[N_ELEMENT_NOTES];
    uint64_t timers;
    uint64_t connections;         /* stream connections, those being made and ended too */
    uint64_t datagrams_waiting;   /* for the kernel to take them */
    uint64_t datagrams_lost;      /* ever: the queue was full */
    uint64_t connections_refused; /* ever: for want of descriptors */
    uint64_t handovers_lost;      /* ever: another worker's ring was full */
    uint64_t stun_answers;        /* ever */
    struct tcp_shakes shaken[2]; /* TLS handshakes: of connections that we made; of accepted ones */
    uint64_t blocks;             /* of bytes, in use */
};

/* A text that is cut where it is too long. */
struct shown_text {
    uint16_t len;
    char at[INQUIRY_TEXT];
};

struct shown_tx {
    uint8_t kind, state, method, transport;
    uint16_t status;
    uint64_t id;
    time_ns since;
    struct addr remote;
    struct shown_text method_name, call_id, from, to; /* the last two as URIs, while it is known */
};

/* A call that is followed. */
struct shown_call {
    uint8_t state, cause; /* enum follow_state, enum follow_cause */
    uint64_t id;
    time_ns since, session_end;
    struct shown_text call_id, from, to;
};

struct shown_peer {
    struct peer_state state; /* without its texts */
    struct shown_text set, uri;
};

struct inquiry {
    enum inquiry_kind kind;
    uint64_t cursor;       /* 0 to begin; where the answer leaves 0 there is no more */
    struct bell *bell;     /* rung once it is answered */
    _Atomic bool answered; /* until then it is the worker's */
    unsigned n;            /* rows */
    bool followed;         /* of INQUIRY_CALLS: they are `calls`, not `txs` */
    union {
        struct worker_figures figures;
        struct shown_tx txs[INQUIRY_ROWS];
        struct shown_call calls[INQUIRY_ROWS];
        struct {
            struct shown_text text;
        } end;
        struct guard_ban bans[INQUIRY_ROWS];
        struct guard_ban ban;
        struct shown_peer peers[INQUIRY_ROWS];
        struct shown_peer peer;
        alignas(8) char records[RECORD_MOST];
    };
};

struct inquiries;

/* bells[i] wakes worker i. NULL: no memory. */
struct inquiries *inquiries_new(struct mem *, unsigned n_workers, struct bell *const *bells);
/* Nobody asks or answers any more. NULL is legal. */
void inquiries_free(struct inquiries *);

/* In the asker's thread: the inquiry is the worker's until `answered`, however long that takes.
 * False: too many wait, or there is no such worker; it is still the caller's. */
MUST_USE bool inquiry_ask(struct inquiries *, enum inquiry_asker, unsigned worker,
                          struct inquiry *);
/* In the worker's thread; NULL: none waits. */
struct inquiry *inquiry_take(struct inquiries *, unsigned worker);
bool inquiry_waits(const struct inquiries *, unsigned worker);
/* Gives it back. */
void inquiry_answer(struct inquiry *);

void shown_text_set(struct shown_text *, struct str);
static inline struct str shown_text_str(const struct shown_text *t)
{
    return (struct str){t->at, t->len};
}

#endif
