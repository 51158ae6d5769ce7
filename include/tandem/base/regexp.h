/* Extended regular expressions (POSIX, as RFC 3402 3.2 has them), matched in time and memory that
 * are known beforehand, whatever they and the text say: nothing is ever tried twice. */
#ifndef TANDEM_BASE_REGEXP_H
#define TANDEM_BASE_REGEXP_H

#include "base/attr.h"
#include "base/limits.h"
#include "base/str.h"

#define REGEXP_GROUPS 10   /* the whole, and nine in brackets */
#define REGEXP_CLASSES 96  /* in one expression */
#define REGEXP_TEXT 65534  /* bytes; a longer text matches nothing */
#define REGEXP_UNSET 65535 /* the place of a group that took no part */

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

/* . [a-z] [^0-9] [[:digit:]] ( ) | * + ? {2,4} ^ $, and \ before a character that is to stand for
 * itself, but not in a class. NULL, or what is wrong: it is none, or too long. */
MUST_USE const char *regexp_compile(struct regexp *, struct str text);
/* The leftmost match, the longest there. places[2 * i], [2 * i + 1]: where group i begins and ends.
 */
MUST_USE bool regexp_match(const struct regexp *, struct str text,
                           uint16_t places[2 * REGEXP_GROUPS]);
/* Does all of the text match? */
bool regexp_match_all(const struct regexp *, struct str text);

#endif
