/* What requests and answers are for, in a few words for who does not know them yet. */
#include "msg/msg.h"
#include "trace/ladder.h"

static struct str of_request(const struct trace_item *i)
{
    static const struct str meanings[N_METHODS] = {
        [METHOD_INVITE] = STR_INIT("asks for a call, and offers what it can speak"),
        [METHOD_ACK] = STR_INIT("confirms that the answer to INVITE has come"),
        [METHOD_BYE] = STR_INIT("ends the call"),
        [METHOD_CANCEL] = STR_INIT("takes INVITE back: it rings no longer"),
        [METHOD_REGISTER] = STR_INIT("tells where a user is to be reached"),
        [METHOD_OPTIONS] = STR_INIT("asks whether somebody is there, and what he can do"),
        [METHOD_INFO] =
            STR_INIT("brings something that belongs to the call, such as a pressed key"),
        [METHOD_PRACK] = STR_INIT("confirms that a provisional answer has come"),
        [METHOD_UPDATE] = STR_INIT("changes the call, also before it is answered"),
        [METHOD_SUBSCRIBE] = STR_INIT("asks to be told of changes"),
        [METHOD_NOTIFY] = STR_INIT("tells a change to whoever asked for it"),
        [METHOD_REFER] = STR_INIT("asks the other side to call somebody else: a transfer"),
        [METHOD_MESSAGE] = STR_INIT("brings a text"),
        [METHOD_PUBLISH] = STR_INIT("tells how somebody is, for those who watch him"),
    };
    if (i->method == METHOD_INVITE && i->to_tag.len > 0)
        return STR("changes the call: hold, resume, other media");
    return i->method < N_METHODS ? meanings[i->method] : STR_NONE;
}

static struct str of_failure(unsigned status)
{
    switch (status) {
    case 401:
    case 407:
        return STR("wants to know who asks: the request comes again with a proof");
    case 404:
        return STR("there is no such user");
    case 408:
        return STR("nobody answered in time");
    case 480:
        return STR("nobody is there at present");
    case 486:
    case 600:
        return STR("is busy");
    case 487:
        return STR("was taken back before it was answered");
    case 603:
        return STR("does not want it");
    default:
        return status < 500   ? STR("does not do what was asked")
               : status < 600 ? STR("cannot do it now: a server has failed")
                              : STR("refuses for everybody");
    }
}

static struct str of_response(const struct trace_item *i)
{
    if (i->status == 100)
        return STR("has it, and works on it");
    if (i->status == 180)
        return STR("rings");
    if (i->status < 200)
        return STR("tells how far it is");
    if (i->status < 300)
        return i->method == METHOD_INVITE ? STR("takes the call") : STR("has done it");
    return i->status < 400 ? STR("is to be found elsewhere") : of_failure(i->status);
}

struct str trace_rung_meaning(const struct trace_rung *r)
{
    switch (r->kind) {
    case TRACE_RUNG_MESSAGE:
        return r->item->status ? of_response(r->item) : of_request(r->item);
    case TRACE_RUNG_STREAM:
        return STR("sound or pictures, straight from one to the other");
    case TRACE_RUNG_NOTE:
    case TRACE_RUNG_CALL:
        break;
    }
    return STR_NONE;
}
