/* The four transactions of RFC 3261 17 with RFC 6026 and RFC 4320 as const tables of state and
 * event, and the one machine that runs them. A machine knows no message and no address: it says
 * which actions an event asks for; its owner does them. */
#ifndef TANDEM_TX_TX_H
#define TANDEM_TX_TX_H

#include "base/buf.h"
#include "tx/timers.h"

enum tx_kind {
    TX_INVITE_CLIENT,
    TX_NON_INVITE_CLIENT,
    TX_INVITE_SERVER,
    TX_NON_INVITE_SERVER,
    N_TX_KINDS
};

enum tx_state {
    TX_NONE, /* not started; as a cell's next state: the cell is blank */
    TX_CALLING,
    TX_TRYING,
    TX_PROCEEDING,
    TX_COMPLETED,
    TX_ACCEPTED,
    TX_CONFIRMED,
    TX_TERMINATED,
    N_TX_STATES
};

enum tx_event {
    TX_RECV_1XX, /* responses, at a client */
    TX_RECV_2XX,
    TX_RECV_FINAL,   /* 300-699 */
    TX_RECV_REQUEST, /* the request again, at a server */
    TX_RECV_ACK,
    TX_SEND_1XX, /* the TU answers, at a server */
    TX_SEND_2XX,
    TX_SEND_FINAL, /* 300-699 */
    TX_TRANSPORT_ERROR,
    TX_FIRE_A,
    TX_FIRE_B,
    TX_FIRE_D,
    TX_FIRE_E,
    TX_FIRE_F,
    TX_FIRE_G,
    TX_FIRE_H,
    TX_FIRE_I,
    TX_FIRE_J,
    TX_FIRE_K,
    TX_FIRE_L,
    TX_FIRE_M,
    TX_FIRE_TRYING,
    TX_FIRE_QUIET,
    N_TX_EVENTS
};

enum tx_action {
    TX_DELIVER = 1,      /* pass the message up to the TU */
    TX_SEND = 2,         /* send what the TU has passed down */
    TX_RESEND = 4,       /* send the last request or response again */
    TX_ACK = 8,          /* send the ACK of a response of 300-699, made once */
    TX_SEND_TRYING = 16, /* make and send a 100 */
    TX_TIMEOUT = 32,     /* tell the TU: nobody answered (client), no ACK came (server) */
    TX_FAILED = 64       /* tell the TU: it cannot be sent */
};

struct tx_cell {
    uint8_t next;    /* enum tx_state; TX_NONE: blank, the event is ignored in this state */
    uint8_t actions; /* of enum tx_action */
};

/* The figure itself. */
extern const struct tx_cell tx_tables[N_TX_KINDS][N_TX_STATES][N_TX_EVENTS];

/* Which timers a state starts. Entering a state stops all others but the kept ones, which go on as
 * they ran. */
struct tx_state_timers {
    uint8_t repeat; /* enum tx_timer: A, E, G, TRYING, QUIET */
    uint8_t end;    /* enum tx_timer: the state's end of life */
    bool keep_repeat, keep_end;
};
extern const struct tx_state_timers tx_state_timers[N_TX_KINDS][N_TX_STATES];

struct tx {
    uint8_t kind;  /* enum tx_kind */
    uint8_t state; /* enum tx_state */
    bool reliable;
    uint8_t repeat, end; /* enum tx_timer that run */
    time_ns interval;    /* of A, E or G */
    time_ns repeat_at, end_at;
};

/* Enters the first state: Calling, Trying or Proceeding. */
void tx_start(struct tx *, enum tx_kind, bool reliable, const struct tx_timers *, time_ns now);
/* One event: writes the next state, starts and stops timers, returns the actions (0 where the cell
 * is blank). Where the new state's end is due at once (zero seconds on reliable transports) the
 * machine is TERMINATED when this returns. */
unsigned tx_step(struct tx *, enum tx_event, const struct tx_timers *, time_ns now);
/* Would the event be ignored? */
bool tx_ignores(const struct tx *, enum tx_event);
/* The timer event that is due at `now`; ends of life win over repeats. False: none. Each call to
 * tx_step with a repeat sets that timer anew from `now`, so a late wake sends once. */
bool tx_due(const struct tx *, time_ns now, enum tx_event *);
/* When tx_due will next be true; TIME_NEVER: never. */
time_ns tx_deadline(const struct tx *);
/* RFC 3261 9.1: a CANCEL was sent: 64*T1 from now a client without final response ends by Timer B.
 */
void tx_cancelled(struct tx *, const struct tx_timers *, time_ns now);

/* It ends then at the latest, as by Timer B, D, F …: for a request that is tried at several places
 * (RFC 3263 4.3) within the time of one. */
void tx_end_by(struct tx *, time_ns at);
/* Nothing is sent again by itself. */
void tx_hush(struct tx *);

const char *tx_kind_name(enum tx_kind);
const char *tx_state_name(enum tx_state);
const char *tx_event_name(enum tx_event);
/* A Markdown table of one kind, for the docs and for tests. */
void tx_table_print(struct buf *, enum tx_kind);

#endif
