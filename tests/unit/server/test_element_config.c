/* What the configuration means for an element: every key arrives, in the element's units, and who
 * has to authenticate follows from accounts and listeners. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "auth/digest.h"
#include "server/element_config.h"

static struct shared s;

static void tell(void *arg, const struct config_fault *f)
{
    (void)arg;
    fail_msg("%u:%s: %s", f->line, f->key, f->what);
}

static struct config *given(const char *text)
{
    struct config_source source = {.text = str_from(text), .file = "t.yaml"};
    struct config *c = config_parse(&mem_libc, &source, tell, NULL);

    assert_non_null(c);
    s = (struct shared){.mem = &mem_libc,
                        .n_workers = 3,
                        .config = c,
                        .call_key = {1, 2},
                        .proxy_key = {3, 4},
                        .nonce_key = {5, 6},
                        .all_loopback = true};
    return c;
}

static void every_key_arrives(void **state)
{
    struct element_config e;
    struct config *c =
        given("domains: [a.example, b.example]\n"
              "accounts: {auth: required, foreign_callers: true, auth_int: true,\n"
              "           algorithms: [SHA-256], nonce_life: 10m}\n"
              "peers: [192.0.2.0/24]\n"
              "registrar: {min_expires: 1m, max_expires: 3h, default_expires: 2h,\n"
              "            max_contacts: 3}\n"
              "proxy: {record_route: false, timer_c: 200s, fork: sequential, ring_time: 20s}\n"
              "timers: {t1: 250ms, t2: 2s, t4: 3s}\n"
              "limits: {transactions: 5000}\n");

    (void)state;
    element_config_of(&e, &s, c);
    assert_int_equal(e.n_domains, 2);
    assert_true(str_equal(e.domains[1], STR("b.example")));
    assert_true(e.access.required && e.access.foreign_callers && e.access.auth_int);
    assert_int_equal(e.access.algorithms, 1u << DIGEST_SHA256);
    assert_int_equal(e.access.nonce_life, 600 * NS_PER_S);
    assert_int_equal(e.access.nonce_key.k0, 5);
    assert_int_equal(e.access.n_peers, 1);
    assert_int_equal(e.registrar.min_expires_s, 60);
    assert_int_equal(e.registrar.max_expires_s, 10800);
    assert_int_equal(e.registrar.default_expires_s, 7200);
    assert_int_equal(e.registrar.max_contacts, 3);
    assert_false(e.proxy.record_route);
    assert_int_equal(e.proxy.timer_c, 200 * NS_PER_S);
    assert_int_equal(e.fork.order, FORK_SEQUENTIAL);
    assert_int_equal(e.fork.ring_time, 20 * NS_PER_S);
    assert_int_equal(e.proxy.key.k0, 3);
    assert_int_equal(e.engine.timers.t1, 250 * NS_PER_MS);
    assert_int_equal(e.engine.timers.t2, 2 * NS_PER_S);
    assert_int_equal(e.engine.timers.t4, 3 * NS_PER_S);
    assert_int_equal(e.engine.max_tx, 5000);
    assert_int_equal(e.engine.n_workers, 3);
    assert_int_equal(e.engine.call_key.k0, 1);
    config_free(c);
}

static void without_a_domain_it_is_localhost(void **state)
{
    struct element_config e;
    struct config *c = given("");

    (void)state;
    element_config_of(&e, &s, c);
    assert_int_equal(e.n_domains, 1);
    assert_true(str_equal(e.domains[0], STR("localhost")));
    assert_true(e.relay_loopback);
    s.all_loopback = false;
    element_config_of(&e, &s, c);
    assert_false(e.relay_loopback);
    config_free(c);
}

static void who_must_authenticate(void **state)
{
    static const struct {
        const char *text;
        bool all_loopback, any_account, required;
    } rows[] = {
        {"", true, false, false},
        {"", true, true, true},
        {"", false, false, true},
        {"", false, true, true},
        {"accounts: {auth: none}\n", false, true, false},
        {"accounts: {auth: required}\n", true, false, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct config *c = given(rows[i].text);
        struct element_config e;

        s.all_loopback = rows[i].all_loopback;
        atomic_store(&s.any_account, rows[i].any_account);
        element_config_of(&e, &s, c);
        assert_int_equal(e.access.required, rows[i].required);
        config_free(c);
    }
}

static void what_listeners_are_called(void **state)
{
    static const struct listen_at near = {.addr = {.family = ADDR_IP4, .ip = {127, 0, 0, 1}}};
    static const struct listen_at far = {.addr = {.family = ADDR_IP4, .ip = {192, 0, 2, 1}}};
    struct config *c = given("advertise: sip.example.net\n");

    (void)state;
    assert_true(str_equal(element_host_of(&s, &near), STR("sip.example.net")));
    s.all_loopback = false;
    assert_int_equal(element_host_of(&s, &near).len, 0);
    assert_true(str_equal(element_host_of(&s, &far), STR("sip.example.net")));
    config_free(c);
    c = given("");
    assert_int_equal(element_host_of(&s, &near).len, 0);
    config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_arrives),
        cmocka_unit_test(without_a_domain_it_is_localhost),
        cmocka_unit_test(who_must_authenticate),
        cmocka_unit_test(what_listeners_are_called),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
