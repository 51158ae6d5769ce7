/* Phones that have registered by several flows (RFC 5626 7): one is tried at a time, the next once
 * that has failed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rig.h"

#define BOB "sip:bob@" RIG_DOMAIN
#define OTHERS ((conn_id)1 << 56 | 0x2f) /* a connection of another worker's */
#define ONE "198.51.100.1:4001"
#define TWO "198.51.100.2:4002"
#define DESK "198.51.100.9:4009"

/* A flow of a phone: by UDP, or by the connection. */
static void flow(struct rig *r, const char *instance, const char *remote, conn_id conn)
{
    unsigned listener = conn ? RIG_TCP : RIG_UDP;
    const struct listener *l = engine_listener(r->engine, listener);
    rig_target(r, "sip:bob@10.0.0.2;ob");
    struct target *t = &r->targets[r->n_targets - 1];
    t->instance = str_from(instance);
    t->has_flow = t->flow_only = true;
    t->flow = (struct flow){
        .transport = l->transport, .listener = (uint8_t)listener, .local = l->local, .conn = conn};
    assert_true(addr_parse(str_from(remote), &t->flow.remote));
}

static struct addr addr_of(const char *text)
{
    struct addr a;
    assert_true(addr_parse(str_from(text), &a));
    return a;
}

static const struct rig_sent *next_at(struct rig *r, const char *remote)
{
    struct addr a = addr_of(remote);
    const struct rig_sent *s = rig_next_of(r, "INVITE sip:bob@10.0.0.2;ob ");
    assert_true(addr_equal(&s->flow.remote, &a));
    return s;
}

static unsigned invites(const struct rig *r)
{
    return (unsigned)rig_count(r, "INVITE ");
}

static struct rig *call(void (*prepare)(struct rig *))
{
    struct rig *r = rig_new();
    prepare(r);
    rig_send(r, rig_request(r, "INVITE", BOB, "", ""));
    return r;
}

static void two_flows_and_a_desk(struct rig *r)
{
    flow(r, "urn:uuid:1", ONE, 0);
    flow(r, "urn:uuid:1", TWO, 0);
    flow(r, "urn:uuid:2", DESK, 0);
}

static void two_flows(struct rig *r)
{
    flow(r, "urn:uuid:1", ONE, 0);
    flow(r, "urn:uuid:1", TWO, 0);
}

static void test_one_at_a_time(void **state)
{
    (void)state;
    struct rig *r = call(two_flows_and_a_desk);
    assert_int_equal(invites(r), 2);
    const struct rig_sent *one = next_at(r, ONE);
    (void)next_at(r, DESK);
    rig_answer(r, one, 486, "b", "");
    assert_int_equal(invites(r), 0); /* the phone has said what it says */
    rig_end(r);
}

/* RFC 5626 11.5: an edge proxy says that the flow is gone. */
static void test_430(void **state)
{
    (void)state;
    struct rig *r = call(two_flows);
    rig_answer(r, next_at(r, ONE), 430, "b", "");
    const struct rig_sent *two = next_at(r, TWO);
    assert_int_equal(rig_count(r, "SIP/2.0 4"), 0);
    rig_answer(r, two, 200, "b", "Contact: <sip:bob@10.0.0.2>\r\n");
    assert_true(rig_has(rig_next_of(r, "SIP/2.0 200 "), "tag=b"));
    rig_end(r);
}

/* … and no phone ever sees a 430. */
static void test_all_flows_fail(void **state)
{
    (void)state;
    struct rig *r = call(two_flows);
    rig_answer(r, next_at(r, ONE), 430, "b", "");
    rig_answer(r, next_at(r, TWO), 430, "b", "");
    (void)rig_next_of(r, "SIP/2.0 480 ");
    rig_end(r);
}

static void test_silence(void **state)
{
    (void)state;
    struct rig *r = call(two_flows);
    (void)next_at(r, ONE);
    rig_pass(r, 33 * NS_PER_S);
    while (invites(r) > 1)
        (void)rig_next_of(r, "INVITE ");
    rig_answer(r, next_at(r, TWO), 603, "b", "");
    (void)rig_next_of(r, "SIP/2.0 603 ");
    rig_end(r);
}

/* The caller hangs up: nobody else is tried. */
static void test_cancelled(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    two_flows(r);
    const char *invite = rig_request(r, "INVITE", BOB, "", "");
    rig_send(r, invite);
    const struct rig_sent *one = next_at(r, ONE);
    rig_answer(r, one, 180, "b", "");
    char cancel[4096];
    rig_fill(cancel, sizeof cancel, "%s", invite);
    for (char *at; (at = strstr(cancel, "INVITE"));)
        memcpy(at, "CANCEL", 6);
    rig_send(r, cancel);
    rig_answer(r, one, 430, "b", "");
    assert_int_equal(invites(r), 0);
    rig_end(r);
}

static void conn_and_flow(struct rig *r)
{
    flow(r, "urn:uuid:1", "198.51.100.1:33333", OTHERS);
    flow(r, "urn:uuid:1", TWO, 0);
}

/* Another worker's connection has ended: not its Contact, which is behind the NAT, but the other
 * flow. */
static void test_connection_gone(void **state)
{
    (void)state;
    struct rig *r = call(conn_and_flow);
    assert_int_equal(rig_next_of(r, "INVITE ")->flow.conn, OTHERS);
    rig_close(r, OTHERS);
    rig_answer(r, next_at(r, TWO), 486, "b", "");
    (void)rig_next_of(r, "SIP/2.0 486 ");
    rig_end(r);
}

static void two_paths(struct rig *r)
{
    rig_target(r, "sip:bob@10.0.0.2;ob");
    rig_target(r, "sip:bob@10.0.0.2;ob");
    for (unsigned i = 0; i < 2; i++)
        r->targets[i].instance = STR("urn:uuid:1");
    r->targets[0].path = STR("<sip:edge@198.51.100.1:4001;lr;ob>");
    r->targets[1].path = STR("<sip:edge@198.51.100.2:4002;lr;ob>");
}

/* The same contact through two edge proxies. */
static void test_two_paths(void **state)
{
    (void)state;
    struct rig *r = call(two_paths);
    assert_int_equal(invites(r), 1);
    rig_answer(r, next_at(r, ONE), 430, "b", "");
    const struct rig_sent *two = next_at(r, TWO);
    assert_true(rig_has(two, "\r\nRoute: <sip:edge@198.51.100.2:4002;lr;ob>\r\n"));
    rig_answer(r, two, 486, "b", "");
    (void)rig_next_of(r, "SIP/2.0 486 ");
    rig_end(r);
}

static void only_conn(struct rig *r)
{
    flow(r, "urn:uuid:1", "198.51.100.1:33333", OTHERS);
}

static void dead_conn_and_flow(struct rig *r)
{
    flow(r, "urn:uuid:1", "198.51.100.1:33333", 0x77); /* our own, and long gone */
    flow(r, "urn:uuid:1", TWO, 0);
}

static void test_gone_before(void **state)
{
    (void)state;
    struct rig *r = call(dead_conn_and_flow);
    assert_int_equal(invites(r), 1);
    rig_answer(r, next_at(r, TWO), 486, "b", "");
    (void)rig_next_of(r, "SIP/2.0 486 ");
    rig_end(r);
}

static void test_nothing_left(void **state)
{
    (void)state;
    struct rig *r = call(only_conn);
    assert_int_equal(rig_next_of(r, "INVITE ")->flow.conn, OTHERS);
    rig_close(r, OTHERS);
    assert_int_equal(invites(r), 0);
    (void)rig_next_of(r, "SIP/2.0 480 ");
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_at_a_time),  cmocka_unit_test(test_430),
        cmocka_unit_test(test_all_flows_fail), cmocka_unit_test(test_silence),
        cmocka_unit_test(test_cancelled),      cmocka_unit_test(test_connection_gone),
        cmocka_unit_test(test_gone_before),    cmocka_unit_test(test_nothing_left),
        cmocka_unit_test(test_two_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
