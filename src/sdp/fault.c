/* The names, sentences and sections of data/sdp_faults.def. */
#include "sdp/fault.h"

struct row {
    const char *name, *what, *rfc, *remedy;
    enum sdp_harm harm;
};

static const struct row rows[SDP_N_FAULTS] = {
    [SDP_OK] = {"ok", "No fault", "", "", SDP_ODD},
#define FAULT(id, text, sentence, section, harm, advice) \
    [SDP_F_##id] = {text, sentence, section, advice, SDP_##harm},
#include "sdp_faults.def"
#undef FAULT
};

static const struct row *row_of(enum sdp_fault_code code)
{
    return &rows[(unsigned)code < SDP_N_FAULTS ? code : SDP_OK];
}

const char *sdp_fault_name(enum sdp_fault_code code)
{
    return row_of(code)->name;
}

const char *sdp_fault_what(enum sdp_fault_code code)
{
    return row_of(code)->what;
}

const char *sdp_fault_rfc(enum sdp_fault_code code)
{
    return row_of(code)->rfc;
}

const char *sdp_fault_remedy(enum sdp_fault_code code)
{
    return row_of(code)->remedy;
}

enum sdp_harm sdp_fault_harm(enum sdp_fault_code code)
{
    return row_of(code)->harm;
}
