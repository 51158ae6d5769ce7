/* Location records: what goes in comes out, and whatever the bytes are, what comes out can do no
 * harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "register_text.h"
#include "registrar/record.h"
#include "registrar/registrar.h"

#define NOW (1000 * NS_PER_S)

static struct block_pool pool;

static int set_up(void **state)
{
    (void)state;
    block_pool_init(&pool, &mem_libc, 8);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    assert_int_equal(pool.live, 0);
    block_pool_fini(&pool);
    return 0;
}

static void sample(struct bindings *all)
{
    all->n = 3;
    all->list[0] = (struct binding){.uri = STR("sip:alice@192.0.2.1:5060;transport=udp"),
                                    .params = {STR(";q=0.5;+sip.instance=\"<urn:uuid:1>\"")},
                                    .call_id = STR("first@host"),
                                    .cseq = 4294967295,
                                    .q = 500,
                                    .by_flow = true,
                                    .expires = NOW + 60 * NS_PER_S,
                                    .flow = flow_from("192.0.2.1:5060")};
    all->list[1] = (struct binding){.uri = STR("sips:alice@[2001:db8::1]?Route=%3Csip:a%3E"),
                                    .call_id = STR("second"),
                                    .cseq = 1,
                                    .q = 1000,
                                    .path = STR("<sip:edge.example.com;lr>, <sip:p2;lr>"),
                                    .expires = NOW + 1,
                                    .flow = flow_from("[2001:db8::1]:50000")};
    addr_parse(STR("[2001:db8::100]:5061"), &all->list[1].flow.local);
    all->list[1].flow.transport = TRANSPORT_TLS;
    all->list[1].flow.listener = 3;
    all->list[1].flow.conn = UINT64_C(0x0100000200000003);
    all->list[2] = all->list[0];
    all->list[2].uri = STR("mailto:alice@example.com");
    all->list[2].params.text = STR(";methods=\"INVITE, \\\"BYE\\\"\";flag");
    all->list[2].expires = NOW;
    all->list[2].outbound = true;
    all->list[2].begun = NOW - 5;
}

static struct block *sample_record(struct bindings *all)
{
    bool large;
    sample(all);
    struct block *b = record_write(&pool, all, &large);
    assert_non_null(b);
    assert_false(large);
    return b;
}

static void assert_same(const struct binding *a, const struct binding *b)
{
    assert_true(str_equal(a->uri, b->uri));
    assert_true(str_equal(a->params.text, b->params.text));
    assert_true(str_equal(a->call_id, b->call_id));
    assert_true(str_equal(a->path, b->path));
    assert_int_equal(a->cseq, b->cseq);
    assert_int_equal(a->q, b->q);
    assert_int_equal(a->by_flow, b->by_flow);
    assert_int_equal(a->outbound, b->outbound);
    assert_int_equal(a->begun, b->begun);
    assert_int_equal(a->expires, b->expires);
    assert_int_equal(a->flow.transport, b->flow.transport);
    assert_int_equal(a->flow.listener, b->flow.listener);
    assert_int_equal(a->flow.conn, b->flow.conn);
    assert_true(addr_equal(&a->flow.local, &b->flow.local));
    assert_true(addr_equal(&a->flow.remote, &b->flow.remote));
}

static void test_round_trip(void **state)
{
    (void)state;
    struct bindings in, written, out;
    sample(&in);
    struct block *b = sample_record(&written);
    assert_true(record_read(block_str(b), NOW - 1, &out));
    assert_int_equal(out.n, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_same(&in.list[i], &out.list[i]);
        assert_same(&in.list[i], &written.list[i]);
        assert_ptr_equal(written.list[i].uri.at, out.list[i].uri.at);
        assert_ptr_equal(written.list[i].path.at, out.list[i].path.at);
    }
    block_unref(&pool, b);
}

/* Whatever the byte and wherever it stands: a URI has no brackets, quotes, white space, controls
 * and bytes beyond ASCII, a line no controls. */
static void test_bytes_of_texts(void **state)
{
    (void)state;
    char text[20];
    struct bindings in = {.n = 1}, out;
    bool large;
    for (size_t len = 1; len <= sizeof text; len++)
        for (size_t at = 0; at < len; at++)
            for (int byte = 0; byte < 256; byte++) {
                struct str s = {text, len};
                memset(text, 'x', sizeof text);
                text[at] = (char)byte;
                bool in_uri = byte > ' ' && byte < 0x7f && !strchr("<>\"", byte);
                assert_int_equal(is_storable_contact(s, (struct params){STR_NONE}), in_uri);
                in.list[0] = (struct binding){.uri = STR("sip:a@192.0.2.1"),
                                              .call_id = s,
                                              .expires = NOW + 1,
                                              .flow = flow_from("192.0.2.1:1")};
                struct block *b = record_write(&pool, &in, &large);
                assert_int_equal(record_read(block_str(b), NOW, &out), byte >= ' ' && byte != 0x7f);
                block_unref(&pool, b);
            }
}

/* RFC 3261 10.3: a binding ends when its interval has passed, whether or not anybody removes it. */
static void test_ended_bindings_are_absent(void **state)
{
    (void)state;
    struct bindings in, out;
    struct block *b = sample_record(&in);
    assert_true(record_read(block_str(b), NOW, &out));
    assert_int_equal(out.n, 2);
    assert_true(record_read(block_str(b), NOW + 1, &out));
    assert_int_equal(out.n, 1);
    assert_same(&in.list[0], &out.list[0]);
    block_unref(&pool, b);
    assert_true(record_read(STR_NONE, NOW, &out));
    assert_int_equal(out.n, 0);
}

static void test_every_truncation_is_refused(void **state)
{
    (void)state;
    struct bindings in, out;
    struct block *b = sample_record(&in);
    char more[1024];
    for (size_t len = 1; len < b->len; len++) {
        assert_false(record_read((struct str){b->bytes, len}, 0, &out));
        assert_int_equal(out.n, 0);
    }
    memcpy(more, b->bytes, b->len);
    more[b->len] = 0;
    assert_false(record_read((struct str){more, b->len + 1}, 0, &out));
    block_unref(&pool, b);
}

static void assert_harmless(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        assert_true((unsigned char)s.at[i] >= ' ' && s.at[i] != 0x7f);
}

/* Every byte takes every value: refused, or nothing in it can end a line or reach outside. */
static void test_every_mutation_is_harmless(void **state)
{
    (void)state;
    struct bindings in, out;
    struct block *b = sample_record(&in);
    struct target targets[LIMIT_BINDINGS];
    char space[2048];
    for (size_t at = 0; at < b->len; at++) {
        for (unsigned value = 0; value < 256; value++) {
            char kept = b->bytes[at];
            b->bytes[at] = (char)value;
            record_read(block_str(b), 0, &out);
            for (size_t i = 0; i < out.n; i++) {
                struct buf text;
                buf_init(&text, space, sizeof space);
                print_contact_params(&text, out.list[i].params);
                assert_false(text.over);
                assert_harmless(buf_str(&text));
                assert_harmless(out.list[i].uri);
                assert_harmless(out.list[i].path);
                assert_true(out.list[i].q <= 1000);
            }
            assert_true(registrar_targets(block_str(b), 0, targets, 2) <= 2);
            b->bytes[at] = kept;
        }
    }
    block_unref(&pool, b);
}

static void test_too_large(void **state)
{
    (void)state;
    static char uri[LIMIT_RECORD_BYTES];
    struct bindings all = {.n = 1};
    bool large;
    memset(uri, 'a', sizeof uri);
    all.list[0] = (struct binding){.uri = {uri, sizeof uri}, .flow = flow_from("192.0.2.1:1")};
    assert_null(record_write(&pool, &all, &large));
    assert_true(large);
    all.list[0].uri.len -= 100;
    struct block *b = record_write(&pool, &all, &large);
    assert_non_null(b);
    block_unref(&pool, b);
}

/* RFC 3261 25.1: white space and folds may stand around parameters; "expires" is the registrar's
 * own. */
static void test_params_are_normalised(void **state)
{
    (void)state;
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"", ""},
        {";expires=60", ""},
        {";EXPIRES=60;q=1", ";q=1"},
        {" ; q = 0.7 ;\r\n expires=5 ; a", ";q=0.7;a"},
        {";+sip.instance=\"<urn:uuid:1>\";reg-id=1", ";+sip.instance=\"<urn:uuid:1>\";reg-id=1"},
        {";x=\"a\r\n b\"", ";x=\"a   b\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char space[128];
        struct buf b;
        buf_init(&b, space, sizeof space);
        print_contact_params(&b, (struct params){str_trim(str_from(cases[i].in))});
        if (!str_equal(buf_str(&b), str_from(cases[i].out)))
            fail_msg("%s gives %.*s", cases[i].in, STR_ARG(buf_str(&b)));
    }
}

/* The user stays known for a day after the last binding. */
static void test_end_of_record(void **state)
{
    (void)state;
    struct bindings all;
    sample(&all);
    assert_int_equal(record_end(&all, NOW), NOW + (60 + LIMIT_RECORD_KEPT_S) * NS_PER_S);
    all.n = 0;
    assert_int_equal(record_end(&all, NOW), NOW + LIMIT_RECORD_KEPT_S * NS_PER_S);
}

/* RFC 3261 20.10: the higher q is preferred; the newest among equals comes first. */
static void test_targets_are_ordered(void **state)
{
    (void)state;
    static const uint16_t qs[] = {500, 1000, 0, 1000, 500};
    static const char *const best[] = {"sip:b", "sip:d", "sip:a", "sip:e", "sip:c"};
    static const char *const uris[] = {"sip:a", "sip:b", "sip:c", "sip:d", "sip:e"};
    struct bindings all = {.n = 5};
    struct target out[5];
    bool large;
    for (size_t i = 0; i < 5; i++)
        all.list[i] = (struct binding){.uri = str_from(uris[i]),
                                       .q = qs[i],
                                       .expires = NOW + 1,
                                       .flow = flow_from("192.0.2.1:1")};
    struct block *b = record_write(&pool, &all, &large);
    assert_non_null(b);
    for (size_t max = 0; max <= 5; max++) {
        assert_int_equal(registrar_targets(block_str(b), NOW, out, max), max);
        for (size_t i = 0; i < max; i++)
            assert_true(str_equal(out[i].uri, str_from(best[i])));
    }
    block_unref(&pool, b);
}

/* The flow is preferred for the phone itself; a Path (RFC 3327) leads by its own way. */
static void test_targets_by_flow(void **state)
{
    (void)state;
    struct bindings in;
    struct target out[3];
    struct block *b = sample_record(&in);
    assert_int_equal(registrar_targets(block_str(b), NOW, out, 3), 2);
    assert_true(out[1].has_flow);
    assert_int_equal(out[1].flow.remote.port, 5060);
    assert_false(out[0].has_flow);
    assert_true(str_equal(out[0].path, in.list[1].path));
    block_unref(&pool, b);
}

/* Who registered from this very place? For a stream its connection counts. */
static void test_is_from(void **state)
{
    (void)state;
    struct bindings in;
    struct block *b = sample_record(&in);
    struct flow f = flow_from("192.0.2.1:5060");
    assert_true(registrar_is_from(block_str(b), &f, NOW));
    f.remote.port = 5061;
    assert_false(registrar_is_from(block_str(b), &f, NOW));
    f = in.list[1].flow;
    assert_true(registrar_is_from(block_str(b), &f, NOW));
    f.conn++;
    assert_false(registrar_is_from(block_str(b), &f, NOW));
    f = in.list[1].flow;
    assert_false(registrar_is_from(block_str(b), &f, NOW + 1));
    assert_false(registrar_is_from(STR_NONE, &f, NOW));
    block_unref(&pool, b);
}

static void test_is_at(void **state)
{
    (void)state;
    struct bindings in;
    struct block *b = sample_record(&in);
    struct flow f = flow_from("192.0.2.1:9"), other = flow_from("192.0.2.77:5060");
    assert_true(registrar_is_at(block_str(b), &f.remote, NOW));
    assert_false(registrar_is_at(block_str(b), &other.remote, NOW));
    assert_true(registrar_is_at(block_str(b), &in.list[1].flow.remote, NOW));
    assert_false(registrar_is_at(block_str(b), &in.list[1].flow.remote, NOW + 1));
    assert_false(registrar_is_at(STR_NONE, &f.remote, NOW));
    block_unref(&pool, b);
}

/* A record that an earlier version wrote: its form had neither mark nor time for instances. */
static void test_old_format(void **state)
{
    (void)state;
    struct bindings in = {.n = 2}, out;
    bool large;
    for (unsigned i = 0; i < 2; i++)
        in.list[i] = (struct binding){.uri = STR("sip:a@192.0.2.1"),
                                      .params = {STR(";+sip.instance=\"<urn:uuid:1>\";reg-id=1")},
                                      .call_id = STR("c"),
                                      .expires = NOW + 1,
                                      .by_flow = true,
                                      .flow = flow_from("192.0.2.1:5060")};
    in.list[1].params.text = STR(";+sip.instance=\"<urn:uuid:1>\"");
    struct block *b = record_write(&pool, &in, &large);
    b->bytes[0] = 1;
    assert_true(record_read(block_str(b), NOW, &out));
    in.list[0].outbound = true;
    assert_same(&in.list[0], &out.list[0]);
    assert_same(&in.list[1], &out.list[1]);
    b->bytes[0] = 3;
    assert_false(record_read(block_str(b), NOW, &out));
    block_unref(&pool, b);
}

/* RFC 5626 7: what was registered by a flow is no target once the flow is gone; a Path is. */
static void test_lost_flows_are_no_targets(void **state)
{
    (void)state;
    struct bindings all = {.n = 3};
    struct target t[3];
    bool large;
    for (unsigned i = 0; i < 3; i++)
        all.list[i] = (struct binding){.uri = STR("sip:a@192.0.2.1"),
                                       .params = {STR(";audio;+sip.instance=\"<urn:uuid:1>\"")},
                                       .expires = NOW + 1,
                                       .by_flow = true,
                                       .outbound = true,
                                       .flow = flow_from("192.0.2.1:5060")};
    all.list[0].flow.listener = all.list[1].flow.listener = RECORD_NO_LISTENER;
    all.list[1].path = STR("<sip:p;lr;ob>");
    struct block *b = record_write(&pool, &all, &large);
    assert_int_equal(registrar_targets(block_str(b), NOW, t, 3), 2);
    assert_false(t[0].has_flow);
    assert_true(str_equal(t[0].path, all.list[1].path));
    assert_true(t[1].has_flow);
    assert_true(str_equal(t[1].instance, STR("urn:uuid:1")));
    assert_true(str_equal(t[1].params, all.list[2].params.text));
    block_unref(&pool, b);
}

static int find_none(void *arg, enum transport t, const struct addr *local)
{
    (void)arg;
    (void)t;
    (void)local;
    return -1;
}

static int find_third(void *arg, enum transport t, const struct addr *local)
{
    const struct addr *at = arg;
    return t == TRANSPORT_UDP && addr_equal(at, local) ? 3 : -1;
}

/* The record after a restart, into which its two targets are views. */
static struct block *restarted(const struct bindings *all, registrar_listener *find, void *arg,
                               struct target *out)
{
    bool large;
    struct bindings written = *all;
    struct block *b = record_write(&pool, &written, &large);
    assert_non_null(b);
    registrar_restart(b->bytes, b->len, find, arg);
    assert_int_equal(registrar_targets(block_str(b), NOW, out, 2), 2);
    for (size_t i = 0; i < 2; i++)
        assert_false(out[i].flow.transport == TRANSPORT_TCP &&
                     registrar_is_from(block_str(b), &all->list[1].flow, NOW));
    return b;
}

/* A connection ends with the process; a NAT's binding for datagrams does not, where the server
 * still listens there. */
static void test_flows_of_an_earlier_run(void **state)
{
    (void)state;
    struct bindings all = {.n = 2};
    struct target t[2];
    all.list[0] = (struct binding){.uri = STR("sip:a@192.0.2.1"),
                                   .call_id = STR("c"),
                                   .expires = NOW + 1,
                                   .by_flow = true,
                                   .q = 1000,
                                   .flow = flow_from("192.0.2.1:5060")};
    all.list[1] = all.list[0];
    all.list[1].q = 500;
    all.list[1].flow.transport = TRANSPORT_TCP;
    all.list[1].flow.conn = 0x0100000000000007;
    struct block *b = restarted(&all, find_third, &all.list[0].flow.local, t);
    assert_true(t[0].has_flow);
    assert_int_equal(t[0].flow.listener, 3);
    assert_true(addr_equal(&t[0].flow.remote, &all.list[0].flow.remote));
    assert_false(t[1].has_flow);
    assert_true(str_equal(t[1].uri, all.list[1].uri));
    block_unref(&pool, b);
    b = restarted(&all, find_none, NULL, t);
    assert_false(t[0].has_flow);
    assert_true(str_equal(t[0].uri, all.list[0].uri));
    block_unref(&pool, b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_bytes_of_texts),
        cmocka_unit_test(test_ended_bindings_are_absent),
        cmocka_unit_test(test_every_truncation_is_refused),
        cmocka_unit_test(test_every_mutation_is_harmless),
        cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_params_are_normalised),
        cmocka_unit_test(test_end_of_record),
        cmocka_unit_test(test_targets_are_ordered),
        cmocka_unit_test(test_targets_by_flow),
        cmocka_unit_test(test_is_from),
        cmocka_unit_test(test_is_at),
        cmocka_unit_test(test_old_format),
        cmocka_unit_test(test_lost_flows_are_no_targets),
        cmocka_unit_test(test_flows_of_an_earlier_run),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
