/* Descriptions for tests: parsed with space of their own, and what is asserted of their faults. */
#ifndef TANDEM_TESTS_SDP_GIVEN_H
#define TANDEM_TESTS_SDP_GIVEN_H

#include "sdp/print.h"

#define GIVEN_SPACE 65536

struct given {
    struct sdp s;
    _Alignas(16) char space[GIVEN_SPACE];
};

/* `text` has to live as long. */
void given_parse(struct given *, struct str text);
/* A session that nothing is wrong with, and these lines behind it. */
void given_media(struct given *, const char *lines);

bool has_fault(const struct sdp *, enum sdp_fault_code, uint32_t line);
/* Prints the faults where there are any. */
bool is_clean(const struct sdp *);

#endif
