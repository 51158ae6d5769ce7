/* Owns whether a request may go to a place that is not ours: for who proved to be one of ours, or
 * as policy.c has it. Sends nothing on. */
#include "element/parts.h"

static void refuse_relay(struct element *e, const struct engine_event *ev, time_ns now)
{
    if (ev->kind == EVENT_REQUEST)
        note(e, NOTE_FORBIDDEN, ev->msg, ev->msg->uri_text);
    answer(e, ev, 403, STR("Not relayed: neither end is ours"), STR_NONE, now);
}

bool relay_allowed(struct element *e, const struct engine_event *ev, const struct uri *hop,
                   enum standing standing, time_ns now)
{
    struct uri sender;
    bool known = standing == STANDING_KNOWN || standing == STANDING_VOUCHED;
    enum policy policy = known ? POLICY_RELAY : policy_of(e, ev->msg, hop, &sender);
    if (policy == POLICY_RELAY)
        return true;
    if (policy == POLICY_ASK && standing == STANDING_OPEN)
        lookup_sender(e, ev, &sender, now);
    else
        refuse_relay(e, ev, now);
    return false;
}
