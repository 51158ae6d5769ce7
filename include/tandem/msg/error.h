/* What is wrong with a message: a code, where, which rule. Bad input is data; this is its form. */
#ifndef TANDEM_MSG_ERROR_H
#define TANDEM_MSG_ERROR_H

#include <stdint.h>

#include "base/str.h"

/* The codes stand in data/errors.def: ERROR(NAME, "snake_name", "what, for people", "RFC section",
 * answer, "remedy"). `answer` is the status that a server gives a request with this fault; 0:
 * dropped. */
enum msg_error_code {
    MSG_OK = 0,
#define ERROR(name, text, what, rfc, answer, remedy) MSG_E_##name,
#include "errors.def"
#undef ERROR
    MSG_N_ERRORS
};

struct msg_error {
    enum msg_error_code code; /* MSG_OK: none */
    uint32_t offset;          /* from the message's first byte */
    uint8_t header; /* enum hdr_id of the header it stands in; HDR_NONE: the start line or the
                       message as a whole */
};

const char *msg_error_name(enum msg_error_code);   /* "cseq_method_mismatch" */
const char *msg_error_what(enum msg_error_code);   /* "CSeq method differs from the request's" */
const char *msg_error_rfc(enum msg_error_code);    /* "3261 8.1.1.5" */
const char *msg_error_remedy(enum msg_error_code); /* what to write instead, a sentence */
unsigned msg_error_answer(enum msg_error_code);    /* 400, 505, 416 …; 0: drop */

#endif
