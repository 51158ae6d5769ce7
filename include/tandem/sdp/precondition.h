/* Preconditions (RFC 3312, RFC 4032): what must be there before who is called is alerted, as
 * a=curr, a=des and a=conf below an m= line say. This side reserves nothing: of `qos` its own
 * segment, and what it sends end to end, is always there. No state: a table is what one description
 * comes to. */
#ifndef TANDEM_SDP_PRECONDITION_H
#define TANDEM_SDP_PRECONDITION_H

#include "base/limits.h"
#include "sdp/attribute.h"

/* RFC 3312 4, 5.1. The last two stand in descriptions of a failure alone (8, 9). */
enum sdp_strength {
    SDP_STRENGTH_NONE,
    SDP_STRENGTH_OPTIONAL,
    SDP_STRENGTH_MANDATORY,
    SDP_STRENGTH_FAILURE,
    SDP_STRENGTH_UNKNOWN
};
enum sdp_segment { SDP_SEGMENT_E2E, SDP_SEGMENT_LOCAL, SDP_SEGMENT_REMOTE };

/* One line, as it stands there. */
struct sdp_precondition_line {
    enum { SDP_CURR, SDP_DES, SDP_CONF } kind;
    struct str type;            /* "qos" */
    enum sdp_strength strength; /* of a=des */
    enum sdp_segment segment;
    enum sdp_direction direction; /* SDP_INACTIVE: "none" */
};
/* RFC 3312 4. False: it is another attribute, or malformed. */
bool sdp_read_precondition(const struct sdp_attribute *, struct sdp_precondition_line *out);
void sdp_put_precondition(struct buf *, const struct sdp_precondition_line *);

/* A row of the status table, both directions of one segment, as this side sees it (RFC 3312 5.1).
 */
struct sdp_precondition {
    struct str type; /* a view into the description */
    enum sdp_segment segment;
    enum sdp_direction current;   /* what is there */
    enum sdp_direction confirm;   /* whose being there is asked for (RFC 3312 7) */
    enum sdp_strength desired[2]; /* of what we send, of what we receive */
};
struct sdp_preconditions {
    struct sdp_precondition rows[LIMIT_SDP_PRECONDITIONS];
    unsigned n; /* 0: there are none */
    bool over;  /* they had more; never met */
    bool owed;  /* an answer asks to be told of what it does not know to be there: offer again as
                   soon as may be (RFC 3312 7) */
};

/* The table that an offer comes to, with what is there on our side, and `confirm` what we have to
 * ask for (RFC 3312 5.2, 6): its lines are the answer's. Lines that are malformed count as none. */
void sdp_preconditions_answer(const struct sdp *offer, struct sdp_section,
                              struct sdp_preconditions *out);
/* The table of an offer of ours that demands `qos` in both segments; `known` (may be NULL): what
 * the last exchange came to, whose far segment is still as it was. */
void sdp_preconditions_offer(enum sdp_strength, const struct sdp_preconditions *known,
                             struct sdp_preconditions *out);
/* The table that an answer to ours comes to (RFC 4032 4.1), `confirm` what they ask for. */
void sdp_preconditions_answered(const struct sdp *answer, struct sdp_section,
                                struct sdp_preconditions *out);
/* a=curr, a=des and a=conf of all rows (RFC 3312 5.1.1). */
void sdp_put_preconditions(struct buf *, const struct sdp_preconditions *);

enum sdp_readiness {
    SDP_MET,       /* every mandatory row is there, or there is none (RFC 3312 6) */
    SDP_SUSPENDED, /* alert nobody, and send nothing (RFC 3312 6) */
    SDP_IMPOSSIBLE /* mandatory of a type that is not known, where we would have to take part, or
                      too many: refuse it with 580 (RFC 3312 8, 9) */
};
enum sdp_readiness sdp_preconditions_met(const struct sdp_preconditions *);
/* The worst of an offer's streams, those with port 0 left out (RFC 3312 8.1), once it is answered.
 */
enum sdp_readiness sdp_offer_readiness(const struct sdp *offer);
/* The description that goes with a 580: each m= line of theirs with port 0, and what could not be
 * met (RFC 3312 8, 9). */
void sdp_put_failure(struct buf *, const struct sdp *offer);

#endif
