/* What a message says that a trace needs, and what it lets others be recognised by. Private to
 * trace/. */
#ifndef TANDEM_SRC_TRACE_READ_H
#define TANDEM_SRC_TRACE_READ_H

#include "base/limits.h"
#include "base/mem.h"
#include "sdp/sdp.h"
#include "trace/call.h"

/* By what another call may be known to belong to this one (join.c has the rules). */
enum mark_kind { MARK_SESSION, MARK_REFER, MARK_SDP, MARK_CALLED };

struct mark {
    enum mark_kind kind;
    struct str a, b;
    struct addr where; /* of MARK_CALLED: who was called, without its port */
};

/* Where a description wants its media. */
struct place {
    struct addr addr;
    uint32_t media; /* which section of the description */
};

struct reading {
    struct trace_item item; /* its views are into the message */
    struct str call_id;
    bool opens;         /* a request outside of dialogs that may begin a call */
    bool referred;      /* it bears Referred-By */
    struct str related; /* the Call-ID of Replaces, Join or Target-Dialog */
    struct mark marks[LIMIT_TRACE_MARKS];
    unsigned n_marks;
    struct place places[LIMIT_TRACE_PLACES];
    unsigned n_places;
};

/* Memory for reading one message, of any length. */
struct desk;
MUST_USE struct desk *read_desk_new(struct mem *);
void read_desk_free(struct mem *, struct desk *);

/* Views of *out are into the message, but for a call_id that is made up, which is the desk's until
 * the next call. False: it is too long. */
bool message_read(struct desk *, const struct trace_event *, struct reading *out);
/* A description with memory of the desk's, which the next call takes again. */
const struct sdp *description_read(struct desk *, struct str text);

#endif
