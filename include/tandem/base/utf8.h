/* Where characters end in UTF-8, and which of them a terminal would obey. */
#ifndef TANDEM_BASE_UTF8_H
#define TANDEM_BASE_UTF8_H

#include "base/str.h"

/* The bytes of the whole character at the start of `s` (RFC 3629 4); 0: there is none, or it is
 * empty. */
size_t utf8_character(struct str s);
/* Is all of it whole characters? */
bool utf8_is_valid(struct str s);
/* Is the whole character at the start a control (C0, DEL, C1), which a terminal would obey? */
bool utf8_is_control(struct str s);

#endif
