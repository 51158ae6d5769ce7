/* Listeners' URIs: what is read and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/listener.h"

static void reads_what_it_means(void **state)
{
    static const struct {
        const char *text;
        uint8_t transport;
        bool localhost;
        const char *addr;
    } rows[] = {
        {"udp:127.0.0.1:5070", TRANSPORT_UDP, false, "127.0.0.1:5070"},
        {"TCP:192.0.2.1", TRANSPORT_TCP, false, "192.0.2.1:5060"},
        {"tcp:[2001:db8::1]", TRANSPORT_TCP, false, "[2001:db8::1]:5060"},
        {"udp:[::1]:0", TRANSPORT_UDP, false, "[::1]"},
        {"WS:[::1]:8088", TRANSPORT_WS, false, "[::1]:8088"},
        {"wss:192.0.2.1", TRANSPORT_WSS, false, "192.0.2.1:443"},
        {"ws:192.0.2.1", TRANSPORT_WS, false, "192.0.2.1:80"},
        {"udp:Localhost:7", TRANSPORT_UDP, true, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct config_listener l;
        char text[80];
        struct buf b;

        assert_null(config_listener_parse(str_from(rows[i].text), &l));
        assert_int_equal(l.transport, rows[i].transport);
        assert_int_equal(l.localhost, rows[i].localhost);
        if (!rows[i].addr) {
            assert_int_equal(l.addr.port, 7);
            continue;
        }
        buf_init(&b, text, sizeof text);
        addr_print(&b, &l.addr);
        assert_true(str_equal(buf_str(&b), str_from(rows[i].addr)));
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
                                       "udp:[::1",
                                       "udp:127.0.0.1:65536",
                                       "udp:::1:5060",
                                       "sip:1.2.3.4",
                                       "udp:127.0.0.1:",
                                       "udp:224.0.0.1:1",
                                       "wsss:127.0.0.1:443"};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct config_listener l;

        assert_non_null(config_listener_parse(str_from(rows[i]), &l));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_it_means),
        cmocka_unit_test(refuses_what_it_cannot_mean),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
