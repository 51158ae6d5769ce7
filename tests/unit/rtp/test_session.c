/* Sessions: what is taken from whom, and when RTCP goes (RFC 3550 6.3, 8.2), in virtual time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rtp/session.h"

#define PACKET_NS (20 * NS_PER_MS)

static struct rtp_session a, b;
static struct addr at_a, at_b, stranger;
static char bytes[2048];
static struct buf out;
static time_ns now;

static struct rtp_settings settings(uint64_t seed)
{
    return (struct rtp_settings){.clock = 8000,
                                 .bandwidth = 80000,
                                 .cname = STR("x@example"),
                                 .ntp = UINT64_C(0xe8a1b2c300000000),
                                 .seed = rand_seed_from(seed)};
}

static int begin(void **state)
{
    struct rtp_settings of_a = settings(1), of_b = settings(2);
    (void)state;
    now = 1000 * NS_PER_S;
    assert_true(addr_parse(STR("192.0.2.1:4000"), &at_a) &&
                addr_parse(STR("192.0.2.2:5000"), &at_b) &&
                addr_parse(STR("192.0.2.3:6000"), &stranger));
    rtp_session_begin(&a, &of_a, now);
    rtp_session_begin(&b, &of_b, now);
    return 0;
}

static void clear(void)
{
    buf_init(&out, bytes, sizeof bytes);
}

/* One packet of `from`'s, taken by `to` if it comes from that address. */
static bool speak(struct rtp_session *from, struct rtp_session *to, const struct addr *source,
                  unsigned n)
{
    struct rtp_packet packet;
    const struct rtp_member *member;
    enum rtp_arrival arrival;
    clear();
    rtp_session_send(from, &out, n == 0, 0, n * 160, STR("voice"), now);
    return rtp_session_take(to, source, buf_str(&out), now, 0, &packet, &member, &arrival);
}

/* RTCP of `from` as far as it is due. */
static bool report(struct rtp_session *from, struct rtp_session *to, const struct addr *source)
{
    clear();
    if (!rtp_session_tick(from, now, &out))
        return false;
    assert_true(!out.over && out.len <= LIMIT_RTCP_BYTES);
    assert_true(rtp_session_take_rtcp(to, source, buf_str(&out), now + 30 * NS_PER_MS));
    return true;
}

static void test_voice(void **state)
{
    struct rtp_packet packet;
    const struct rtp_member *member;
    enum rtp_arrival arrival;
    (void)state;
    clear();
    rtp_session_send(&a, &out, true, 96, 0, STR("voice"), now);
    assert_true(rtp_session_take(&b, &at_a, buf_str(&out), now, 0, &packet, &member, &arrival));
    assert_true(packet.marker && packet.ssrc == a.ssrc && str_equal(packet.payload, STR("voice")));
    assert_true(addr_equal(&member->from, &at_a));
    assert_int_equal(arrival, RTP_NEXT);
    assert_int_equal(rtp_session_members(&b), 2);
    assert_false(
        rtp_session_take(&b, &at_a, STR("no RTP at all"), now, 0, &packet, &member, &arrival));
}

/* Both speak for a minute: reports go about every five seconds, from 2.5 s on, and tell of loss and
 * of the way there and back. */
static void test_reports(void **state)
{
    unsigned reports = 0;
    time_ns first = 0, began = now;
    (void)state;
    for (unsigned n = 0; n < 3000; n++, now += PACKET_NS) {
        if (n % 10 != 3)
            assert_true(speak(&a, &b, &at_a, n));
        else
            a.sequence++; /* lost on its way */
        assert_true(speak(&b, &a, &at_b, n));
        if (report(&a, &b, &at_a)) {
            first = first ? first : now - began;
            reports++;
        }
        (void)report(&b, &a, &at_b);
    }
    assert_true(first >= 1025 * NS_PER_MS && first <= 3100 * NS_PER_MS);
    assert_true(reports >= 9 && reports <= 25);
    assert_true(a.echo.told && a.echo.lost_of_256 >= 24 && a.echo.lost_of_256 <= 27);
    /* each report is 30 ms on its way, and the other one is told when it came */
    assert_true(a.echo.round_trip >= 59 * NS_PER_MS && a.echo.round_trip <= 61 * NS_PER_MS);
    assert_int_equal(b.echo.lost, 0);
}

/* RFC 7160 4: the other side goes over to a clock of 48 kHz; no packet was later than the others.
 */
static void test_clock_changes(void **state)
{
    struct rtp_packet packet;
    const struct rtp_member *member;
    enum rtp_arrival arrival;
    (void)state;
    for (unsigned n = 0; n < 100; n++, now += PACKET_NS) {
        clear();
        rtp_session_send(&a, &out, n == 0, n < 50 ? 0 : 96, n * (n < 50 ? 160 : 960), STR("voice"),
                         now);
        if (n == 50)
            rtp_session_hear(&b, 48000);
        assert_true(rtp_session_take(&b, &at_a, buf_str(&out), now, 0, &packet, &member, &arrival));
        assert_int_equal(rtp_source_jitter(&member->source), 0);
    }
}

/* RFC 3550 6.4.1: who has not sent lately gives an RR; the timestamp of an SR is that of its NTP
 * time. */
static void test_sender_report(void **state)
{
    struct rtcp_packet p;
    struct rtcp_report r;
    (void)state;
    assert_true(speak(&a, &b, &at_a, 0));
    now = rtp_session_deadline(&a);
    clear();
    while (!rtp_session_tick(&a, now, &out))
        now = rtp_session_deadline(&a);
    struct str rest = buf_str(&out);
    assert_true(rtcp_next(&rest, &p) && rtcp_read_report(&p, &r) && r.sender);
    assert_int_equal(r.packets, 1);
    assert_int_equal(r.octets, 5);
    assert_int_equal(r.timestamp - a.first_timestamp, (now - 1000 * NS_PER_S) * 8000 / NS_PER_S);
    now += 60 * NS_PER_S;
    clear();
    while (!rtp_session_tick(&a, now, &out))
        now = rtp_session_deadline(&a);
    rest = buf_str(&out);
    assert_true(rtcp_next(&rest, &p) && rtcp_read_report(&p, &r) && !r.sender);
}

/* RFC 3550 8.2: the first address counts while it is heard. */
static void test_elsewhere(void **state)
{
    (void)state;
    assert_true(speak(&a, &b, &at_a, 0));
    assert_false(speak(&a, &b, &stranger, 1));
    now += 3 * NS_PER_S;
    assert_true(speak(&a, &b, &stranger, 2));
    assert_false(speak(&a, &b, &at_a, 3));
}

/* RFC 3550 8.2: whoever has our SSRC makes us take another, and say BYE for the old one. */
static void test_collision(void **state)
{
    struct rtcp_packet p;
    uint32_t ssrcs[RTCP_BLOCKS], before = a.ssrc;
    struct str reason;
    bool bye = false;
    (void)state;
    assert_true(speak(&a, &b, &at_a, 0));
    b.ssrc = a.ssrc;
    assert_true(speak(&b, &a, &stranger, 0));
    assert_int_not_equal(a.ssrc, before);
    assert_int_equal(rtp_session_deadline(&a), 0);
    clear();
    assert_true(rtp_session_tick(&a, now, &out));
    for (struct str rest = buf_str(&out); rtcp_next(&rest, &p);)
        bye |= p.type == RTCP_BYE && rtcp_read_bye(&p, ssrcs, &reason) && ssrcs[0] == before;
    assert_true(bye);
    assert_true(rtp_session_deadline(&a) > now);
    /* from there once more: our own packets in a loop */
    b.ssrc = a.ssrc;
    assert_false(speak(&b, &a, &stranger, 1));
    assert_int_equal(a.ssrc, b.ssrc);
}

static void test_bye(void **state)
{
    (void)state;
    clear();
    assert_false(rtp_session_end(&b, &out, STR_NONE, now)); /* it has said nothing */
    assert_true(speak(&a, &b, &at_a, 0));
    assert_int_equal(rtp_session_members(&b), 2);
    clear();
    assert_true(rtp_session_end(&a, &out, STR("hung up"), now));
    assert_true(rtp_session_take_rtcp(&b, &at_a, buf_str(&out), now));
    assert_int_equal(rtp_session_members(&b), 1);
    assert_int_equal(rtp_session_deadline(&a), TIME_NEVER);
}

/* RFC 3550 6.3.5 */
static void test_silence(void **state)
{
    (void)state;
    assert_true(speak(&a, &b, &at_a, 0));
    for (time_ns end = now + 60 * NS_PER_S; now < end; now += NS_PER_S) {
        clear();
        (void)rtp_session_tick(&b, now, &out);
    }
    assert_int_equal(rtp_session_members(&b), 1);
}

/* A table that is full of strangers still has room for who speaks. */
static void test_flood(void **state)
{
    struct rtp_packet packet;
    const struct rtp_member *member;
    enum rtp_arrival arrival;
    uint32_t ssrc = a.ssrc;
    (void)state;
    assert_true(speak(&a, &b, &at_a, 0));
    for (unsigned i = 0; i < 1000; i++, now += NS_PER_MS) {
        struct rtp_packet one = {.ssrc = i, .sequence = (uint16_t)(i * 7)};
        clear();
        rtp_print(&out, &one);
        assert_false(
            rtp_session_take(&b, &stranger, buf_str(&out), now, 2, &packet, &member, &arrival));
        if (i % 20 == 0)
            assert_true(speak(&a, &b, &at_a, 1 + i / 20));
    }
    assert_int_equal(rtp_session_members(&b), 2);
    assert_int_equal(b.members[0].ssrc, ssrc);
    assert_false(rtp_session_take_rtcp(&b, &at_a, STR("nonsense"), now));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_voice, begin),
        cmocka_unit_test_setup(test_reports, begin),
        cmocka_unit_test_setup(test_clock_changes, begin),
        cmocka_unit_test_setup(test_sender_report, begin),
        cmocka_unit_test_setup(test_elsewhere, begin),
        cmocka_unit_test_setup(test_collision, begin),
        cmocka_unit_test_setup(test_bye, begin),
        cmocka_unit_test_setup(test_silence, begin),
        cmocka_unit_test_setup(test_flood, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
