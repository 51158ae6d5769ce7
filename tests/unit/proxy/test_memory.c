/* Whatever allocation fails, and whatever order things end in, nothing leaks and nothing breaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rig.h"

static void call(struct rig *r, unsigned order)
{
    static const unsigned statuses[] = {180, 486, 200, 603, 302, 407};
    rig_send(r, rig_request(r, "INVITE", "sip:bob@example.com", "", ""));
    size_t end = r->n_sent;
    for (size_t i = 0; i < end; i++)
        if (strncmp(r->sent[i].bytes, "INVITE ", 7) == 0)
            rig_answer(r, &r->sent[i], statuses[(order + i) % 6], "t",
                       "Proxy-Authenticate: Digest realm=\"x\"\r\n");
    rig_pass(r, NS_PER_S);
}

static struct rig *new_rig(void)
{
    struct rig *r = rig_new();
    rig_target(r, "sip:bob@192.0.2.2");
    rig_target(r, "sip:bob@192.0.2.3;transport=tcp");
    rig_target(r, "sip:bob@192.0.2.4");
    return r;
}

/* Each allocation fails in turn, for a second; then memory is back. */
static void test_failure_sweep(void **state)
{
    (void)state;
    struct rig *whole = new_rig();
    size_t before = whole->mem.taken;
    call(whole, 0);
    size_t n = whole->mem.taken - before;
    rig_end(whole);
    assert_true(n > 0 && n < 500);
    for (size_t i = 1; i <= n; i++)
        for (unsigned order = 0; order < 3; order++) {
            struct rig *r = new_rig();
            r->mem.fail_at = r->mem.taken + i;
            call(r, order);
            rig_send(r, rig_request(r, "INVITE", "http://example.com", "", ""));
            r->mem.fail_at = 0;
            rig_end(r);
        }
}

static void test_proxy_new_fails(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    const struct str domain = STR("example.org");
    struct proxy_config c = {.owner = 1, .domains = &domain, .n_domains = 1};
    for (size_t i = 1; i <= 2; i++) {
        r->mem.fail_at = r->mem.taken + i;
        assert_null(proxy_new(r->engine, &c));
    }
    r->mem.fail_at = 0;
    rig_end(r);
}

/* proxy_free with calls under way. */
static void test_free_under_way(void **state)
{
    (void)state;
    struct rig *r = new_rig();
    call(r, 0);
    rig_send(r, rig_request(r, "INVITE", "sip:bob@example.com", "", ""));
    assert_true(proxy_contexts(r->proxy) > 0);
    proxy_free(r->proxy);
    engine_free(r->engine);
    assert_int_equal(r->mem.live, 0);
    for (size_t i = 0; i < r->n_sent; i++)
        free(r->sent[i].bytes);
    free(r);
}

/* Ids of contexts that have ended are answered, not followed. */
static void test_stale(void **state)
{
    (void)state;
    struct rig *r = new_rig();
    rig_send(r, rig_request(r, "MESSAGE", "sip:bob@example.com", "", ""));
    const struct target t = {.uri = STR_INIT("sip:bob@192.0.2.2")};
    struct engine_event ev = {.kind = EVENT_TIMEOUT, .owner = 7, .user = 12345, .tx = 1};
    assert_int_equal(proxy_event(r->proxy, &ev, r->now), OK);
    assert_int_equal(proxy_fork(r->proxy, 99, NULL, &t, 1, &r->how, r->now), ERR_STALE);
    assert_int_equal(proxy_fork(r->proxy, r->tx, NULL, &t, 0, &r->how, r->now), ERR_INVALID);
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_failure_sweep),
        cmocka_unit_test(test_proxy_new_fails),
        cmocka_unit_test(test_free_under_way),
        cmocka_unit_test(test_stale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
