/* Regular expressions over short texts, matched in time proportional to their length: a set of
 * positions moves over the text, nothing is ever tried twice. */
#ifndef TANDEM_SRC_ROUTE_PATTERN_H
#define TANDEM_SRC_ROUTE_PATTERN_H

#include "base/attr.h"
#include "base/limits.h"
#include "base/str.h"

#define PATTERN_WORDS ((LIMIT_ROUTE_PATTERN + 63) / 64)

/* Positions of the pattern: its characters and classes, in order (Glushkov 1961). */
struct positions {
    uint64_t words[PATTERN_WORDS];
};

struct pattern {
    unsigned n;
    bool matches_empty;
    struct positions first, last;
    struct positions follow[LIMIT_ROUTE_PATTERN];
    uint64_t classes[LIMIT_ROUTE_PATTERN][4]; /* the bytes that a position takes */
};

/* . [a-z] [^0-9] ( ) | * + ? {2,4} behind one character or class, \ before a character that is to
 * stand for itself. NULL, or what is wrong. */
MUST_USE const char *pattern_compile(struct pattern *, struct str text);
/* Does all of the text match? */
bool pattern_matches(const struct pattern *, struct str text);

#endif
