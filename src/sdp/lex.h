/* Inside of sdp/: words, tokens and digits of a line (RFC 8866 9). */
#ifndef TANDEM_SDP_LEX_H
#define TANDEM_SDP_LEX_H

#include "base/str.h"

/* Takes the next word off *rest, with the spaces around it (RFC 8866 9 has one; several are read
 * all the same). False: none is left. */
bool sdp_lex_word(struct str *rest, struct str *word);
bool sdp_lex_is_token(struct str);
/* At least one, all of them. */
bool sdp_lex_is_digits(struct str);
/* No control character and no space. */
bool sdp_lex_is_visible(struct str);

#endif
