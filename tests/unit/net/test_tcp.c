/* Connections on loopback: bytes both ways, the end from either side, back-pressure, and every
 * limit of time under a clock of the test's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "net/addrconv.h"
#include "net/socket.h"
#include "net/tcp.h"

#define PATIENCE (5 * NS_PER_S)

static const struct tcp_layers bare;

struct world {
    struct loop loop;
    struct tcp tcp;
    struct block_pool pool;
    struct addr at;
    int listener;
    int peer;
    time_ns now;
};

static int setup(void **state)
{
    static struct world w;

    w = (struct world){.now = 1000 * NS_PER_S, .peer = -1};
    block_pool_init(&w.pool, &mem_libc, 16);
    assert_true(addr_parse(STR("127.0.0.1:0"), &w.at));
    assert_int_equal(loop_init(&w.loop), 0);
    assert_int_equal(tcp_init(&w.tcp, &w.loop, &mem_libc, &w.pool), OK);
    assert_int_equal(socket_tcp_listener(&w.at, false, &w.listener), 0);
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;

    tcp_fini(&w->tcp);
    loop_fini(&w->loop);
    close(w->listener);
    if (w->peer >= 0)
        close(w->peer);
    assert_int_equal(w->pool.live, 0);
    block_pool_fini(&w->pool);
    return 0;
}

static int dial(struct world *w)
{
    struct sockaddr_storage s;
    socklen_t len = addr_to_sockaddr(&w->at, &s);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&s, len), 0);
    return fd;
}

static void accept_as(struct world *w, conn_id id)
{
    struct tcp_accepted a;

    w->peer = dial(w);
    assert_true(tcp_accept(&w->tcp, w->listener, &a));
    assert_true(addr_is_loopback(&a.remote));
    assert_true(addr_equal(&a.local, &w->at));
    assert_int_equal(tcp_add(&w->tcp, &a, id, &bare, w->now), OK);
}

static struct block *block_of(struct world *w, size_t len)
{
    struct block *b = block_new(&w->pool, len);

    memset(b->bytes, 'x', len);
    b->len = (uint32_t)len;
    return b;
}

/* One event, which must come. */
static enum tcp_result next(struct world *w, struct str *bytes)
{
    struct loop_event e[LOOP_EVENTS];
    struct tcp_news news;

    assert_true(loop_wait(&w->loop, 0, PATIENCE, e) >= 1);
    enum tcp_result result = tcp_ready(&w->tcp, &e[0], w->now, &news);

    *bytes = news.bytes;
    return result;
}

static void bytes_come_and_go(void **state)
{
    struct world *w = *state;
    struct str bytes;
    char got[8];

    accept_as(w, 7);
    assert_int_equal(write(w->peer, "hello", 5), 5);
    assert_int_equal(next(w, &bytes), TCP_BYTES);
    assert_true(str_equal(bytes, STR("hello")));
    assert_true(tcp_send(&w->tcp, 7, block_of(w, 3)));
    tcp_flush(&w->tcp, w->now);
    assert_int_equal(read(w->peer, got, sizeof(got)), 3);
    assert_false(tcp_send(&w->tcp, 8, block_of(w, 3))); /* no such connection */
}

static void the_peers_end_is_told_once(void **state)
{
    struct world *w = *state;
    struct str bytes;

    accept_as(w, 7);
    close(w->peer);
    w->peer = -1;
    assert_int_equal(next(w, &bytes), TCP_NOTHING);
    assert_false(tcp_send(&w->tcp, 7, block_of(w, 3)));
    assert_int_equal(tcp_gone(&w->tcp), 7);
    assert_int_equal(tcp_gone(&w->tcp), 0);
    assert_int_equal(tcp_count(&w->tcp), 0);
}

static void our_end_writes_what_waits_and_is_not_told(void **state)
{
    struct world *w = *state;
    struct str bytes;
    char got[8];

    accept_as(w, 7);
    assert_true(tcp_send(&w->tcp, 7, block_of(w, 5)));
    tcp_end(&w->tcp, 7, w->now);
    assert_int_equal(read(w->peer, got, sizeof(got)), 5);
    assert_int_equal(read(w->peer, got, sizeof(got)), 0);
    close(w->peer);
    w->peer = -1;
    assert_int_equal(next(w, &bytes), TCP_NOTHING);
    assert_int_equal(tcp_gone(&w->tcp), 0);
    assert_int_equal(tcp_count(&w->tcp), 0);
}

static void a_peer_that_does_not_read_is_closed(void **state)
{
    struct world *w = *state;
    size_t sent = 0;

    accept_as(w, 7);
    while (tcp_send(&w->tcp, 7, block_of(w, 60000))) {
        tcp_flush(&w->tcp, w->now);
        sent += 60000;
        assert_true(sent < 64u << 20); /* the kernel's buffers end somewhere */
        struct loop_event e[LOOP_EVENTS];
        struct tcp_news news;
        unsigned n = loop_wait(&w->loop, 0, 0, e);
        for (unsigned i = 0; i < n; i++)
            assert_int_equal(tcp_ready(&w->tcp, &e[i], w->now, &news), TCP_NOTHING);
    }
    assert_int_equal(tcp_gone(&w->tcp), 7);
}

static void a_slow_reader_gets_everything(void **state)
{
    struct world *w = *state;
    static char got[65536];
    struct str bytes;
    size_t left = 900000;

    accept_as(w, 7);
    for (unsigned i = 0; i < 15; i++)
        assert_true(tcp_send(&w->tcp, 7, block_of(w, 60000)));
    tcp_flush(&w->tcp, w->now);
    while (left > 0) {
        ssize_t n = recv(w->peer, got, sizeof(got), MSG_DONTWAIT);

        if (n > 0)
            left -= (size_t)n;
        else
            assert_int_equal(next(w, &bytes), TCP_NOTHING);
    }
    assert_int_equal(tcp_gone(&w->tcp), 0);
}

static void expect_end_after(struct world *w, conn_id id, unsigned seconds)
{
    assert_int_equal(tcp_deadline(&w->tcp), w->now + seconds * NS_PER_S);
    tcp_expire(&w->tcp, w->now + seconds * NS_PER_S - 1);
    assert_int_equal(tcp_gone(&w->tcp), 0);
    tcp_expire(&w->tcp, w->now + seconds * NS_PER_S);
    assert_int_equal(tcp_gone(&w->tcp), id);
    assert_int_equal(tcp_deadline(&w->tcp), TIME_NEVER);
}

static void who_sends_no_whole_message_is_closed(void **state)
{
    struct world *w = *state;
    struct str bytes;

    accept_as(w, 7);
    w->now += NS_PER_S;
    assert_int_equal(write(w->peer, "R", 1), 1);
    assert_int_equal(next(w, &bytes), TCP_BYTES); /* bytes alone buy no time */
    w->now -= NS_PER_S;
    expect_end_after(w, 7, LIMIT_TCP_SILENT_S);
}

static void who_was_heard_may_be_idle_longer(void **state)
{
    struct world *w = *state;
    struct str bytes;

    accept_as(w, 7);
    tcp_proven(&w->tcp, 7, w->now);
    w->now += 100 * NS_PER_S;
    assert_int_equal(write(w->peer, "\r\n", 2), 2);
    assert_int_equal(next(w, &bytes), TCP_BYTES);
    expect_end_after(w, 7, LIMIT_TCP_IDLE_S);
}

static void connecting_succeeds_and_sends_what_was_queued(void **state)
{
    struct world *w = *state;
    struct loop_event e[LOOP_EVENTS];
    struct tcp_news news;
    char got[8];

    assert_int_equal(tcp_connect(&w->tcp, 9, &w->at, &w->at, &bare, w->now), OK);
    assert_true(tcp_send(&w->tcp, 9, block_of(w, 4)));
    tcp_flush(&w->tcp, w->now);
    assert_true(loop_wait(&w->loop, 0, PATIENCE, e) == 1);
    assert_int_equal(tcp_ready(&w->tcp, &e[0], w->now, &news), TCP_CONNECTED);
    assert_true(news.local.port != 0 && addr_is_loopback(&news.local));
    w->peer = accept(w->listener, NULL, NULL);
    assert_int_equal(read(w->peer, got, sizeof(got)), 4);
}

static void a_refused_connection_is_told(void **state)
{
    struct world *w = *state;
    struct str bytes;

    close(w->listener);
    w->listener = dup(0);
    if (tcp_connect(&w->tcp, 9, &w->at, &w->at, &bare, w->now) == OK) {
        assert_int_equal(next(w, &bytes), TCP_NOTHING);
        assert_int_equal(tcp_gone(&w->tcp), 9);
    }
    assert_int_equal(tcp_count(&w->tcp), 0);
}

/* --- who has too many that are silent --- */

static void add_silent(struct world *w, conn_id id, const char *from)
{
    struct tcp_accepted a = {.local = w->at, .fd = socket(AF_UNIX, SOCK_STREAM, 0)};

    assert_true(a.fd >= 0 && addr_parse(str_from(from), &a.remote));
    assert_int_equal(tcp_add(&w->tcp, &a, id, &bare, w->now), OK);
}

static bool has_enough(const struct world *w, const char *from)
{
    struct addr a;

    assert_true(addr_parse(str_from(from), &a));
    return tcp_has_enough(&w->tcp, &a);
}

static bool has_descriptors(void)
{
    struct rlimit r;

    if (getrlimit(RLIMIT_NOFILE, &r) == 0) {
        r.rlim_cur = r.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &r);
    }
    return r.rlim_cur > LIMIT_CONNS_SILENT;
}

static void one_address_cannot_have_all_silent_connections(void **state)
{
    struct world *w = *state;
    conn_id id = 1;

    if (!has_descriptors())
        skip();
    while (id <= LIMIT_CONNS_SILENT / 2)
        add_silent(w, id++, "192.0.2.1:9");
    assert_false(has_enough(w, "192.0.2.1:9"));
    add_silent(w, id++, "[2001:db8::1]:9");
    assert_true(has_enough(w, "192.0.2.1:10"));
    assert_false(has_enough(w, "192.0.2.2:9"));
    while (id < LIMIT_CONNS_SILENT / 2 + LIMIT_CONNS_SILENT_OF_ONE)
        add_silent(w, id++, "[2001:db8::1]:9");
    assert_false(has_enough(w, "[2001:db8::2]:9"));
    add_silent(w, id++, "[2001:db8::3]:9");
    assert_true(has_enough(w, "[2001:db8::2]:9"));
    assert_false(has_enough(w, "[2001:db8:0:1::1]:9"));
    for (conn_id proven = 1; proven <= LIMIT_CONNS_SILENT_OF_ONE; proven++)
        tcp_proven(&w->tcp, proven, w->now);
    assert_false(has_enough(w, "192.0.2.1:9"));
}

static bool is_from(void *arg, const struct addr *remote)
{
    return addr_equal_ip(remote, arg);
}

static void connections_are_listed_by_their_far_end(void **state)
{
    struct world *w = *state;
    struct addr from;
    conn_id found[4];

    add_silent(w, 1, "192.0.2.1:9");
    add_silent(w, 2, "192.0.2.2:9");
    add_silent(w, 3, "192.0.2.1:10");
    assert_true(addr_parse(STR("192.0.2.1"), &from));
    assert_int_equal(tcp_list(&w->tcp, is_from, &from, found, 4), 2);
    assert_int_equal(found[0] + found[1], 4);
    assert_int_equal(tcp_list(&w->tcp, is_from, &from, found, 1), 1);
    assert_true(addr_equal_ip(tcp_remote(&w->tcp, 3), &from));
    assert_null(tcp_remote(&w->tcp, 4));
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(bytes_come_and_go),
        T(the_peers_end_is_told_once),
        T(our_end_writes_what_waits_and_is_not_told),
        T(a_peer_that_does_not_read_is_closed),
        T(a_slow_reader_gets_everything),
        T(who_sends_no_whole_message_is_closed),
        T(who_was_heard_may_be_idle_longer),
        T(connecting_succeeds_and_sends_what_was_queued),
        T(a_refused_connection_is_told),
        T(one_address_cannot_have_all_silent_connections),
        T(connections_are_listed_by_their_far_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
