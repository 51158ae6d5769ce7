/* What a receiver keeps of a source (RFC 3550 A.1, A.3, A.8). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rtp/source.h"

static struct rtp_source s;

/* Sequence numbers alone; times as they should be. */
static enum rtp_arrival take(unsigned sequence)
{
    return rtp_source_take(&s, (uint16_t)sequence, sequence * 160, sequence * 160);
}

static void test_in_sequence(void **state)
{
    (void)state;
    rtp_source_begin(&s, 65000, 1);
    for (unsigned i = 0; i < 2000; i++) /* around the end of 16 bits */
        assert_int_equal(take(65000 + i), RTP_NEXT);
    assert_int_equal(rtp_source_expected(&s), 2000);
    assert_int_equal(rtp_source_lost(&s), 0);
}

static void test_lost_late_double(void **state)
{
    (void)state;
    rtp_source_begin(&s, 10, 0);
    assert_int_equal(take(10), RTP_NEXT);
    assert_int_equal(take(14), RTP_NEXT);
    assert_int_equal(rtp_source_lost(&s), 3);
    assert_int_equal(take(12), RTP_LATE);
    assert_int_equal(rtp_source_lost(&s), 2);
    assert_int_equal(take(14), RTP_LATE);
    assert_int_equal(take(14), RTP_LATE);
    assert_int_equal(take(14), RTP_LATE);
    assert_int_equal(rtp_source_lost(&s), -1);
    assert_int_equal(take(9), RTP_LATE); /* before the first */
}

/* RFC 3550 A.1: a stranger is believed after two in sequence. */
static void test_probation(void **state)
{
    (void)state;
    rtp_source_begin(&s, 100, 2);
    assert_int_equal(take(100), RTP_DOUBTFUL);
    assert_int_equal(take(300), RTP_DOUBTFUL);
    assert_int_equal(take(301), RTP_RESTART);
    assert_int_equal(take(302), RTP_NEXT);
    assert_int_equal(rtp_source_expected(&s), 2);
    assert_int_equal(rtp_source_lost(&s), 0);
}

/* A jump counts once a second packet follows it. */
static void test_jump(void **state)
{
    (void)state;
    rtp_source_begin(&s, 100, 0);
    assert_int_equal(take(100), RTP_NEXT);
    assert_int_equal(take(30000), RTP_DOUBTFUL);
    assert_int_equal(take(101), RTP_NEXT);
    assert_int_equal(take(30000), RTP_DOUBTFUL);
    assert_int_equal(take(30001), RTP_RESTART);
    assert_int_equal(rtp_source_expected(&s), 1);
    assert_int_equal(take(3100), RTP_DOUBTFUL);
    assert_int_equal(take(30001 + 2999), RTP_NEXT);
}

static void test_report(void **state)
{
    struct rtcp_block b;
    (void)state;
    rtp_source_begin(&s, 0xfffe, 0);
    for (unsigned i = 0; i < 100; i++)
        if (i % 4 != 1)
            (void)take(0xfffe + i);
    rtp_source_report(&s, &b);
    assert_int_equal(b.fraction_lost, 64);
    assert_int_equal(b.lost, 25);
    assert_int_equal(b.highest, 0xfffe + 99);
    rtp_source_report(&s, &b); /* nothing has come since */
    assert_int_equal(b.fraction_lost, 0);
    assert_int_equal(b.lost, 25);
}

/* RFC 3550 A.8: one packet 160 units late among others: J += (160 - J) / 16 twice, and then it
 * fades. */
static void test_jitter(void **state)
{
    (void)state;
    rtp_source_begin(&s, 0, 0);
    for (unsigned i = 0; i < 10; i++)
        (void)rtp_source_take(&s, (uint16_t)i, i * 160, i * 160);
    assert_int_equal(rtp_source_jitter(&s), 0);
    (void)rtp_source_take(&s, 10, 1600, 1600 + 160);
    assert_int_equal(rtp_source_jitter(&s), 10);
    (void)rtp_source_take(&s, 11, 1760, 1760);
    assert_int_equal(rtp_source_jitter(&s), 19);
    (void)rtp_source_take(&s, 12, 1920, 1920);
    assert_int_equal(rtp_source_jitter(&s), 18);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_sequence), cmocka_unit_test(test_lost_late_double),
        cmocka_unit_test(test_probation),   cmocka_unit_test(test_jump),
        cmocka_unit_test(test_report),      cmocka_unit_test(test_jitter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
