/* What is wrong with a session description: a code, where, which rule, and how bad it is. */
#ifndef TANDEM_SDP_FAULT_H
#define TANDEM_SDP_FAULT_H

#include <stdint.h>

/* The codes stand in data/sdp_faults.def. */
enum sdp_fault_code {
    SDP_OK = 0,
#define FAULT(name, text, what, rfc, harm, remedy) SDP_F_##name,
#include "sdp_faults.def"
#undef FAULT
    SDP_N_FAULTS
};

/* ODD: what was meant is clear. BROKEN: a description with such a fault is refused (488). */
enum sdp_harm { SDP_ODD, SDP_BROKEN };

struct sdp_fault {
    enum sdp_fault_code code;
    uint32_t line; /* from 1; 0: the description as a whole */
};

const char *sdp_fault_name(enum sdp_fault_code);   /* "bad_media" */
const char *sdp_fault_what(enum sdp_fault_code);   /* "Malformed m=" */
const char *sdp_fault_rfc(enum sdp_fault_code);    /* "8866 5.14" */
const char *sdp_fault_remedy(enum sdp_fault_code); /* what to write instead, a sentence */
enum sdp_harm sdp_fault_harm(enum sdp_fault_code);

#endif
