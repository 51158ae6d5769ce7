/* Owns what is known of members: whom to ask next, and what their answers mean. Sends nothing. */
#include "peers/set.h"

static uint64_t id_of(const struct peers *p, unsigned set, unsigned member)
{
    return (uint64_t)p->generation << 32 | set << 16 | member;
}

static struct member *member_of(struct peers *p, uint64_t id, struct set **set)
{
    unsigned s = id >> 16 & 0xffff, m = id & 0xffff;

    if (id >> 32 != p->generation || s >= p->n || m >= p->sets[s].n)
        return NULL;
    *set = &p->sets[s];
    return &p->sets[s].members[m];
}

static void failed(const struct set *s, struct member *m)
{
    m->answers = 0;
    m->failures++;
    if (m->failures >= s->down_after)
        m->down = true;
}

static void answered(const struct set *s, struct member *m)
{
    m->failures = 0;
    m->answers++;
    if (m->answers >= s->up_after)
        m->down = false;
}

bool peers_probe(struct peers *p, time_ns now, struct str *uri, uint64_t *id)
{
    for (unsigned i = 0; i < p->n; i++)
        for (unsigned k = 0; p->sets[i].pause > 0 && k < p->sets[i].n; k++) {
            struct member *m = &p->sets[i].members[k];

            if (m->next > now)
                continue;
            if (m->asked)
                failed(&p->sets[i], m);
            m->asked = true;
            m->next = time_add(now, p->sets[i].pause);
            *uri = m->uri;
            *id = id_of(p, i, k);
            return true;
        }
    return false;
}

time_ns peers_deadline(const struct peers *p)
{
    time_ns first = TIME_NEVER;

    for (unsigned i = 0; i < p->n; i++)
        for (unsigned k = 0; p->sets[i].pause > 0 && k < p->sets[i].n; k++)
            first = time_min(first, p->sets[i].members[k].next);
    return first;
}

void peers_heard(struct peers *p, uint64_t id, unsigned status)
{
    struct set *s;
    struct member *m = member_of(p, id, &s);

    if (!m)
        return;
    bool late = !m->asked;

    m->asked = false;
    if (!set_is_alive(s, status)) {
        if (!late)
            failed(s, m);
    } else {
        answered(s, m);
    }
}

static const struct member *find(const struct peers *p, struct str set, struct str uri)
{
    for (unsigned i = 0; i < p->n; i++)
        for (unsigned k = 0; str_equal(p->sets[i].name, set) && k < p->sets[i].n; k++)
            if (str_equal(p->sets[i].members[k].uri, uri))
                return &p->sets[i].members[k];
    return NULL;
}

void peers_take_over(struct peers *p, const struct peers *old)
{
    p->generation = old ? old->generation + 1 : 1;
    for (unsigned i = 0; old && i < p->n; i++)
        for (unsigned k = 0; k < p->sets[i].n; k++) {
            struct member *m = &p->sets[i].members[k];
            const struct member *was = find(old, p->sets[i].name, m->uri);

            if (!was)
                continue;
            m->out = was->out;
            m->down = was->down && p->sets[i].pause > 0;
            m->failures = was->failures;
            m->answers = was->answers;
            m->next = was->next;
        }
}

size_t peers_list(const struct peers *p, size_t from, struct peer_state *out, size_t max)
{
    size_t n = 0, at = 0;

    for (unsigned i = 0; i < p->n; i++)
        for (unsigned k = 0; k < p->sets[i].n && n < max; k++, at++) {
            const struct member *m = &p->sets[i].members[k];

            if (at < from)
                continue;
            out[n++] = (struct peer_state){.set = p->sets[i].name,
                                           .uri = m->uri,
                                           .weight = m->weight,
                                           .priority = m->priority,
                                           .probed = p->sets[i].pause > 0,
                                           .up = !m->down,
                                           .out = m->out,
                                           .failures = m->failures,
                                           .calls = loads_calls(p->loads, m->load.slot),
                                           .most = m->load.most,
                                           .rate = m->load.rate,
                                           .passed = loads_refused(p->loads, m->load.slot)};
        }
    return n;
}

unsigned peers_set_out(struct peers *p, struct str uri, bool out)
{
    unsigned n = 0;

    for (unsigned i = 0; i < p->n; i++)
        for (unsigned k = 0; k < p->sets[i].n; k++)
            if (str_equal(p->sets[i].members[k].uri, uri)) {
                p->sets[i].members[k].out = out;
                n++;
            }
    return n;
}
