/* Route, Record-Route, Path, Service-Route: the parameter lr (RFC 3261 16.6, 19.1.1; RFC 3327 5.2;
 * RFC 3608 5). */
#include "rules.h"

static void loose(struct lint *l, struct msg *m, const struct nameaddr *v, enum hdr_id header)
{
    struct str value;
    bool lr = uri_param(&v->uri, STR("lr"), &value);
    if (v->uri.scheme != URI_SIP && v->uri.scheme != URI_SIPS)
        return;
    if (!lr)
        lint_note_at(l, m, header == HDR_ROUTE ? LINT_ROUTE_STRICT : LINT_ROUTE_WITHOUT_LR, v->text,
                     header);
    else if (value.at)
        lint_note_at(l, m, LINT_LR_VALUE, value, header);
}

void lint_routes(struct lint *l, struct msg *m)
{
    static const enum hdr_id headers[] = {HDR_ROUTE, HDR_RECORD_ROUTE, HDR_PATH, HDR_SERVICE_ROUTE};
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
        for (const struct nameaddr *v = msg_nameaddr_next(m, headers[i], NULL); v;
             v = msg_nameaddr_next(m, headers[i], v))
            loose(l, m, v, headers[i]);
}
