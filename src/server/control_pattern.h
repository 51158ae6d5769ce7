/* Which addresses-of-record somebody asks for. */
#ifndef TANDEM_SERVER_CONTROL_PATTERN_H
#define TANDEM_SERVER_CONTROL_PATTERN_H

#include <stdbool.h>

#include "base/str.h"

/* `aor` has a scheme ("sip:alice@example.com"); a pattern need not. An empty pattern is all of
 * them; one with * (any characters) or ? (one) is a wildcard; one with an @ is that very address;
 * any other is looked for within. ASCII case is ignored. */
bool control_pattern_matches(struct str pattern, struct str aor);

#endif
