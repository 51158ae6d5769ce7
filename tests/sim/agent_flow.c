/* How a phone registers by more than one way, and what becomes of each (RFC 5626 4): through edge
 * proxies, with one instance. What the first way does besides is agent_register.c's. */
#include <assert.h>
#include <stdio.h>

#include "sim/agent.h"

static const char *suffix_of(const struct agent *a)
{
    return a->by_stream ? ";transport=tcp" : "";
}

void agent_use_edges(struct agent *a, struct node *const *edges, unsigned n)
{
    assert(n > 0 && n <= AGENT_FLOWS && !a->registration.text);
    a->outbound = true;
    a->n_flows = n;
    for (unsigned i = 0; i < n; i++) {
        struct agent_flow *f = &a->flows[i];
        f->proxy = edges[i];
        snprintf(f->route, sizeof f->route, "<sip:10.0.0.%d:5060%s;lr>", edges[i]->addr.ip[3],
                 suffix_of(a));
    }
}

struct agent_flow *agent_flow_of(struct agent *a, const struct asked *q)
{
    for (unsigned i = 1; i < a->n_flows; i++)
        if (q->dialog == &a->flows[i].registration)
            return &a->flows[i];
    return &a->flows[0];
}

static void start(struct agent *a, struct agent_flow *f)
{
    char id[24], registrar[64];
    snprintf(id, sizeof id, "flow%016llx", (unsigned long long)rand_u64(&a->node.w->rand));
    snprintf(registrar, sizeof registrar, "sip:%s", a->home->name);
    struct dialog_start s = {.call_id = str_from(id),
                             .local_tag = str_slice(str_from(id), 4, 8),
                             .local = str_from(a->aor),
                             .remote = str_from(a->aor),
                             .target = str_from(registrar),
                             .routes = str_from(f->route),
                             .cseq = 1};
    int err = dialog_init_trying(&f->registration, &a->node.w->heap.mem, &s);
    assert(!err);
}

static void send(struct agent *a, struct agent_flow *f, unsigned expires_s)
{
    char headers[AGENT_REGISTER_MAX];
    if (!f->registration.text)
        start(a, f);
    agent_register_headers(a, (unsigned)(f - a->flows) + 1, expires_s, headers);
    struct dialog_request r = {.method = STR("REGISTER"), .headers = str_from(headers)};
    f->under_way = agent_ask(a, &f->registration, &r, USE_FLOW, NULL);
    f->wished = expires_s;
    if (f->under_way)
        f->under_way->dialog = &f->registration;
}

/* A new one waits for the next time that the user registers. */
void agent_register_others(struct agent *a, unsigned expires_s)
{
    for (unsigned i = 1; i < a->n_flows; i++)
        if (!a->flows[i].under_way)
            send(a, &a->flows[i], expires_s);
}

/* What it brought about while it was under way nobody knows where it has no answer. */
void agent_flow_told(struct agent *a, struct agent_flow *f, const struct asked *q, unsigned wished)
{
    bool lost = f->ended_at >= q->sent_at && f->ended_at > 0;
    f->under_way = NULL;
    f->lives = q->status / 100 == 2 && wished > 0 && !lost;
    f->until = q->sent_at + wished * NS_PER_S;
    f->life++;
    (void)a;
}

/* The phone notices, its proxy does only where it is told. */
void agent_flow_end(struct agent *a, unsigned which, bool silently)
{
    struct agent_flow *f = &a->flows[which];
    if (which >= a->n_flows || !f->proxy)
        return;
    world_worsen(a->node.w, TEMPER_ROUGH);
    link_cut_between(&a->node, f->proxy, silently);
    f->lives = false;
    f->life++;
    f->ended_at = a->node.w->now;
    node_settle(&a->node);
}

void agent_flows_lost(struct agent *a)
{
    for (unsigned i = 0; i < a->n_flows; i++) {
        struct agent_flow *f = &a->flows[i];
        f->lives = false;
        f->life++;
        f->ended_at = a->node.w->now;
        f->under_way = NULL;
        if (i > 0)
            dialog_fini(&f->registration);
    }
}

/* --- GRUU --- */

static void keep(char *to, const struct nameaddr *c, const char *name)
{
    struct str value;
    *to = '\0';
    if (!params_get(c->params, str_from(name), &value) || value.len >= AGENT_GRUU_MAX)
        return;
    if (value.len >= 2 && value.at[0] == '"')
        value = str_slice(value, 1, value.len - 2);
    snprintf(to, AGENT_GRUU_MAX, "%.*s", STR_ARG(value));
}

/* RFC 5627 4.2 */
void agent_keep_gruus(struct agent *a, const struct nameaddr *c)
{
    keep(a->gruu[0], c, "pub-gruu");
    keep(a->gruu[1], c, "temp-gruu");
}
