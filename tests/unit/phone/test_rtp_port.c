/* The sockets of a call's RTP. */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "phone/rtp_port.h"

static struct loop loop;
static struct rand rand_of_test;
static struct rtp_port one, other;
static struct net_clock clock_of_test;
static struct rtp_batch batch;

static int begin(void **state)
{
    static const struct rand_seed seed;
    struct addr at;
    (void)state;
    rand_init(&rand_of_test, &seed);
    assert_int_equal(loop_init(&loop), 0);
    assert_true(addr_parse(STR("127.0.0.1"), &at));
    net_clock_init(&clock_of_test);
    assert_int_equal(rtp_port_open(&one, &at, &rand_of_test, &loop, 7, &clock_of_test), 0);
    assert_int_equal(rtp_port_open(&other, &at, &rand_of_test, &loop, 8, &clock_of_test), 0);
    return 0;
}

static int end(void **state)
{
    (void)state;
    rtp_port_close(&one);
    rtp_port_close(&other);
    loop_fini(&loop);
    return 0;
}

static short ready(int fd, int wait_ms)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, wait_ms) > 0 ? p.revents : 0;
}

static void a_pair_is_even_and_odd_and_takes_what_comes(void **state)
{
    (void)state;
    struct addr rtcp = one.local;
    rtcp.port++;
    assert_int_equal(one.local.port % 2, 0);
    rtp_port_send(&other, false, &one.local, STR("voice"));
    rtp_port_send(&other, true, &rtcp, STR("report"));
    assert_int_not_equal(ready(one.fds[0], 5000), 0);
    assert_false(rtp_port_receive(&one, false, &batch));
    assert_int_equal(batch.n, 1);
    assert_true(str_equal(batch.in[0].bytes, STR("voice")));
    assert_true(addr_equal(&batch.in[0].from, &other.local));
    assert_int_not_equal(ready(one.fds[1], 5000), 0);
    assert_false(rtp_port_receive(&one, true, &batch));
    assert_int_equal(batch.n, 1);
    assert_true(str_equal(batch.in[0].bytes, STR("report")));
    assert_false(rtp_port_receive(&one, false, &batch));
    assert_int_equal(batch.n, 0);
}

/* Whether a packet that is read 30 ms late has the time at which it came. */
static bool is_stamped_on_arrival(void)
{
    struct loop_event events[LOOP_EVENTS];
    time_ns before = net_clock_now(&clock_of_test);
    rtp_port_send(&other, false, &one.local, STR("voice"));
    assert_int_not_equal(ready(one.fds[0], 5000), 0);
    time_ns behind = net_clock_now(&clock_of_test);
    assert_int_equal(loop_wait(&loop, behind, behind + 30 * NS_PER_MS, events), 0);
    assert_false(rtp_port_receive(&one, false, &batch));
    assert_int_equal(batch.n, 1);
    time_ns at = batch.in[0].at + NS_PER_MS;
    return at >= before && at <= behind + 2 * NS_PER_MS;
}

/* RTP wakes nobody; its time of arrival stands in spite of that. A kernel that nobody has asked for
 * such times begins to take them a moment after the first one has. */
static void when_a_packet_came_is_known_however_late_it_is_read(void **state)
{
    (void)state;
    struct loop_event events[LOOP_EVENTS];
    struct addr rtcp = one.local;
    bool stamped = false;
    rtcp.port++;
    for (int i = 0; i < 100 && !stamped; i++)
        stamped = is_stamped_on_arrival();
    assert_true(stamped);
    rtp_port_send(&other, true, &rtcp, STR("report"));
    time_ns behind = net_clock_now(&clock_of_test);
    assert_int_equal(loop_wait(&loop, behind, behind + 5 * NS_PER_S, events), 1);
    assert_int_equal(events[0].token, 7);
}

static void more_than_a_batch_comes_in_order(void **state)
{
    (void)state;
    static const char letters[] = "abcdef";
    char got[8] = "";
    size_t n = 0;
    bool more = true;
    for (size_t i = 0; i < 6; i++)
        rtp_port_send(&other, false, &one.local, (struct str){letters + i, 1});
    assert_int_not_equal(ready(one.fds[0], 5000), 0);
    while (more) {
        more = rtp_port_receive(&one, false, &batch);
        for (unsigned i = 0; i < batch.n; i++)
            got[n++] = batch.in[i].bytes.at[0];
    }
    assert_string_equal(got, letters);
}

static void who_does_not_listen_is_not_told_of(void **state)
{
    (void)state;
    struct addr gone = other.local;
    rtp_port_close(&other);
    for (unsigned i = 0; i < 2; i++) {
        rtp_port_send(&one, i == 1, &gone, STR("voice"));
        assert_int_equal(ready(one.fds[i], 20), 0);
        assert_false(rtp_port_receive(&one, i == 1, &batch));
        assert_int_equal(batch.n, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_pair_is_even_and_odd_and_takes_what_comes, begin, end),
        cmocka_unit_test_setup_teardown(when_a_packet_came_is_known_however_late_it_is_read, begin,
                                        end),
        cmocka_unit_test_setup_teardown(more_than_a_batch_comes_in_order, begin, end),
        cmocka_unit_test_setup_teardown(who_does_not_listen_is_not_told_of, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
