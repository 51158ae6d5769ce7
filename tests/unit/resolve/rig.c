/* A resolver in virtual time over a zone's text. */
#include "rig.h"

#include <string.h>

static char printed[2048];

void rig_new(struct rig *g, const char *text)
{
    struct hosts_fault fault;
    struct hash_key key = {1, 2};
    *g = (struct rig){.mem = mem_counting(), .now = NS_PER_S, .ttl_s = 60};
    block_pool_init(&g->blocks, &g->mem.mem, 8);
    g->zone = hosts_new(&mem_libc);
    assert_int_equal(hosts_zone(g->zone, str_from(text), &fault), OK);
    g->r = resolver_new(&g->mem.mem, &g->blocks, &key);
    assert_non_null(g->r);
    resolver_can(g->r, TRANSPORT_UDP, ADDR_IP4);
    resolver_can(g->r, TRANSPORT_TCP, ADDR_IP4);
}

void rig_end(struct rig *g)
{
    resolver_free(g->r);
    assert_int_equal(g->blocks.live, 0);
    block_pool_fini(&g->blocks);
    assert_int_equal(g->mem.n_live, 0);
    hosts_free(g->zone);
}

struct addr rig_addr(const char *text)
{
    struct addr a;
    assert_true(addr_parse(str_from(text), &a));
    return a;
}

static const char *type_name(uint16_t type)
{
    return type == DNS_A ? "A" : type == DNS_AAAA ? "AAAA" : type == DNS_SRV ? "SRV" : "NAPTR";
}

static void note_question(struct rig *g, const struct dns_question *q)
{
    struct buf b;
    buf_init(&b, g->asked + strlen(g->asked), sizeof g->asked - strlen(g->asked) - 1);
    buf_put(&b, str_from(type_name(q->type)));
    buf_put_char(&b, ' ');
    buf_put(&b, q->name);
    buf_put_char(&b, '\n');
    b.at[b.len] = '\0';
    g->questions++;
}

bool rig_answer(struct rig *g)
{
    uint64_t id;
    struct dns_question q;
    char space[ZONE_ANSWER_MAX];
    if (!resolver_question(g->r, &id, &q))
        return false;
    note_question(g, &q);
    struct str message = g->dead ? STR_NONE : zone_answer(g->zone, &g->blocks, &q, g->ttl_s, space);
    assert_int_equal(resolver_answered(g->r, id, message, g->now), OK);
    return true;
}

static void print_targets(const struct rig *g)
{
    struct buf b;
    static const char *names[] = {"none ", "udp ", "tcp ", "tls ", "ws ", "wss ", "sctp "};
    buf_init(&b, printed, sizeof printed - 1);
    for (unsigned i = 0; i < g->n; i++) {
        buf_put(&b, str_from(names[g->targets[i].transport]));
        addr_print(&b, &g->targets[i].addr);
        buf_put_char(&b, '\n');
    }
    assert_false(b.over);
    printed[b.len] = '\0';
}

const char *rig_find(struct rig *g, struct resolve_request q)
{
    pool_id id, ended;
    uint64_t user;
    bool over;
    g->asked[0] = '\0';
    g->questions = 0;
    assert_int_equal(resolver_find(g->r, &q, 42, g->now, &id, &over), OK);
    assert_int_equal(over, !rig_answer(g));
    while (rig_answer(g))
        continue;
    assert_int_equal(resolver_ended(g->r, &ended, &user), !over);
    assert_true(over || (ended == id && user == 42));
    assert_false(resolver_ended(g->r, &ended, &user));
    g->n = resolver_targets(g->r, id, g->now, g->targets);
    print_targets(g);
    return printed;
}

const char *rig_domain(struct rig *g)
{
    return rig_find(g, (struct resolve_request){.host = STR("example.com")});
}
