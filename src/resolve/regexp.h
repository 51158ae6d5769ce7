/* Extended regular expressions (POSIX, as RFC 3402 3.2 has them) that others write: matched in
 * time and memory that are known beforehand, whatever they say. */
#ifndef TANDEM_SRC_RESOLVE_REGEXP_H
#define TANDEM_SRC_RESOLVE_REGEXP_H

#include "base/attr.h"
#include "base/limits.h"
#include "base/str.h"

#define REGEXP_GROUPS 10  /* the whole, and nine in brackets */
#define REGEXP_CLASSES 96 /* each takes three bytes of a text of 255 at the least */
#define REGEXP_TEXT 254   /* the longest that is matched */
#define REGEXP_UNSET 255  /* the place of a group that took no part */

enum regexp_op {
    REGEXP_CHAR,
    REGEXP_ANY,
    REGEXP_CLASS,
    REGEXP_SPLIT, /* both ways, `to` before `other` */
    REGEXP_JUMP,
    REGEXP_OUT,  /* a jump to the end of its bracket, which is not known yet */
    REGEXP_SAVE, /* the place is where a group begins or ends */
    REGEXP_BEGIN,
    REGEXP_END,
    REGEXP_MATCH
};

/* Ways are counted from the step itself, so that steps can be copied and moved. */
struct regexp_step {
    uint8_t op;
    uint8_t of; /* the character, the class, or the place saved to */
    int16_t to, other;
};

struct regexp {
    unsigned n, n_classes, n_groups;
    struct regexp_step steps[LIMIT_REGEXP_STEPS];
    uint64_t classes[REGEXP_CLASSES][4]; /* a bit for each byte */
};

/* False: it is none, or too long, or has more groups than LIMIT_REGEXP_STEPS has steps for. */
MUST_USE bool regexp_compile(struct regexp *, struct str text);
/* The leftmost match, the longest there. places[2 * i], [2 * i + 1]: where group i begins and ends.
 */
MUST_USE bool regexp_match(const struct regexp *, struct str text,
                           uint8_t places[2 * REGEXP_GROUPS]);

#endif
