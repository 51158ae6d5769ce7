/* What an experienced reader says of a message beyond its grammar: headers that are missing or out
 * of place (RFC 3261 20), headers that contradict each other, session descriptions, and the order
 * of the messages of a call. Each remark is a finding with its severity, a remedy and the section
 * that it comes from. Finds only: what makes a message invalid is msg_check's to say, and nothing
 * of a server hangs on this. */
#ifndef TANDEM_LINT_LINT_H
#define TANDEM_LINT_LINT_H

#include "base/limits.h"
#include "base/mem.h"
#include "msg/msg.h"

enum lint_severity {
    LINT_HINT,    /* allowed, and known to cause trouble or to be obsolete */
    LINT_WARNING, /* against an RFC; most receivers get along with it */
    LINT_ERROR    /* against an RFC, and receivers refuse it or do something else than was meant */
};

/* data/findings.def, and each fault of a description (data/sdp_faults.def) as LINT_SDP_NAME. */
enum lint_code {
    LINT_OK = 0,
#define FINDING(name, text, severity, what, remedy, why, rfc) LINT_##name,
#include "findings.def"
#undef FINDING
#define FAULT(name, text, what, rfc, harm, remedy) LINT_SDP_##name,
#include "sdp_faults.def"
#undef FAULT
    LINT_N_CODES
};

struct lint_finding {
    enum lint_code code;
    uint32_t offset; /* from the message's first byte */
    uint8_t header;  /* enum hdr_id of the header it is about; HDR_NONE: the start line, the body */
    const char *rfc; /* "3261 20": that of the rule where one code has several, else the code's */
};

/* What was found of one message, in the order of offsets. */
struct lint {
    struct lint_finding at[LIMIT_LINT_FINDINGS];
    unsigned n; /* further ones are not kept */
};

/* Judges one message by itself. `m` is parsed and checked (msg_check); values that have faults are
 * not judged again. `whole` is the datagram that it was parsed from, so that bytes behind the body
 * are seen; m->bytes where there were none. `mem` lends what a description's index needs for the
 * time of the call; where it has none the body is not judged. Whatever stood in *l is forgotten. */
void lint_message(struct lint *l, struct msg *m, struct str whole, struct mem *mem);

/* One message of a sequence, and where findings about it go (added to what stands there). */
struct lint_step {
    struct msg *m; /* parsed and checked */
    struct lint *found;
};

/* Judges messages by each other: CSeq, ACK, CANCEL and PRACK, tags, route sets, offers and answers.
 * The messages stand in the order in which one place saw them, calls mixed as they were; the same
 * request at several hops, and what was repeated, counts once. Of more than LIMIT_LINT_MESSAGES the
 * first ones are judged. ERR_NOMEM: nothing was judged. */
MUST_USE int lint_sequence(struct lint_step *steps, size_t n, struct mem *mem);

/* --- the table of findings --- */
const char *lint_name(enum lint_code); /* "via_without_branch" */
enum lint_severity lint_severity(enum lint_code);
const char *lint_severity_name(enum lint_severity); /* "error", "warning", "hint" */
const char *lint_what(enum lint_code);              /* what is wrong, one sentence without a stop */
const char *lint_remedy(enum lint_code);            /* what to do, one sentence */
const char *lint_why(enum lint_code);               /* why the rule is there, for who asks */
const char *lint_rfc(enum lint_code);               /* "3261 8.1.1.7" */
/* LINT_OK: there is none of that name. */
enum lint_code lint_code_of(struct str name);

#endif
