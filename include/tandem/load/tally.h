/* What came of a load: how many sessions, why some failed, how long everything took. */
#ifndef TANDEM_LOAD_TALLY_H
#define TANDEM_LOAD_TALLY_H

#include "load/histogram.h"
#include "load/rtp.h"
#include "load/scenario.h"

enum cause {
    CAUSE_TIMEOUT,    /* nothing came in time */
    CAUSE_STATUS,     /* another response than the scenario has */
    CAUSE_UNEXPECTED, /* another request than the scenario has */
    CAUSE_CANCELLED,  /* the caller gave up before the call was answered */
    CAUSE_REFUSED,    /* the credentials were not taken, or there are none */
    CAUSE_CHECK,      /* a message did not match <ereg check_it> */
    CAUSE_SCENARIO,   /* <error>, a variable that is no number … */
    CAUSE_TRANSPORT,  /* the connection broke, or the far end is unreachable */
    CAUSE_MEDIA,      /* all went well, but what was said was not heard */
    CAUSE_LIMIT,      /* more sessions at once than may be */
    CAUSE_MEMORY,
    CAUSE_STOPPED, /* it was still going on when the load ended */
    N_CAUSES
};
/* "timeout", "status" …: of --json. */
const char *cause_name(enum cause);

/* Failures of one kind. */
struct failure {
    uint8_t cause;
    uint16_t status; /* of CAUSE_STATUS */
    uint16_t step;   /* that was waited for, or done */
    char method[16]; /* of what came; of the request that the response is to */
    uint64_t n;
};

struct tally {
    uint64_t started, succeeded, failed;
    uint64_t running, most_running; /* at once */
    uint64_t sent, received;        /* messages */
    uint64_t retransmitted;         /* by us */
    uint64_t repeated;              /* by the other side */
    uint64_t strays;                /* messages that belong to no session */
    uint64_t bad;                   /* messages that cannot be read */
    uint64_t lost;                  /* not sent, as the scenario wants it */
    uint64_t unsaid;                /* texts of <log> that came faster than they were taken */
    struct failure failures[LIMIT_LOAD_CAUSES];
    unsigned n_failures;
    struct histogram session;     /* from the beginning that was meant to the end */
    struct histogram established; /* … to the 2xx that accepts an INVITE: RFC 7501's session */
    struct rtp_tally rtp;
    struct histogram recent; /* of `session`: whoever reports empties it */
    struct histogram rows[]; /* of the scenario's rows */
};

/* NULL: no memory. */
MUST_USE struct tally *tally_new(struct mem *, const struct scenario *);
void tally_free(struct mem *, struct tally *, const struct scenario *);
/* Counts one failure more of this kind. */
void tally_failure(struct tally *, const struct failure *);

#endif
