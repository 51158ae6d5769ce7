/* Listener addresses: what is read, what is refused and why, how wildcards spread. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "host/listen.h"

static void print_all(const struct listen_list *l, char *out, size_t size)
{
    struct buf b;

    buf_init(&b, out, size - 1);
    for (unsigned i = 0; i < l->n; i++) {
        if (i)
            buf_put_char(&b, ' ');
        listen_print(&b, &l->list[i]);
    }
    out[b.len] = '\0';
}

static void reads_addresses(void **state)
{
    static const struct {
        const char *text, *means;
    } rows[] = {
        {"udp:127.0.0.1:5070", "udp:127.0.0.1:5070"},
        {"tcp:192.0.2.1", "tcp:192.0.2.1:5060"},
        {"UDP:[::1]:5070", "udp:[::1]:5070"},
        {"tcp:[2001:db8::1]", "tcp:[2001:db8::1]:5060"},
        {"udp:0.0.0.0:1", "udp:0.0.0.0:1"},
        {"tls:192.0.2.1", "tls:192.0.2.1:5061"},
        {"TLS:[::1]:5070", "tls:[::1]:5070"},
        {"udp:localhost:7", "udp:127.0.0.1:7 udp:[::1]:7"},
        {"wss:[::1]", "wss:[::1]:443"},
        {"ws:localhost", "ws:127.0.0.1:80 ws:[::1]:80"},
        {"udp:127.0.0.1:65535", "udp:127.0.0.1:65535"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct listen_list l = {0};
        char text[200];

        assert_null(listen_parse(&l, str_from(rows[i].text), true));
        print_all(&l, text, sizeof(text));
        assert_string_equal(text, rows[i].means);
    }
}

static void refuses_what_it_cannot_mean(void **state)
{
    static const char *const rows[] = {"",
                                       "udp",
                                       "127.0.0.1:5060",
                                       "udp:",
                                       "udp::5060",
                                       "udp:host:1",
                                       "udp:1.2.3:1",
                                       "udp:127.0.0.1:65536",
                                       "udp:[::1",
                                       "udp:::1:5060",
                                       "sip:1.2.3.4",
                                       "udp:127.0.0.1:",
                                       "udp:127.0.0.1:x",
                                       "udp:224.0.0.1:1",
                                       "sctp:127.0.0.1:5061",
                                       "wsss:127.0.0.1:443"};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct listen_list l = {0};

        assert_non_null(listen_parse(&l, str_from(rows[i]), true));
        assert_int_equal(l.n, 0);
    }
}

static void has_an_end(void **state)
{
    struct listen_list l = {0};
    char text[40];

    (void)state;
    for (unsigned i = 0; i < LIMIT_LISTENERS; i++) {
        snprintf(text, sizeof(text), "udp:127.0.0.1:%u", i + 1);
        assert_null(listen_parse(&l, str_from(text), false));
    }
    assert_non_null(listen_parse(&l, STR("udp:127.0.0.1:999"), false));
    assert_non_null(listen_parse(&l, STR("udp:localhost:999"), false));
    assert_int_equal(l.n, LIMIT_LISTENERS);
}

static void a_wildcard_becomes_the_interfaces(void **state)
{
    struct listen_list l = {0};
    bool found = false;

    (void)state;
    assert_null(listen_parse(&l, STR("udp:127.0.0.1:5070"), false));
    assert_null(listen_parse(&l, STR("udp:0.0.0.0:5070"), false));
    assert_null(listen_expand(&l));
    for (unsigned i = 0; i < l.n; i++) {
        assert_false(addr_is_any(&l.list[i].addr));
        assert_int_equal(l.list[i].addr.port, 5070);
        if (addr_is_loopback(&l.list[i].addr)) {
            assert_false(found); /* once, though it was named twice */
            found = true;
        }
    }
    assert_true(found);
}

static void knows_when_all_is_loopback(void **state)
{
    struct listen_list l = {0};

    (void)state;
    listen_default(&l, true);
    assert_int_equal(l.n, 4);
    assert_true(listen_all_loopback(&l));
    listen_default(&l, false);
    assert_int_equal(l.n, 2);
    assert_null(listen_parse(&l, STR("udp:192.0.2.1:5060"), false));
    assert_false(listen_all_loopback(&l));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_addresses),
        cmocka_unit_test(refuses_what_it_cannot_mean),
        cmocka_unit_test(has_an_end),
        cmocka_unit_test(a_wildcard_becomes_the_interfaces),
        cmocka_unit_test(knows_when_all_is_loopback),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
