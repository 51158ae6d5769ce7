/* The text of a URI with its escapes undone on the fly: characters to compare, hash and print by.
 */
#ifndef TANDEM_SRC_MSG_URI_TEXT_H
#define TANDEM_SRC_MSG_URI_TEXT_H

#include "msg/lex.h"

/* RFC 2396 2.2, which RFC 3261 19.1.4 refers to: escaped, these differ from themselves. */
#define URI_ESCAPED_RESERVED 0x100

static inline unsigned uri_hex(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
}

/* The next character: a byte, or one with URI_ESCAPED_RESERVED. The text is well-formed; a broken
 * escape reads as it stands. */
unsigned uri_next_char(struct cursor *c);

/* Equal after RFC 3261 19.1.4's reading of escapes, with case or without. */
bool uri_text_equal(struct str a, struct str b, bool nocase);

/* One "name=value" of ";…" or "?…&…" text; starts with *at = 0. False: no more. */
bool uri_pair_next(struct str text, char separator, size_t *at, struct str *name,
                   struct str *value);

#endif
