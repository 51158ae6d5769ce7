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
static char bytes[64];
static struct buf into;
static struct addr from;

static int begin(void **state)
{
    static const struct rand_seed seed;
    struct addr at;
    (void)state;
    rand_init(&rand_of_test, &seed);
    assert_int_equal(loop_init(&loop), 0);
    assert_true(addr_parse(STR("127.0.0.1"), &at));
    assert_int_equal(rtp_port_open(&one, &at, &rand_of_test, &loop, 0), 0);
    assert_int_equal(rtp_port_open(&other, &at, &rand_of_test, &loop, 2), 0);
    buf_init(&into, bytes, sizeof bytes);
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
    assert_true(rtp_port_receive(&one, false, &into, &from));
    assert_true(str_equal(buf_str(&into), STR("voice")));
    assert_true(addr_equal(&from, &other.local));
    assert_int_not_equal(ready(one.fds[1], 5000), 0);
    assert_true(rtp_port_receive(&one, true, &into, &from));
    assert_true(str_equal(buf_str(&into), STR("report")));
    assert_false(rtp_port_receive(&one, false, &into, &from));
}

static void who_does_not_listen_keeps_nobody_awake(void **state)
{
    (void)state;
    struct addr gone = other.local;
    rtp_port_close(&other);
    rtp_port_send(&one, false, &gone, STR("voice"));
    assert_int_not_equal(ready(one.fds[0], 5000), 0);
    assert_false(rtp_port_receive(&one, false, &into, &from));
    assert_int_equal(ready(one.fds[0], 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_pair_is_even_and_odd_and_takes_what_comes, begin, end),
        cmocka_unit_test_setup_teardown(who_does_not_listen_keeps_nobody_awake, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
