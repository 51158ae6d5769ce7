/* A line as words: the same as in argv, in a script, on the control socket. Takes any bytes. */
#ifndef TANDEM_BASE_WORDS_H
#define TANDEM_BASE_WORDS_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/str.h"

#define WORDS_MAX 24

struct words {
    unsigned n;
    struct str list[WORDS_MAX]; /* views into `text` */
    char text[LIMIT_CONTROL_LINE];
};

/* Words stand apart by spaces or tabs; "…" keeps them in a word, in which \" and \\ stand for " and
 * \. Returns NULL, or what is wrong. No word at all is right, too. */
MUST_USE const char *words_read(struct words *l, struct str line);
/* Writes a word in such a form that words_read reads the same one. */
void words_put(struct buf *b, struct str word);

#endif
