/* Messages made from digits, and from what came and went before, so that they meet the transactions
 * and dialogs that are there. */
#ifndef FUZZ_TEMPLATE_H
#define FUZZ_TEMPLATE_H

#include "stage.h"

/* Plays an act that sends a message:
 *   d  a request: method, party, branch, Request-URI, users, To tag, Call-ID, CSeq, two extras
 *   g  a REGISTER: party, branch, user, two contacts, Expires, Call-ID, CSeq, an extra
 *   a  a request that came, again: which
 *   c  the CANCEL of a request that came: which
 *   r  a response to a request that went: which, status, To tag, extra, from whom
 *   f  a request in the dialog of a response that went: which, method, branch, an extra
 *   b  a request in the dialog of a request that went, from its callee: which, method, branch, tag
 *   e  what went, back to us as it is: which
 * False: the letter is none of these. */
bool template_play(struct stage *, char letter);

#endif
