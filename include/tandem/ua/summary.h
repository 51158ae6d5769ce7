/* Message summaries (RFC 3842 5.2): what a mailbox has, as NOTIFYs of "message-summary" tell it in
 * bodies of type application/simple-message-summary. Views into the body. */
#ifndef TANDEM_UA_SUMMARY_H
#define TANDEM_UA_SUMMARY_H

#include "base/attr.h"
#include "base/limits.h"
#include "base/str.h"

struct summary_class {
    struct str name; /* "Voice-Message", "Fax-Message" … as it stands (RFC 3458 6.2) */
    uint32_t unheard, heard;
    uint32_t urgent_unheard, urgent_heard; /* among them; 0 where nothing is said */
};

struct summary {
    bool waiting;
    struct str account; /* Message-Account's URI; empty: none */
    struct summary_class classes[LIMIT_UA_SUMMARY_CLASSES];
    unsigned n_classes; /* further ones are left out */
};

/* False: it does not begin as a summary, or a line of it is malformed. What follows behind an empty
 * line is about single messages and is passed over. Lines may end in LF alone. */
MUST_USE bool summary_parse(struct str body, struct summary *out);

#endif
