/* Datagrams on loopback: batches, merged and not, both ends, and destinations that nobody listens
 * at.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/socket.h>

#include <cmocka.h>

#include "base/err.h"
#include "net/socket.h"
#include "net/udp.h"

#define PATIENCE (5 * NS_PER_S)

struct end {
    struct udp udp;
    struct addr at;
};

struct world {
    struct loop loop;
    struct block_pool pool;
    struct udp_area *area;
    struct end a, b;
};

static void open_end(struct world *w, struct end *e, unsigned index)
{
    int fd;

    assert_true(addr_parse(STR("127.0.0.1:0"), &e->at));
    assert_int_equal(socket_udp(&e->at, false, &fd), 0);
    assert_int_equal(udp_init(&e->udp, fd, &w->loop, LOOP_TOKEN(1, index), &mem_libc, &w->pool),
                     OK);
}

static int setup(void **state)
{
    static struct world w;

    block_pool_init(&w.pool, &mem_libc, 16);
    assert_int_equal(loop_init(&w.loop), 0);
    w.area = udp_area_new(&mem_libc);
    assert_non_null(w.area);
    open_end(&w, &w.a, 0);
    open_end(&w, &w.b, 1);
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;

    udp_fini(&w->a.udp);
    udp_fini(&w->b.udp);
    udp_area_free(w->area);
    loop_fini(&w->loop);
    assert_int_equal(w->pool.live, 0);
    block_pool_fini(&w->pool);
    return 0;
}

static struct block *numbered(struct world *w, unsigned n, size_t len)
{
    struct block *b = block_new(&w->pool, len);

    memset(b->bytes, 0, len);
    memcpy(b->bytes, &n, sizeof(n));
    b->len = (uint32_t)len;
    return b;
}

static unsigned number_of(const struct udp_in *in)
{
    unsigned number;
    memcpy(&number, in->bytes.at, sizeof(number));
    return number;
}

/* The next datagram at b, waited for. */
static struct udp_in next_at_b(struct world *w)
{
    struct loop_event e[LOOP_EVENTS];
    struct udp_in in;

    while (!udp_next(w->area, &in)) {
        assert_true(loop_wait(&w->loop, 0, PATIENCE, e) > 0);
        assert_int_equal(LOOP_INDEX(e[0].token), 1);
        (void)udp_receive(&w->b.udp, w->area);
    }
    return in;
}

static size_t odd_size(unsigned i)
{
    return i == 149 ? 60000 : i % 50 == 49 ? 70 : i < 100 ? 100 : 1300;
}

static void expect_burst(struct world *w)
{
    for (unsigned i = 0; i < 150; i++)
        udp_send(&w->a.udp, &w->b.at, numbered(w, i, odd_size(i)), 0);
    udp_flush(&w->a.udp);
    for (unsigned i = 0; i < 150; i++) {
        struct udp_in in = next_at_b(w);
        assert_int_equal(number_of(&in), i);
        assert_int_equal(in.bytes.len, odd_size(i));
        assert_true(addr_equal(&in.remote, &w->a.at));
    }
}

static void a_burst_arrives_in_order_with_its_sender(void **state)
{
    expect_burst(*state);
}

static void a_merged_burst_arrives_so_too_whoever_reads_it(void **state)
{
    struct world *w = *state;

    udp_merge(&w->a.udp);
    expect_burst(w);
    udp_merge(&w->b.udp);
    expect_burst(w);
}

static void a_hurried_burst_arrives_so_too(void **state)
{
    struct world *w = *state;

    udp_hurry(&w->a.udp, true);
    expect_burst(w);
    udp_hurry(&w->a.udp, false);
    expect_burst(w);
}

static void what_waits_unread_is_told(void **state)
{
    struct world *w = *state;

    assert_int_equal(udp_backlog(&w->b.udp), 0);
    for (unsigned i = 0; i < 60; i++)
        udp_send(&w->a.udp, &w->b.at, numbered(w, i, 1300), 0);
    udp_flush(&w->a.udp);
    assert_in_range(udp_backlog(&w->b.udp), 1, 256);
    for (unsigned i = 0; i < 60; i++) {
        struct udp_in in = next_at_b(w);
        assert_int_equal(number_of(&in), i);
    }
    assert_int_equal(udp_backlog(&w->b.udp), 0);
}

/* Two kinds in turns, as the messages of calls are: each order keeps to itself. */
static void merged_datagrams_of_an_order_keep_it(void **state)
{
    struct world *w = *state;
    unsigned last[40] = {0};

    udp_merge(&w->a.udp);
    udp_merge(&w->b.udp);
    for (unsigned i = 0; i < 400; i++)
        udp_send(&w->a.udp, &w->b.at, numbered(w, i + 1, 300 + 10 * (i * 7 % 5)), i % 40);
    udp_flush(&w->a.udp);
    for (unsigned i = 0; i < 400; i++) {
        struct udp_in in = next_at_b(w);
        unsigned number = number_of(&in), order = (number - 1) % 40;
        assert_int_equal(in.bytes.len, 300 + 10 * ((number - 1) * 7 % 5));
        assert_true(number > last[order]);
        last[order] = number;
    }
}

/* As on a route that cannot take them: a socket without checksums. */
static void where_the_kernel_merges_nothing_all_leave_one_by_one(void **state)
{
    struct world *w = *state;
    int on = 1;

    udp_merge(&w->a.udp);
    assert_int_equal(setsockopt(w->a.udp.fd, SOL_SOCKET, SO_NO_CHECK, &on, sizeof(on)), 0);
    expect_burst(w);
    assert_true(w->a.udp.alone);
}

/* RFC 3261 18.4: the transport user is told of a port that is unreachable */
static void a_closed_port_is_told_and_disturbs_nobody(void **state)
{
    struct world *w = *state;
    struct loop_event e[LOOP_EVENTS];
    struct addr nobody, lost;
    int fd;

    assert_true(addr_parse(STR("127.0.0.1:0"), &nobody));
    assert_int_equal(socket_udp(&nobody, false, &fd), 0);
    struct udp gone = {.fd = fd};
    udp_fini(&gone);

    udp_send(&w->a.udp, &nobody, numbered(w, 1, 50), 0);
    udp_flush(&w->a.udp);
    assert_true(loop_wait(&w->loop, 0, PATIENCE, e) > 0);
    assert_true(e[0].failed);
    udp_ready(&w->a.udp, &e[0]);
    assert_true(udp_unreachable(&w->a.udp, &lost));
    assert_true(addr_equal(&lost, &nobody));
    assert_false(udp_unreachable(&w->a.udp, &lost));

    udp_send(&w->a.udp, &nobody, numbered(w, 2, 50), 0);
    udp_flush(&w->a.udp);
    udp_send(&w->a.udp, &w->b.at, numbered(w, 3, 50), 0); /* meets the error of the one before */
    udp_flush(&w->a.udp);
    assert_int_equal(w->a.udp.n, 0);
    struct udp_in in;
    do {
        assert_true(loop_wait(&w->loop, 0, PATIENCE, e) > 0);
        (void)udp_receive(&w->b.udp, w->area);
    } while (!udp_next(w->area, &in));
    assert_int_equal(in.bytes.len, 50);
}

static void what_can_never_be_sent_is_told(void **state)
{
    struct world *w = *state;
    struct addr lost;

    udp_send(&w->a.udp, &w->b.at, numbered(w, 1, 65530),
             0); /* more than a datagram over IPv4 holds */
    udp_flush(&w->a.udp);
    assert_int_equal(w->a.udp.n, 0);
    assert_true(udp_unreachable(&w->a.udp, &lost));
    assert_true(addr_equal(&lost, &w->b.at));
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_burst_arrives_in_order_with_its_sender),
        T(a_merged_burst_arrives_so_too_whoever_reads_it),
        T(a_hurried_burst_arrives_so_too),
        T(what_waits_unread_is_told),
        T(merged_datagrams_of_an_order_keep_it),
        T(where_the_kernel_merges_nothing_all_leave_one_by_one),
        T(a_closed_port_is_told_and_disturbs_nobody),
        T(what_can_never_be_sent_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
