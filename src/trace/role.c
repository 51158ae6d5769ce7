/* What a side does in the calls of a ladder, in a word or two. */
#include "msg/msg.h"
#include "trace/ladder.h"

enum part { CALLS = 1, RINGS = 2, ANSWERS = 4, REFUSES = 8 };

static unsigned part_of(const struct trace_item *i)
{
    if (i->method != METHOD_INVITE)
        return 0;
    if (i->status == 0)
        return i->n_vias == 1 && i->to_tag.len == 0 ? CALLS : 0;
    if (i->status < 200)
        return i->status > 100 ? RINGS : 0;
    return i->status < 300 ? ANSWERS : REFUSES;
}

struct str trace_side_role(const struct trace_ladder *l, unsigned side)
{
    unsigned parts = 0;
    if (l->sides[side].passes_on)
        return STR("passes requests on");
    for (unsigned i = 0; i < l->n_rungs; i++)
        if (l->rungs[i].kind == TRACE_RUNG_MESSAGE && l->rungs[i].from == side)
            parts |= part_of(l->rungs[i].item);
    if (parts & CALLS)
        return STR("calls");
    if (parts & ANSWERS)
        return STR("answers");
    return parts & RINGS ? STR("rings") : parts & REFUSES ? STR("refuses") : STR_NONE;
}
