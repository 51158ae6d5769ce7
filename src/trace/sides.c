/* Who takes part: addresses, and whose they are by what is sent and taken there. */
#include "trace/sides.h"

#include "msg/msg.h"

static bool is_at(const struct trace_ladder *l, const struct trace_side *s, const struct addr *a)
{
    if (l->options.by_host)
        return addr_equal_ip(&s->addr, a);
    return addr_equal(&s->addr, a) ||
           (s->connection.family != ADDR_NONE && addr_equal(&s->connection, a));
}

static bool side_at(struct trace_ladder *l, const struct addr *a, unsigned *side)
{
    for (unsigned i = 0; i < l->n_sides; i++)
        if (is_at(l, &l->sides[i], a)) {
            *side = i;
            return true;
        }
    if (l->n_sides == LIMIT_TRACE_SIDES)
        return false;
    *side = l->n_sides++;
    l->sides[*side] = (struct trace_side){.addr = *a};
    if (l->options.by_host)
        l->sides[*side].addr.port = 0;
    return true;
}

/* RFC 3261 18.1.1: connections are made from any port; the Via says which one its maker listens at.
 */
static bool sender_of(struct trace_ladder *l, const struct trace_item *i, unsigned *side)
{
    bool connects = i->status == 0 && transport_is_reliable(i->transport) &&
                    addr_equal_ip(&i->sent_by, &i->from) && !addr_equal(&i->sent_by, &i->from);
    if (!connects)
        return side_at(l, &i->from, side);
    for (unsigned n = 0; n < l->n_sides; n++)
        if (is_at(l, &l->sides[n], &i->from)) {
            *side = n;
            return true;
        }
    if (!side_at(l, &i->sent_by, side))
        return false;
    struct trace_side *s = &l->sides[*side];
    if (s->connection.family != ADDR_NONE)
        return side_at(l, &i->from, side);
    s->connection = i->from;
    return true;
}

bool side_of_item(struct trace_ladder *l, const struct trace_item *i, unsigned *from, unsigned *to)
{
    return sender_of(l, i, from) && side_at(l, &i->to, to);
}

/* Who announced the media address; else the only one at its host; else it is a side of its own. */
static bool media_side(struct trace_ladder *l, const struct addr *announcer,
                       const struct addr *media, unsigned *side)
{
    unsigned n = 0;
    if (announcer->family != ADDR_NONE)
        return side_at(l, announcer, side);
    for (unsigned i = 0; i < l->n_sides; i++)
        if (addr_equal_ip(&l->sides[i].addr, media)) {
            *side = i;
            n++;
        }
    return n == 1 || side_at(l, media, side);
}

bool side_of_stream(struct trace_ladder *l, const struct trace_stream *s, unsigned *from,
                    unsigned *to)
{
    return media_side(l, &s->from_side, &s->from, from) && media_side(l, &s->to_side, &s->to, to);
}

/* --- names --- */

static struct str user_of(struct str text)
{
    struct uri u;
    struct msg_error error;
    return uri_parse(text, &u, &error) ? u.user : STR_NONE;
}

/* What is called by two names is neither's: it speaks for others. */
static void call_it(struct trace_side *s, bool *two, struct str user)
{
    if (s->user.len == 0)
        s->user = user;
    else if (user.len > 0 && !str_equal(s->user, user))
        *two = true;
}

static bool is_addressed(const struct trace_ladder *l, const struct trace_side *s, struct str text)
{
    struct uri u;
    struct msg_error error;
    struct addr a;
    if (!uri_parse(text, &u, &error) || u.user.len == 0 || !uri_host_addr(&u, &a))
        return false;
    a.port = uri_port(&u);
    return is_at(l, s, &a);
}

static void name_by(struct trace_ladder *l, const struct trace_rung *r, bool *two)
{
    const struct trace_item *i = r->item;
    struct trace_side *from = &l->sides[r->from], *to = &l->sides[r->to];
    if (i->status == 0 && i->n_vias == 1 && !from->passes_on)
        call_it(from, &two[r->from], user_of(i->from_uri));
    if (i->status == 0 && i->method != METHOD_REGISTER && !to->passes_on &&
        is_addressed(l, to, i->uri))
        call_it(to, &two[r->to], user_of(i->to_uri));
    if (i->status > 100 && i->status < 300 && i->method == METHOD_INVITE && !from->passes_on)
        call_it(from, &two[r->from], user_of(i->to_uri));
}

/* Of what a proxy sends only these are of its own making. */
static bool is_own(const struct trace_side *from, const struct trace_item *i)
{
    if (from->passes_on)
        return i->status == 100 || i->status == 407;
    return i->status > 0 || i->n_vias == 1;
}

static void note_agent(struct trace_ladder *l, const struct trace_rung *r)
{
    const struct trace_item *i = r->item;
    struct trace_side *from = &l->sides[r->from];
    if (from->agent.len > 0 || !is_own(from, i))
        return;
    size_t comment = str_find(i->agent, '(');
    from->agent = str_trim(str_slice(i->agent, 0, comment));
}

void sides_name(struct trace_ladder *l)
{
    bool two[LIMIT_TRACE_SIDES] = {false};
    for (unsigned i = 0; i < l->n_rungs; i++)
        if (l->rungs[i].kind == TRACE_RUNG_MESSAGE && l->rungs[i].item->n_vias > 1 &&
            l->rungs[i].item->status == 0)
            l->sides[l->rungs[i].from].passes_on = true;
    for (unsigned i = 0; i < l->n_rungs; i++)
        if (l->rungs[i].kind == TRACE_RUNG_MESSAGE) {
            name_by(l, &l->rungs[i], two);
            note_agent(l, &l->rungs[i]);
        }
    for (unsigned i = 0; i < l->n_sides; i++)
        if (two[i])
            l->sides[i].user = STR_NONE;
}
