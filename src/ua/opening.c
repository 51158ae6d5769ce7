/* Makes what a dialog of ours begins with. */
#include "ua/opening.h"

#include "dialog/route_set.h"

static bool leaves_by_tls(const struct uri *hop)
{
    return hop->scheme == URI_SIPS || transport_is_secure(uri_transport(hop));
}

void opening_make(struct ua *ua, const struct ua_identity *who, struct str routes,
                  struct str target, struct str to, struct opening *out)
{
    struct buf call_id, tag;
    buf_init(&call_id, out->call_id, sizeof out->call_id);
    text_put_call_id(ua, &call_id);
    buf_init(&tag, out->tag, sizeof out->tag);
    text_put_random(ua, &tag);
    out->start = (struct dialog_start){.call_id = buf_str(&call_id),
                                       .local_tag = buf_str(&tag),
                                       .local = who->address,
                                       .remote = to.len > 0 ? to : target,
                                       .target = target,
                                       .routes = routes,
                                       .cseq = 1};
}

int opening_make_dialog(struct ua *ua, const struct ua_identity *who, struct str target,
                        struct str to, struct opening *out)
{
    struct buf contact;
    struct route_plan plan;
    int err = route_plan(account_routes(who), target, &plan);
    if (err)
        return err;
    buf_init(&contact, out->contact, sizeof out->contact);
    account_put_contact(ua, &contact, who, &plan.hop, NULL,
                        str_starts_nocase(target, STR("sips:")));
    if (contact.over)
        return ERR_LIMIT;
    opening_make(ua, who, account_routes(who), target, to, out);
    out->start.contact = buf_str(&contact);
    out->start.over_tls = leaves_by_tls(&plan.hop);
    return OK;
}
