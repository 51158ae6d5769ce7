/* Owns the reading of REGISTER requests: option tags, contacts, expiry, preference. Knows no
 * bindings and no store. */
#include "registrar/request.h"

#include "registrar/instance.h"
#include "registrar/record.h"

/* RFC 3261 10.2.1.1: what a malformed expiry counts as. */
#define MALFORMED_EXPIRES_S 3600
/* RFC 3261 10.3 step 7: an interval of an hour or more is never too brief. */
#define NEVER_TOO_BRIEF_S 3600

static const struct refusal none = {0};

static struct refusal refuse(unsigned status, struct str reason)
{
    return (struct refusal){status, reason};
}

static bool is_supported(struct str option)
{
    return str_equal_nocase(option, STR("path")) || str_equal_nocase(option, STR("outbound")) ||
           str_equal_nocase(option, STR("gruu"));
}

bool request_unsupported(struct msg *m, struct buf *names)
{
    bool any = false;
    for (const struct token *t = msg_token_next(m, HDR_REQUIRE, NULL); t;
         t = msg_token_next(m, HDR_REQUIRE, t)) {
        if (is_supported(t->name))
            continue;
        any = true;
        if (names->cap - names->len < t->name.len + 2)
            continue;
        if (names->len > 0)
            buf_put_lit(names, ", ");
        buf_put(names, t->name);
    }
    return any;
}

static bool has_malformed(const struct msg *m, enum hdr_id id)
{
    for (const struct hdr *h = msg_header(m, id); h; h = msg_header_next(m, h))
        if (h->bad)
            return true;
    return false;
}

static bool is_digits(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] < '0' || s.at[i] > '9')
            return false;
    return s.len > 0;
}

/* RFC 3261 10.2.1.1: larger than 2**32-1 counts as that. */
static uint32_t delta_seconds(struct str s)
{
    uint64_t n;
    if (str_to_u64(s, UINT32_MAX, &n))
        return (uint32_t)n;
    return is_digits(s) ? UINT32_MAX : MALFORMED_EXPIRES_S;
}

/* RFC 3261 10.3 step 7: the parameter, else the header, else the default. */
static uint32_t requested_expires(const struct msg *m, struct params params, uint32_t otherwise)
{
    struct str value;
    if (params_get(params, STR("expires"), &value))
        return delta_seconds(value);
    const struct hdr *h = msg_header(m, HDR_EXPIRES);
    return h ? delta_seconds(hdr_value(m, h)) : otherwise;
}

static struct refusal read_wish(struct msg *m, const struct registrar_config *config,
                                const struct nameaddr *contact, struct wish *out)
{
    struct str q;
    *out = (struct wish){.contact = contact, .instance = instance_of(contact->params), .q = 1000};
    if (!is_storable_contact(contact->uri_text, contact->params))
        return refuse(400, STR("Contact cannot be kept"));
    if (params_get(contact->params, STR("q"), &q) && !qvalue_parse(q, &out->q))
        return refuse(400, STR("Contact q is not between 0 and 1"));
    out->expires_s = requested_expires(m, contact->params, config->default_expires_s);
    if (out->expires_s > 0 && out->expires_s < NEVER_TOO_BRIEF_S &&
        out->expires_s < config->min_expires_s)
        return refuse(423, STR_NONE);
    if (out->expires_s > config->max_expires_s)
        out->expires_s = config->max_expires_s;
    return none;
}

static struct refusal read_contacts(struct msg *m, const struct registrar_config *config,
                                    struct wishes *out)
{
    for (const struct nameaddr *c = msg_nameaddr_next(m, HDR_CONTACT, NULL); c;
         c = msg_nameaddr_next(m, HDR_CONTACT, c)) {
        if (c->star) {
            out->star = true;
            continue;
        }
        if (out->n == LIMIT_REGISTER_CONTACTS)
            return refuse(403, STR("Too many contacts in one request"));
        struct refusal r = read_wish(m, config, c, &out->list[out->n++]);
        if (r.status)
            return r;
    }
    return has_malformed(m, HDR_CONTACT) ? refuse(400, STR("Malformed Contact")) : none;
}

/* RFC 3261 10.3 step 6: "*" stands alone and with "Expires: 0". */
static struct refusal check_star(const struct msg *m, const struct wishes *w)
{
    const struct hdr *h = msg_header(m, HDR_EXPIRES);
    if (w->n > 0)
        return refuse(400, STR("Contact * with other contacts"));
    if (!h || delta_seconds(hdr_value(m, h)) != 0)
        return refuse(400, STR("Contact * without Expires: 0"));
    return none;
}

static bool path_is_readable(struct msg *m)
{
    const struct nameaddr *p = NULL;
    while ((p = msg_nameaddr_next(m, HDR_PATH, p)))
        ;
    return !has_malformed(m, HDR_PATH);
}

static bool is_sips(const struct nameaddr *a)
{
    return a->uri.scheme == URI_SIPS;
}

/* RFC 5630 5.2: who says that a phone is reached securely says so of all that lead to it; its
 * address-of-record is the same either way. */
static struct refusal judge_schemes(struct msg *m, const struct wishes *w)
{
    const struct uri *to = msg_uri(m);
    size_t n_secure = 0;
    for (size_t i = 0; i < w->n; i++)
        n_secure += is_sips(w->list[i].contact);
    if (n_secure == 0)
        return none;
    if (n_secure < w->n)
        return refuse(400, STR("sips Contact beside another"));
    if (!to || to->scheme != URI_SIPS)
        return refuse(400, STR("sips Contact without a sips Request-URI"));
    for (const struct nameaddr *p = NULL; (p = msg_nameaddr_next(m, HDR_PATH, p));)
        if (!is_sips(p))
            return refuse(400, STR("sips Contact by a Path that is not"));
    return none;
}

/* RFC 5626 6: does the phone's first hop keep its flow? We do where we are it; else whoever is says
 * so by "ob", which nobody but the first hop may say (RFC 5626 5.1). */
static bool first_hop_keeps_flow(struct msg *m)
{
    const struct via *v = msg_via(m);
    if (!v || !msg_via_next(m, v))
        return true;
    for (const struct nameaddr *p = NULL; (p = msg_nameaddr_next(m, HDR_PATH, p));)
        if (uri_has_param(&p->uri, STR("ob")))
            return true;
    return false;
}

/* RFC 5626 6: a reg-id without an instance is ignored; one flow is registered at a time. */
static struct refusal judge_flows(struct msg *m, struct wishes *w)
{
    size_t n_lasting = 0;
    for (size_t i = 0; i < w->n; i++) {
        struct wish *wish = &w->list[i];
        uint32_t reg_id = wish->instance.len > 0 ? reg_id_of(wish->contact->params) : 0;
        wish->outbound = reg_id > 0;
        w->outbound |= wish->outbound;
        n_lasting += wish->expires_s > 0;
        if (wish->outbound && reg_id == REG_ID_BAD)
            return refuse(400, STR("Contact reg-id is no number from 1"));
    }
    if (w->outbound && n_lasting > 1)
        return refuse(400, STR("reg-id with several contacts"));
    if (!w->outbound || first_hop_keeps_flow(m))
        return none;
    if (w->outbound_asked)
        return refuse(439, STR_NONE);
    w->outbound = false;
    for (size_t i = 0; i < w->n; i++)
        w->list[i].outbound = false;
    return none;
}

static void read_options(struct msg *m, enum hdr_id id, struct wishes *out)
{
    for (const struct token *t = NULL; (t = msg_token_next(m, id, t));) {
        out->path_asked |= str_equal_nocase(t->name, STR("path"));
        out->outbound_asked |= str_equal_nocase(t->name, STR("outbound"));
        out->gruu_asked |= str_equal_nocase(t->name, STR("gruu"));
    }
}

struct refusal request_read(struct msg *m, const struct registrar_config *config,
                            struct wish list[LIMIT_REGISTER_CONTACTS], struct wishes *out)
{
    const struct cseq *cseq = msg_cseq(m);
    *out = (struct wishes){.call_id = msg_call_id(m), .list = list};
    if (!cseq || out->call_id.len == 0)
        return refuse(400, STR_NONE);
    out->cseq = cseq->number;
    read_options(m, HDR_SUPPORTED, out);
    read_options(m, HDR_REQUIRE, out);
    struct refusal r = read_contacts(m, config, out);
    if (!r.status && out->star)
        r = check_star(m, out);
    if (!r.status && !path_is_readable(m))
        r = refuse(400, STR("Malformed Path"));
    if (!r.status)
        r = judge_schemes(m, out);
    return r.status ? r : judge_flows(m, out);
}

void request_print_path(struct buf *b, const struct msg *m)
{
    for (const struct hdr *h = msg_header(m, HDR_PATH); h; h = msg_header_next(m, h)) {
        struct str s = hdr_value(m, h);
        if (b->len > 0)
            buf_put_lit(b, ", ");
        for (size_t i = 0; i < s.len; i++)
            buf_put_char(b, (unsigned char)s.at[i] < ' ' ? ' ' : s.at[i]);
    }
}
