/* The timers of RFC 3261 17 (annex A), RFC 6026 and RFC 4320: their names and lengths. Knows no
 * clock. */
#ifndef TANDEM_TX_TIMERS_H
#define TANDEM_TX_TIMERS_H

#include <stdbool.h>

#include "base/time.h"

/* What all lengths derive from; each is settable. */
struct tx_timers {
    time_ns t1; /* round-trip time estimate */
    time_ns t2; /* longest retransmit interval of non-INVITE requests and INVITE responses */
    time_ns t4; /* longest time that a message stays in the network */
    time_ns
        d_min; /* RFC 3261 17.1.1.2: Timer D is at least 32 s, since the server's T1 is unknown */
    time_ns trying; /* RFC 3261 17.2.1: a silent TU gets a 100 sent for it after 200 ms */
};

/* T1 500 ms, T2 4 s, T4 5 s. */
struct tx_timers tx_timers_default(void);

enum tx_timer {
    TIMER_NONE,
    TIMER_A,      /* INVITE request retransmit interval, unreliable transports */
    TIMER_B,      /* INVITE transaction timeout; also RFC 3261 9.1: 64*T1 after a CANCEL */
    TIMER_D,      /* wait for response retransmits */
    TIMER_E,      /* non-INVITE request retransmit interval, unreliable transports */
    TIMER_F,      /* non-INVITE transaction timeout; at the server: RFC 4320 4.2 */
    TIMER_G,      /* INVITE response retransmit interval */
    TIMER_H,      /* wait for ACK receipt */
    TIMER_I,      /* wait for ACK retransmits */
    TIMER_J,      /* wait for non-INVITE request retransmits */
    TIMER_K,      /* wait for response retransmits */
    TIMER_L,      /* RFC 6026: wait for accepted INVITE request retransmits */
    TIMER_M,      /* RFC 6026: wait for retransmitted and further 2xx */
    TIMER_TRYING, /* RFC 3261 17.2.1: until the 100 to an INVITE */
    TIMER_QUIET,  /* RFC 4320 4.1: until the 100 to another request: when Timer E is reset to T2 */
    N_TX_TIMERS
};

/* "A" … "M", "100", "quiet"; "-" for TIMER_NONE. */
const char *tx_timer_name(enum tx_timer);

/* How long the timer runs when it is first started; 0 where the RFC says "zero seconds for reliable
 * transports"; TIME_NEVER where it does not run on that transport (A, E, G when reliable) and for
 * TIMER_NONE. */
time_ns tx_timer_span(const struct tx_timers *, enum tx_timer, bool reliable);

#endif
