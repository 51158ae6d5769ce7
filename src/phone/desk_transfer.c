/* Owns what becomes of transfers: those that we order, those that we are asked for, and calls that
 * come in the place of others. */
#include "phone/desk.h"
#include "ua/transfer.h"

/* --- ours --- */

static int start(struct desk *d, const struct transfer_start *s)
{
    ua_transfer id;
    return transfer_start(d->phone->ua, s, phone_now(d->phone), &id);
}

/* To another one of our calls, by its number, or to whom the text names. */
void desk_transfer(struct desk *d, struct line *l, struct str argument)
{
    uint64_t number;
    char text[ADDRESS_BYTES];
    struct address whom;
    struct transfer_start s = {.call = l->call};
    snprintf(text, sizeof text, "%.*s", STR_ARG(argument));
    if (str_to_u64(argument, UINT32_MAX, &number)) {
        const struct line *other = desk_line(d, (unsigned)number);
        if (!other || other == l) {
            desk_complain(d, "there is no such other call");
            return;
        }
        s.consulted = other->call;
    } else if (argument.len < sizeof text && address_read(&whom, text)) {
        s.target = whom.uri_text;
    } else {
        desk_complain(d, "a number of a call or a URI is wanted");
        return;
    }
    if (start(d, &s) != OK)
        desk_complain(d, "the call cannot be transferred now");
    else
        tell_simple(d, l, "transferring");
}

/* RFC 5589 6.1: what is done ends the call that it was about; what failed leaves it. */
static void take_transfer_end(struct desk *d, struct line *l, const struct ua_event *e)
{
    bool done = e->status / 100 == 2;
    if (!l)
        return;
    tell_transfer(d, l, done ? "transferred" : "transfer_failed", e->status);
    if (done)
        (void)call_end(d->phone->ua, l->call, STR_NONE, phone_now(d->phone));
}

/* --- theirs --- */

static void refuse(struct desk *d, const struct ua_event *e, unsigned status)
{
    (void)!referral_refuse(d->phone->ua, e->referral, status, phone_now(d->phone));
}

/* RFC 3515 5.1: whoever sends a REFER makes our phone call: only --transfer yes consents, and only
 * to who talks with us. */
static void take_referral(struct desk *d, struct line *l, const struct ua_event *e)
{
    const char *why;
    struct referral_view v;
    if (!d->phone->options->transfer || !l) {
        refuse(d, e, l ? 603 : 403);
        return;
    }
    struct line *next = desk_take_line(d, &l->voice.port.local, &why);
    if (!next || referral_look(d->phone->ua, e->referral, &v) != OK) {
        refuse(d, e, 486);
        return;
    }
    next->state = LINE_CALLING;
    snprintf(next->peer, sizeof next->peer, "%.*s", STR_ARG(v.target));
    const struct sdp_local media = desk_media(next);
    int error =
        referral_accept(d->phone->ua, e->referral, &media, phone_now(d->phone), &next->call);
    if (error) {
        desk_free_line(d, next);
        refuse(d, e, error == ERR_INVALID ? 400 : 503);
        return;
    }
    tell_referred(d, l, next);
}

bool desk_take_transfer(struct desk *d, const struct ua_event *e)
{
    struct line *l = e->call ? desk_line_of(d, e->call) : NULL;
    switch ((int)e->kind) {
    case UA_TRANSFER_PROGRESS:
        if (l)
            tell_transfer(d, l, "transfer_progress", e->status);
        return true;
    case UA_TRANSFER_ENDED:
        take_transfer_end(d, l, e);
        return true;
    case UA_REFERRED:
        take_referral(d, l, e);
        return true;
    default:
        return false;
    }
}

/* --- calls that are about other calls (RFC 3891, RFC 3911) --- */

unsigned desk_refuses_place(const struct desk *d, const struct ua_event *e)
{
    if (e->joined)
        return 488; /* nothing is mixed here */
    return e->replaced && !d->phone->options->transfer ? 603 : 0;
}
