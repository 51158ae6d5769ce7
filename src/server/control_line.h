/* A command of the control socket as words: the same as in argv. Takes any bytes. */
#ifndef TANDEM_SERVER_CONTROL_LINE_H
#define TANDEM_SERVER_CONTROL_LINE_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/str.h"

#define CONTROL_WORDS 8

struct control_line {
    unsigned n;
    struct str words[CONTROL_WORDS]; /* views into `text` */
    char text[LIMIT_CONTROL_LINE];
};

/* Words stand apart by spaces or tabs; "…" keeps them in a word, in which \" and \\ stand for " and
 * \. Returns NULL, or what is wrong. No word at all is right, too. */
MUST_USE const char *control_line_read(struct control_line *l, struct str line);
/* Writes a word in such a form that control_line_read reads the same one. */
void control_line_word(struct buf *b, struct str word);

#endif
