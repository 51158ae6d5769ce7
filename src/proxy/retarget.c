/* Retargeting: whose phones are wanted is asked of whoever knows where users are, and the answer
 * has its turn (RFC 3261 16.5, 16.7 step 4). */
#include "proxy/joints.h"
#include "proxy/legs.h"

#define CONTACT_Q_DEFAULT 1000

/* What there is to be answered where nobody better answers. */
static void end(struct proxy *p, struct branch *b, unsigned status)
{
    b->own = true;
    branch_end(p, b, status, NULL);
}

/* Loops of forwards end here: nobody is asked twice (RFC 3261 16.5). */
static unsigned why_not(const struct context *c, struct msg *m, const struct leg *from,
                        const struct target *to)
{
    struct uri uri;
    struct msg_error err;
    if (!uri_parse(to->uri, &uri, &err) || uri.scheme == URI_OTHER)
        return 480;
    if ((from && from->depth >= LIMIT_RETARGETS) || legs_have(c, m, &uri))
        return 482;
    /* RFC 5630 5.3: sips is not left */
    const struct uri *first = msg_uri(m);
    return first && first->scheme == URI_SIPS && uri.scheme != URI_SIPS ? 480 : 0;
}

void retarget(struct proxy *p, struct context *c, struct leg *from, const struct target *to)
{
    struct msg *m = context_request(p, c);
    struct branch *b = context_add(p, c, true);
    if (!b) {
        c->overloaded = true;
        return;
    }
    b->leg = from;
    b->asked = true;
    b->ring_end = to->ring_time;
    unsigned status = why_not(c, m, from, to);
    struct leg *leg = status ? NULL : legs_new(p, c, from, m, to->uri, to->cause);
    if (!leg) {
        end(p, b, status ? status : 503);
        return;
    }
    leg->phones_only = to->phones_only;
    b->leg = leg;
    list_append(&p->wishes, &b->wishes);
}

bool proxy_wish(struct proxy *p, struct proxy_wish *out)
{
    struct list *first = list_first(&p->wishes);
    if (!first)
        return joint_wish(p, out);
    struct branch *b = CONTAINER_OF(first, struct branch, wishes);
    list_remove(first);
    *out = (struct proxy_wish){.id = b->id,
                               .phones_only = b->leg->phones_only,
                               .uri = b->leg->uri,
                               .tx = b->context->server,
                               .request = context_request(p, b->context)};
    return true;
}

int proxy_found(struct proxy *p, uint64_t wish, const struct target *targets, size_t n,
                const struct fork_how *how, unsigned status, time_ns now)
{
    struct branch *b = pool_get(&p->branches, wish);
    if (!b || !b->asked || b->status)
        return ERR_STALE;
    struct context *c = b->context;
    struct msg *m = context_request(p, c);
    struct fork_how mine = *how;
    if (b->ring_end)
        mine.ring_time = b->ring_end;
    if (n == 0 || !m || !proxy_plan_use(p, m, c->server)) {
        end(p, b, n ? 500 : status);
    } else if (fork_more(p, c, m, b->leg, targets, n, &mine, false, now)) {
        joint_new(p, c, b->leg, &mine);
        branch_became(p, b);
    } else {
        end(p, b, 480);
    }
    return context_settle(p, c, now);
}

static unsigned contact_q(const struct nameaddr *contact)
{
    struct str text;
    uint16_t q;
    return params_get(contact->params, STR("q"), &text) && qvalue_parse(text, &q)
               ? q
               : CONTACT_Q_DEFAULT;
}

/* RFC 3261 16.7 step 4, 16.6: by their q, as the order of this fork has it. */
bool retarget_redirected(struct proxy *p, struct context *c, struct branch *b, struct msg *m,
                         time_ns now)
{
    struct target targets[LIMIT_RETARGETS];
    size_t n = 0;
    if (!c->how.recurse || c->closed || c->answered || b->cancelled)
        return false;
    for (const struct nameaddr *v = NULL;
         (v = msg_nameaddr_next(m, HDR_CONTACT, v)) && n < LIMIT_RETARGETS;)
        if (v->uri.scheme != URI_OTHER && v->uri.scheme != URI_NONE)
            targets[n++] = (struct target){
                .uri = v->uri_text, .q = contact_q(v), .look_up = true, .cause = m->status};
    struct msg *request = context_request(p, c);
    if (n == 0 || !request || !fork_more(p, c, request, b->leg, targets, n, &c->how, false, now))
        return false;
    branch_became(p, b);
    return true;
}
