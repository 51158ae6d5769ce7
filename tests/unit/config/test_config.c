/* What a configuration says: defaults, every kind of value, what stands beside the file, no memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../base/mem_counting.h"
#include "base/limits.h"
#include "given.h"

#define EQUAL(str, literal) assert_true(str_equal((str), STR(literal)))

static void nothing_is_the_defaults(void **state)
{
    static const char *const rows[] = {"",     "\n\n",   "# a remark\n", "---\n",
                                       "{}\n", "log:\n", "~\n",          "\xef\xbb\xbf"};
    struct told t;
    struct config *first = given("", &t);

    (void)state;
    assert_non_null(first);
    assert_int_equal(first->domains.n, 0);
    assert_int_equal(first->listen.n, 0);
    assert_int_equal(first->workers, 0);
    assert_int_equal(first->data.len, 0);
    assert_int_equal(first->drain_s, 30);
    assert_int_equal(first->accounts.auth, CONFIG_AUTH_AUTO);
    assert_int_equal(first->accounts.algorithms, 1u << 1 | 1u << 2);
    assert_int_equal(first->accounts.nonce_life_s, 300);
    assert_int_equal(first->registrar.min_expires_s, 60);
    assert_int_equal(first->registrar.max_expires_s, 7200);
    assert_int_equal(first->registrar.default_expires_s, 3600);
    assert_int_equal(first->registrar.max_contacts, 10);
    assert_true(first->proxy.record_route);
    assert_int_equal(first->proxy.timer_c_s, 181);
    assert_int_equal(first->timers.t1_ms, 500);
    assert_int_equal(first->limits.transactions, LIMIT_TX);
    assert_int_equal(first->trusted.n, 0);
    assert_int_equal(first->log.level, LOG_INFO);
    assert_int_equal(first->log.format, CONFIG_LOG_TEXT);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct config *c = given(rows[i], &t);

        if (!c)
            fail_msg("row %zu: %s", i, t.text);
        for (size_t k = 0; config_row(k); k++)
            assert_true(config_same(first, c, k));
        config_free(c);
    }
    config_free(first);
}

static void check_dns_and_timers(const struct config *c)
{
    assert_int_equal(c->dns.servers.n, 2);
    EQUAL(c->dns.servers.list[1], "[::1]:5353");
    assert_int_equal(c->dns.timeout_ms, 1000);
    assert_int_equal(c->dns.tries, 3);
    EQUAL(c->dns.hosts, "/etc/x");
    assert_int_equal(c->timers.t1_ms, 1000);
    assert_int_equal(c->timers.t2_ms, 2500);
    assert_int_equal(c->timers.t4_ms, 6000);
}

static const char every_key[] =
    "domains: [example.com, 192.0.2.1]\n"
    "listen:\n"
    "  - udp:192.0.2.1:5070\n"
    "  - \"tcp:[2001:db8::1]\"\n"
    "advertise: \"[2001:db8::2]\"\n"
    "workers: 3\n"
    "data: /tmp/caf\xc3\xa9\n"
    "user: nobody\n"
    "sandbox: false\n"
    "gather: false\n"
    "merge_datagrams: true\n"
    "drain: 2m\n"
    "accounts:\n"
    "  auth: required\n"
    "  foreign_callers: true\n"
    "  auth_int: true\n"
    "  algorithms: [MD5, sha-512-256]\n"
    "  nonce_life: 1h\n"
    "peers: [192.0.2.0/24]\n"
    "routes: [{user: x, reply: 404 No}]\n"
    "sets: [{name: s, members: [{uri: 'sip:h'}]}]\n"
    "lua: {scripts: [/a.lua], instructions: 1000, memory: 64}\n"
    "groups: [{name: g, members: [{user: a}]}]\n"
    "features: {forward_always: '*72', forward_always_off: '*73', forward_busy: '*90',\n"
    "           forward_busy_off: '*91', forward_no_answer: '*92', forward_no_answer_off: '*93',\n"
    "           forward_offline: '*94', forward_offline_off: '*95', forwards_off: '#74',\n"
    "           login: '*45', logout: '*46'}\n"
    "registrar: {min_expires: 2m, max_expires: 1d, default_expires: 3m,\n"
    "            max_contacts: '4', flow_timer: 90s, ping: 25s,\n"
    "            ping_with: options,\n"
    "            service_route: [edge.example.com]}\n"
    "proxy: {record_route: false, timer_c: 4m, fork: by_q, ring_time: 20s, recurse: true, "
    "join: true, wait: 15s,\n"
    "  mode: call, call_time: 1h, calls: 10, calls_per_user: 2, session_expires: 30m,\n"
    "  min_se: 2m, session_end: true}\n"
    "dns: {servers: [192.0.2.53, '[::1]:5353'], timeout: 1s, tries: 3, hosts: /etc/x, enum: "
    "[e164.arpa]}\n"
    "timers: {t1: 1s, t2: 2500ms, t4: 6s}\n"
    "limits: {transactions: 1000, sources: 100, strikes: 0, ban: 1h,\n"
    "         packets_per_second: 0}\n"
    "trusted: [192.0.2.7]\n"
    "log: {level: debug, format: json}\n"
    "metrics: {listen: '[::1]:9090'}\n"
    "trace: {memory: 24}\n"
    "control: {socket: /run/x}\n"
    "websocket: {origins: ['https://phone.example.com:8443', '*'], path: /ws, ping: 1m}\n"
    "tls: {certificates: [/a.pem, '/b:/c'], ca: /ca, crl: /crl, verify: false, client_certificate: "
    "ask,\n"
    "      peers: [p.example], min_version: 1.3, ciphers: 'HIGH:!aNULL'}\n";

static void expect_tls(const struct config *c)
{
    assert_int_equal(c->tls.certificates.n, 2);
    EQUAL(c->tls.certificates.list[1], "/b:/c");
    EQUAL(c->tls.ca, "/ca");
    EQUAL(c->tls.crl, "/crl");
    assert_false(c->tls.verify);
    assert_int_equal(c->tls.client_certificate, CONFIG_CLIENTS_ASK);
    EQUAL(c->tls.peers.list[0], "p.example");
    assert_int_equal(c->tls.min_version, CONFIG_TLS_1_3);
    EQUAL(c->tls.ciphers, "HIGH:!aNULL");
}

static void check_websocket(const struct config *c)
{
    assert_int_equal(c->websocket.origins.n, 2);
    EQUAL(c->websocket.origins.list[0], "https://phone.example.com:8443");
    EQUAL(c->websocket.path, "/ws");
    assert_int_equal(c->websocket.ping_s, 60);
}

static void check_lua(const struct config *c)
{
    assert_int_equal(c->lua.scripts.n, 1);
    EQUAL(c->lua.scripts.list[0], "/a.lua");
    assert_int_equal(c->lua.instructions, 1000);
    assert_int_equal(c->lua.memory_kib, 64);
    assert_int_equal(c->lua.texts.n, 0);
}

static void check_limits(const struct config *c)
{
    assert_int_equal(c->limits.transactions, 1000);
    assert_int_equal(c->limits.sources, 100);
    assert_int_equal(c->limits.packets_per_s, 0);
    assert_int_equal(c->limits.strikes, 0);
    assert_int_equal(c->limits.ban_s, 3600);
}

static void check_accounts(const struct config *c)
{
    assert_int_equal(c->accounts.auth, CONFIG_AUTH_REQUIRED);
    assert_true(c->accounts.foreign_callers);
    assert_true(c->accounts.auth_int);
    assert_int_equal(c->accounts.algorithms, 1u << 2 | 1u << 0);
    assert_int_equal(c->accounts.nonce_life_s, 3600);
}

static void check_groups(const struct config *c)
{
    assert_int_equal(c->groups.list[0].members.n, 1);
    assert_int_equal(c->groups.list[0].ring_time_s, 20);
    assert_true(c->groups.list[0].skip_busy);
    EQUAL(c->features.forward[3], "*94");
    EQUAL(c->features.forwards_off, "#74");
}

static void check_registrar(const struct config *c)
{
    assert_int_equal(c->registrar.min_expires_s, 120);
    assert_int_equal(c->registrar.max_expires_s, 86400);
    assert_int_equal(c->registrar.default_expires_s, 180);
    assert_int_equal(c->registrar.max_contacts, 4);
    assert_int_equal(c->registrar.flow_timer_s, 90);
    assert_int_equal(c->registrar.service_route.n, 1);
}

static void every_key_is_read(void **state)
{
    struct told t;
    struct config *c = given(every_key, &t), *other = given("", &t);

    (void)state;
    assert_non_null(c);
    assert_int_equal(c->domains.n, 2);
    EQUAL(c->domains.list[1], "192.0.2.1");
    assert_int_equal(c->listen.n, 2);
    EQUAL(c->listen.list[1], "tcp:[2001:db8::1]");
    EQUAL(c->advertise, "[2001:db8::2]");
    assert_int_equal(c->workers, 3);
    EQUAL(c->data, "/tmp/caf\xc3\xa9");
    assert_int_equal(c->data.at[c->data.len], '\0');
    EQUAL(c->user, "nobody");
    assert_false(c->sandbox);
    assert_false(c->gather);
    assert_true(c->merge_datagrams);
    assert_int_equal(c->drain_s, 120);
    check_accounts(c);
    assert_int_equal(c->peers.n, 1);
    assert_int_equal(c->peers.list[0].bits, 24);
    assert_int_equal(c->routes.n, 1);
    assert_int_equal(c->sets.n, 1);
    check_lua(c);
    check_registrar(c);
    assert_false(c->proxy.record_route);
    assert_int_equal(c->proxy.timer_c_s, 240);
    assert_int_equal(c->proxy.fork, 2);
    assert_int_equal(c->proxy.ring_time_s, 20);
    assert_int_equal(c->proxy.mode, CONFIG_MODE_CALL);
    check_dns_and_timers(c);
    check_limits(c);
    assert_int_equal(c->trusted.n, 1);
    assert_int_equal(c->log.level, LOG_DEBUG);
    assert_int_equal(c->log.format, CONFIG_LOG_JSON);
    EQUAL(c->metrics, "[::1]:9090");
    assert_int_equal(c->trace_mb, 24);
    EQUAL(c->control, "/run/x");
    check_websocket(c);
    expect_tls(c);
    check_groups(c);
    assert_int_equal(config_line(c, "listen"), 2);
    assert_int_equal(config_line(c, "accounts.nonce_life"), 18);
    assert_int_equal(config_line(other, "listen"), 0);
    for (size_t k = 0; config_row(k); k++) {
        assert_true(config_same(c, c, k));
        if (config_same(c, other, k))
            fail_msg("%s is as by default: the test says nothing of it", config_row(k)->key);
    }
    config_free(other);
    config_free(c);
}

static void one_entry_is_a_list(void **state)
{
    struct told t;
    struct config *c = given("domains: example.com\nlisten: udp:127.0.0.1:5070\n", &t);

    (void)state;
    assert_non_null(c);
    assert_int_equal(c->domains.n, 1);
    EQUAL(c->listen.list[0], "udp:127.0.0.1:5070");
    config_free(c);
}

static void a_port_that_is_any_may_be_listened_on_twice(void **state)
{
    struct told t;
    struct config *c = given("listen: ['udp:127.0.0.1:0', 'udp:127.0.0.1:0']\n", &t);

    (void)state;
    assert_non_null(c);
    assert_int_equal(c->listen.n, 2);
    config_free(c);
}

static void what_stands_beside_takes_the_place(void **state)
{
    static const struct config_override overrides[] = {
        {"domains", "--domain", STR_INIT("b.example")},
        {"workers", "--workers", STR_INIT("9")},
        {"domains", "--domain", STR_INIT("c.example")},
        {"trusted", "--trusted", STR_INIT("10.0.0.0/8")},
    };
    struct config_source s = {.text = STR_INIT("domains: [a.example]\nworkers: 2\ndrain: 1s\n"),
                              .overrides = overrides,
                              .n_overrides = 4};
    struct told t = {0};
    struct config *c = config_parse(&mem_libc, &s, tell, &t);

    (void)state;
    assert_non_null(c);
    assert_int_equal(c->domains.n, 2);
    EQUAL(c->domains.list[0], "b.example");
    EQUAL(c->domains.list[1], "c.example");
    assert_int_equal(c->workers, 9);
    assert_int_equal(c->drain_s, 1);
    assert_int_equal(c->trusted.n, 1);
    config_free(c);
}

/* Every escape that grows, and no byte between: the texts have room all the same. */
static void escapes_have_room(void **state)
{
    static char text[60000];
    size_t len = 0;
    struct told t;

    (void)state;
    len += (size_t)snprintf(text, sizeof text, "data: \"");
    for (unsigned i = 0; i < 1300; i++) {
        memcpy(text + len, "\\L", 2);
        len += 2;
    }
    memcpy(text + len, "\"\n", 3);
    struct config *c = given(text, &t);

    assert_non_null(c);
    assert_int_equal(c->data.len, 3900);
    config_free(c);
}

static void without_memory_it_is_told(void **state)
{
    struct told t;

    (void)state;
    bool done = false;

    for (unsigned spare = 0; !done; spare++) {
        struct mem_counting m = mem_counting();

        m.refuse_after = spare;
        struct config *c = given_in(&m.mem, every_key, &t);

        done = c != NULL;
        assert_int_equal(t.n > 0, !done);
        assert_int_equal(strstr(t.text, "there is no memory for it") != NULL, !done);
        config_free(c);
        assert_int_equal(m.n_live, 0);
        assert_int_equal(m.n_bytes, 0);
        assert_true(spare < 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_the_defaults),
        cmocka_unit_test(every_key_is_read),
        cmocka_unit_test(one_entry_is_a_list),
        cmocka_unit_test(a_port_that_is_any_may_be_listened_on_twice),
        cmocka_unit_test(what_stands_beside_takes_the_place),
        cmocka_unit_test(escapes_have_room),
        cmocka_unit_test(without_memory_it_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
