/* An agent's registration: one Call-ID, rising CSeq (RFC 3261 10.2), and what it may conclude from
 * the answers about its binding. */
#include <assert.h>
#include <stdio.h>

#include "sim/agent.h"

#define LATE_S 120 /* a message comes no later than this */

static void start(struct agent *a)
{
    char id[24], registrar[64];
    snprintf(id, sizeof(id), "reg%016llx", (unsigned long long)rand_u64(&a->node.w->rand));
    struct str aor = str_from(a->aor);
    size_t at = str_find(aor, '@');
    snprintf(registrar, sizeof(registrar), "sip:%.*s", STR_ARG(str_slice(aor, at + 1, aor.len)));
    struct dialog_start s = {.call_id = str_from(id),
                             .local_tag = str_slice(str_from(id), 3, 8),
                             .local = aor,
                             .remote = aor,
                             .target = str_from(registrar),
                             .routes = str_from(a->n_flows ? a->flows[0].route : a->route),
                             .cseq = 1};
    int err = dialog_init_trying(&a->registration, &a->node.w->heap.mem, &s);
    assert(!err);
}

/* Its instance is where it is: no other phone is there. */
void agent_register_headers(const struct agent *a, unsigned reg_id, unsigned expires_s,
                            char out[AGENT_REGISTER_MAX])
{
    char params[160] = "";
    if (a->outbound)
        snprintf(params, sizeof(params), ";+sip.instance=\"<urn:x:%s>\";reg-id=%u", a->contact,
                 reg_id);
    snprintf(out, AGENT_REGISTER_MAX, "Contact: <%s>%s\r\n%sExpires: %u\r\n", a->contact, params,
             a->outbound ? "Supported: path, outbound, gruu\r\n" : "", expires_s);
}

static void send(struct agent *a, unsigned expires_s)
{
    char headers[AGENT_REGISTER_MAX];
    struct agent_binding *b = &a->binding;
    if (!a->registration.text)
        start(a);
    agent_register_headers(a, 1, expires_s, headers);
    struct dialog_request r = {.method = STR("REGISTER"), .headers = str_from(headers)};
    a->register_status = 0;
    b->wished = expires_s;
    b->under_way = agent_ask(a, &a->registration, &r, USE_REGISTER, NULL);
    if (!b->under_way)
        a->register_status = 503;
}

void agent_register(struct agent *a, unsigned expires_s)
{
    if (agent_is_down(a))
        return;
    a->binding.again = a->binding.under_way != NULL;
    a->binding.again_s = expires_s;
    if (!a->binding.again)
        send(a, expires_s);
    agent_register_others(a, expires_s);
    agent_settle(a);
}

void agent_divert(struct agent *a, const char *uri)
{
    char headers[200];
    snprintf(headers, sizeof(headers), "Contact: <%s>\r\nExpires: 600\r\n", uri);
    agent_request(a, "REGISTER", a->aor, headers);
}

/* --- what the answer says --- */

static time_ns in_seconds(time_ns from, uint64_t s)
{
    return time_add(from, s * NS_PER_S);
}

/* Any outcome: as it was, or as the REGISTER wished. */
static void doubt(struct agent_binding *b, const struct asked *q)
{
    time_ns end = in_seconds(q->agent->node.w->now, b->wished + LATE_S);
    b->known = false;
    b->most = b->most > end ? b->most : end;
    b->earlier = b->earlier > end ? b->earlier : end;
}

/* Of our own first way; the other one's has the same URI. */
static bool is_ours(const struct agent *a, const struct nameaddr *c)
{
    struct str reg_id = STR("1");
    (void)params_get(c->params, STR("reg-id"), &reg_id);
    return str_equal(c->uri_text, str_from(a->contact)) && str_equal(reg_id, STR("1"));
}

/* The expiry that a 200 shows for our contact; false: it is not listed. */
static bool listed(struct agent *a, struct msg *m, uint64_t *expires_s)
{
    struct str value;
    const struct nameaddr *c = NULL;
    while ((c = msg_nameaddr_next(m, HDR_CONTACT, c)) != NULL)
        if (is_ours(a, c)) {
            agent_keep_gruus(a, c);
            return params_get(c->params, STR("expires"), &value) &&
                   str_to_u64(value, UINT32_MAX, expires_s);
        }
    return false;
}

/* RFC 3261 10.3 step 8: the 200 lists what it bound, for no longer than was asked */
static void accepted(struct agent *a, const struct asked *q, struct msg *m)
{
    struct agent_binding *b = &a->binding;
    uint64_t expires_s = 0;
    bool is_listed = listed(a, m, &expires_s);
    bool is_right = b->wished ? is_listed && expires_s >= 1 && expires_s <= b->wished : !is_listed;
    b->unlisted += !is_right;
    b->known = true;
    b->least = b->wished ? in_seconds(q->sent_at, expires_s) : 0;
    b->most = b->wished ? in_seconds(q->ended_at, expires_s) : 0;
}

void agent_registered(struct agent *a, struct asked *q, struct msg *m)
{
    struct agent_binding *b = &a->binding;
    if (b->under_way != q)
        return;
    a->register_status = q->status;
    b->under_way = NULL;
    if (a->n_flows)
        agent_flow_told(a, &a->flows[0], q, b->wished);
    if (m && q->status < 300)
        accepted(a, q, m);
    else if (!m || q->status >= 500 || q->status == 400) /* 400: a copy that was cut */
        doubt(b, q);
    if (b->again) {
        b->again = false;
        send(a, b->again_s);
    }
}

void agent_register_lost(struct agent *a)
{
    struct agent_binding *b = &a->binding;
    if (b->under_way)
        doubt(b, b->under_way);
    b->under_way = NULL;
    b->again = false;
}
