/* A stream as its user sees it: voice, terms, who is heard. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../base/mem_counting.h"
#include "call.h"
#include "rtp/rtcp.h"
#include "rtp/session.h"

static struct call call;

static int begin(void **state)
{
    (void)state;
    call_begin(&call, 8000);
    return 0;
}

static int end(void **state)
{
    (void)state;
    call_end(&call);
    return 0;
}

/* The quietest 10 ms and the level of the tone in the last `ms` that a side heard, in dB of what
 * was spoken. */
static void check_tone(unsigned side, unsigned ms)
{
    const struct call_side *s = &call.sides[side];
    size_t n = (size_t)ms * s->rate / 1000, slice = s->rate / 100;
    const int16_t *late = s->heard + s->n_heard - n;
    double level = tone_db(tone_amplitude(late, n, 440, s->rate), 8000);
    assert_true(level > -1 && level < 1);
    for (size_t i = 0; i + slice <= n; i += slice)
        assert_true(tone_db(tone_rms(late + i, slice), 8000 / sqrt(2)) > -3);
}

/* 440 Hz through each codec and at each rate of the user's: 440 Hz, the level within 1 dB, no gap.
 */
static void test_each_codec(void **state)
{
    static const unsigned rates[] = {8000, 16000, 48000};
    const struct codec *c;
    (void)state;
    call_end(&call);
    for (unsigned i = 0; (c = codec_at(i)); i++)
        for (unsigned j = 0; j < 3; j++) {
            char name[32] = "";
            if (!codec_encodes(c) || !codec_decodes(c))
                continue;
            memcpy(name, c->encoding.at, c->encoding.len);
            call_begin(&call, rates[j]);
            call_agree_on(&call, name, c->clock, c->channels);
            call_run(&call, 3000);
            check_tone(0, 2000);
            check_tone(1, 2000);
            struct audio_report r = call_report(&call, 0);
            assert_ptr_equal(r.hears, c);
            assert_true(r.lost == 0 && r.late == 0 && r.unknown == 0 && r.concealed_percent < 0.1);
            assert_true(r.mos > 3 || c->ie >= 20);
            call_end(&call);
        }
    call_begin(&call, 8000);
}

/* Packets longer and shorter than what is given at a time. */
static void test_ptime(void **state)
{
    static const unsigned ptimes[] = {10, 30, 60, 120};
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        struct audio_format pcmu = call_format("PCMU", 8000, 1, 0);
        call_end(&call);
        call_begin(&call, 8000);
        for (unsigned side = 0; side < 2; side++) {
            struct audio_terms terms = call_terms(&call, side, &pcmu, 1);
            terms.ptime = ptimes[i];
            assert_int_equal(audio_stream_agree(call.sides[side].stream, &terms, call.now), OK);
        }
        call_run(&call, 4000);
        check_tone(0, 2000);
        struct audio_report r = call_report(&call, 0);
        assert_int_equal(r.ptime, ptimes[i]);
        assert_true(r.sent >= 4000 / ptimes[i] - 1 && r.sent <= 4000 / ptimes[i]);
    }
}

/* The events at a call's beginning, and what both sides report after a while. */
static void test_report(void **state)
{
    (void)state;
    call_agree_on(&call, "PCMU", 8000, 1);
    call_run(&call, 20000);
    assert_int_equal(call_count(&call, 0, AUDIO_HEARD), 1);
    assert_int_equal(call_count(&call, 0, AUDIO_CODEC), 1);
    assert_int_equal(call_count(&call, 0, AUDIO_SILENT), 0);
    struct audio_report r = call_report(&call, 0);
    assert_int_equal(r.sent, 1000);
    assert_int_equal(r.sent_bytes, 160000);
    assert_true(r.received >= 997 && r.received <= 1000);
    assert_true(r.told && r.their_lost_percent == 0);
    assert_true(r.round_trip_ms > 59 && r.round_trip_ms < 61);
    assert_true(r.jitter_ms < 1 && r.mos > 4.3);
    /* 8000 of 32768 is -12.2 dB, a sine 3 dB less */
    assert_true(r.level_heard > -16 && r.level_heard < -14.5);
}

/* RFC 3264 5.1: who does not send is not heard of, and who does not receive plays nothing. */
static void test_direction(void **state)
{
    struct audio_format pcmu = call_format("PCMU", 8000, 1, 0);
    (void)state;
    call_agree_on(&call, "PCMU", 8000, 1);
    call_run(&call, 1000);
    struct audio_terms hold = call_terms(&call, 0, &pcmu, 1);
    hold.receives = false;
    assert_int_equal(audio_stream_agree(call.sides[0].stream, &hold, call.now), OK);
    hold = call_terms(&call, 1, &pcmu, 1);
    hold.sends = false;
    assert_int_equal(audio_stream_agree(call.sides[1].stream, &hold, call.now), OK);
    uint64_t sent = call_report(&call, 1).sent;
    call_run(&call, 15000);
    assert_int_equal(call_report(&call, 1).sent, sent);
    check_tone(1, 500);
    const struct call_side *a = &call.sides[0];
    assert_true(tone_rms(a->heard + a->n_heard - 8000, 8000) == 0);
    assert_int_equal(call_count(&call, 0, AUDIO_SILENT), 0);
    call_agree_on(&call, "PCMU", 8000, 1);
    call_run(&call, 2000);
    check_tone(0, 1000);
    assert_int_equal(call_report(&call, 0).lost, 0);
    assert_int_equal(call_count(&call, 0, AUDIO_SILENT), 0); /* the wait begins anew, too */
}

static unsigned n_byes;

static void count_byes(const struct call *c, const struct call_flight *f)
{
    struct str rest = {f->bytes, f->len};
    struct rtcp_packet packet;
    (void)c;
    while (f->rtcp && rtcp_next(&rest, &packet))
        n_byes += packet.type == RTCP_BYE;
}

/* Another codec in mid-stream, of the same clock and of another. */
static void test_codec_changes(void **state)
{
    (void)state;
    call_agree_on(&call, "PCMU", 8000, 1);
    call_run(&call, 2000);
    struct audio_format formats[] = {call_format("PCMA", 8000, 1, 8),
                                     call_format("PCMU", 8000, 1, 96)};
    call_agree(&call, formats, 2);
    call_run(&call, 2000);
    check_tone(0, 1500);
    assert_int_equal(call_count(&call, 0, AUDIO_CODEC), 2);
    assert_int_equal(call_count(&call, 0, AUDIO_CHANGED), 0);
    struct audio_format opus[] = {call_format("opus", 48000, 2, 111),
                                  call_format("PCMA", 8000, 1, 8)};
    call.landed = count_byes;
    n_byes = 0;
    call_agree(&call, opus, 2);
    call_run(&call, 3000);
    assert_int_equal(n_byes, 2); /* of each one's last session (RFC 7160 4.1) */
    check_tone(0, 1500);
    check_tone(1, 1500);
    assert_true(str_equal(call_report(&call, 0).hears->encoding, STR("opus")));
    assert_int_equal(call_report(&call, 0).unknown, 0);
}

/* Each side has its own number for the same codec. */
static void test_payload_types_differ(void **state)
{
    struct audio_format of_a = call_format("PCMU", 8000, 1, 97), of_b = of_a;
    (void)state;
    of_a.receive = 98;
    of_b.send = 98;
    struct audio_terms a = call_terms(&call, 0, &of_a, 1), b = call_terms(&call, 1, &of_b, 1);
    assert_int_equal(audio_stream_agree(call.sides[0].stream, &a, call.now), OK);
    assert_int_equal(audio_stream_agree(call.sides[1].stream, &b, call.now), OK);
    call_run(&call, 2000);
    check_tone(0, 1000);
    check_tone(1, 1000);
}

static time_ns delay_uneven(struct call *c, unsigned to, bool rtcp)
{
    (void)to, (void)rtcp;
    return (30 + rand_below(&c->rand, 19)) * NS_PER_MS;
}

/* RFC 7160: one way 8 kHz, the other way 48 kHz; each side measures what it hears by its clock. */
static void test_clocks_differ(void **state)
{
    struct audio_format of_a[] = {call_format("PCMU", 8000, 1, 0),
                                  call_format("opus", 48000, 2, 111)},
                        of_b[] = {of_a[1], of_a[0]};
    (void)state;
    call.delay = delay_uneven;
    struct audio_terms a = call_terms(&call, 0, of_a, 2), b = call_terms(&call, 1, of_b, 2);
    assert_int_equal(audio_stream_agree(call.sides[0].stream, &a, call.now), OK);
    assert_int_equal(audio_stream_agree(call.sides[1].stream, &b, call.now), OK);
    call_run(&call, 5000);
    for (unsigned side = 0; side < 2; side++) {
        check_tone(side, 2000);
        struct audio_report r = call_report(&call, side);
        assert_ptr_equal(r.hears, side ? of_a[0].codec : of_a[1].codec);
        assert_true(r.jitter_ms > 3 && r.jitter_ms < 10);
    }
}

static void test_mux(void **state)
{
    struct audio_format pcmu = call_format("PCMU", 8000, 1, 0);
    (void)state;
    for (unsigned side = 0; side < 2; side++) {
        struct audio_terms terms = call_terms(&call, side, &pcmu, 1);
        terms.rtcp_mux = true;
        terms.rtcp = (struct addr){0};
        assert_int_equal(audio_stream_agree(call.sides[side].stream, &terms, call.now), OK);
    }
    call_run(&call, 20000);
    for (unsigned i = 0; i < CALL_FLIGHTS; i++)
        assert_false(call.flights[i].used && call.flights[i].rtcp);
    assert_true(call_report(&call, 0).told);
    check_tone(0, 1000);
}

/* RTP of somebody who is not the peer: a session of its own, with the codec that was agreed on. */
static void inject(struct rtp_session *from, const struct addr *addr, unsigned n)
{
    char bytes[256], payload[160];
    struct buf b;
    memset(payload, 0x20, sizeof payload);
    buf_init(&b, bytes, sizeof bytes);
    rtp_session_send(from, &b, n == 0, 96, n * 160, (struct str){payload, sizeof payload},
                     call.now);
    audio_stream_take(call.sides[0].stream, addr, buf_str(&b), call.now);
    audio_stream_take_rtcp(call.sides[0].stream, addr, buf_str(&b), call.now);
}

static struct rtp_session stranger_session(void)
{
    struct rtp_settings settings = {.clock = 8000, .bandwidth = 80000, .seed = rand_seed_from(99)};
    struct rtp_session s;
    rtp_session_begin(&s, &settings, call.now);
    return s;
}

static void test_strangers(void **state)
{
    struct addr elsewhere = call_addr("192.0.2.2:5002"), other = call_addr("198.51.100.1:5000");
    (void)state;
    call_agree_on(&call, "PCMU", 8000, 1);
    struct rtp_session stranger = stranger_session();
    for (unsigned i = 0; i < 100; i++) {
        inject(&stranger, i % 2 ? &elsewhere : &other, i);
        call_run(&call, 20);
    }
    check_tone(0, 1000);
    assert_int_equal(call_report(&call, 0).strangers, 200);
    assert_int_equal(call_count(&call, 0, AUDIO_LATCHED), 0);
}

/* Two sources at the peer's address: who speaks is heard, the other one is not mixed in. */
static void test_two_sources(void **state)
{
    (void)state;
    call_agree_on(&call, "PCMU", 8000, 1);
    struct rtp_session other = stranger_session();
    call_run(&call, 1000);
    for (unsigned i = 0; i < 100; i++) {
        inject(&other, &call.sides[1].rtp, i);
        call_run(&call, 20);
    }
    check_tone(0, 1000);
    assert_int_equal(call_count(&call, 0, AUDIO_CHANGED), 0);
}

static time_ns delay_lossy(struct call *c, unsigned to, bool rtcp)
{
    (void)to;
    return !rtcp && rand_below(&c->rand, 10) == 0 ? TIME_NEVER : 30 * NS_PER_MS;
}

/* What was lost of a source that has gone still counts. */
static void test_past_counts(void **state)
{
    struct audio_settings s = {.rate = 8000, .cname = STR("a@b"), .seed = rand_seed_from(55)};
    struct call_side *b = &call.sides[1];
    (void)state;
    call_agree_on(&call, "PCMU", 8000, 1);
    call.delay = delay_lossy;
    call_run(&call, 10000);
    call.delay = call_delay_usual;
    call_run(&call, 1000);
    int64_t lost = call_report(&call, 0).lost;
    assert_in_range(lost, 30, 70);
    audio_stream_free(b->stream);
    assert_int_equal(audio_stream_new(&mem_libc, &s, call.now, &b->stream), OK);
    struct audio_format pcmu = call_format("PCMU", 8000, 1, 96);
    struct audio_terms terms = call_terms(&call, 1, &pcmu, 1);
    assert_int_equal(audio_stream_agree(b->stream, &terms, call.now), OK);
    call_run(&call, 10000);
    assert_int_equal(call_count(&call, 0, AUDIO_CHANGED), 1);
    assert_true(call_report(&call, 0).lost >= lost && call_report(&call, 0).lost < lost + 10);
    assert_true(call_report(&call, 0).lost_percent > 3 && call_report(&call, 0).lost_percent < 7);
}

/* Behind a NAT they are elsewhere than they say: the first who is believed is heard, and nobody
 * else after that. */
static void test_latch(void **state)
{
    struct audio_format pcmu = call_format("PCMU", 8000, 1, 96);
    struct addr other = call_addr("198.51.100.1:5000");
    (void)state;
    struct audio_terms a = call_terms(&call, 0, &pcmu, 1), b = call_terms(&call, 1, &pcmu, 1);
    a.rtp = call_addr("10.0.0.7:5000");
    a.rtcp = call_addr("10.0.0.7:5001");
    a.latch = true;
    assert_int_equal(audio_stream_agree(call.sides[0].stream, &a, call.now), OK);
    assert_int_equal(audio_stream_agree(call.sides[1].stream, &b, call.now), OK);
    struct rtp_session stranger = stranger_session();
    inject(&stranger, &other, 0); /* one packet alone is not believed */
    for (unsigned i = 0; i < 6000 / CALL_FRAME_MS; i++) {
        /* what a sent to where they said that they are gets lost there */
        struct audio_output out;
        int16_t pcm[160] = {0};
        call.sides[1].n_heard = 0;
        if (call_count(&call, 0, AUDIO_LATCHED) > 0)
            break;
        audio_stream_send(call.sides[0].stream, pcm, 160, call.now);
        while (audio_stream_output(call.sides[0].stream, &out))
            assert_true(addr_equal_ip(&out.to, &a.rtp));
        call_frame(&call, 1);
        call.now += 20 * NS_PER_MS;
        call_land(&call);
    }
    assert_int_equal(call_count(&call, 0, AUDIO_LATCHED), 1);
    for (unsigned i = 0; i < call.sides[0].n_events; i++)
        if (call.sides[0].events[i].type == AUDIO_LATCHED)
            assert_true(addr_equal(&call.sides[0].events[i].from, &call.sides[1].rtp));
    call.sides[0].spoken = call.sides[1].spoken = 0;
    call.began = call.now;
    call_run(&call, 2000);
    check_tone(0, 1000);
    check_tone(1, 1000);
    for (unsigned i = 1; i < 50; i++)
        inject(&stranger, &other, i);
    assert_int_equal(call_report(&call, 0).strangers, 98 + 1);
    /* the same terms once more: they are where they are */
    assert_int_equal(audio_stream_agree(call.sides[0].stream, &a, call.now), OK);
    call_run(&call, 1000);
    check_tone(1, 500);
}

/* The peer's own packets, and none of them: nothing is heard, counted or written out of bounds. */
static void test_garbage(void **state)
{
    char bytes[1500];
    (void)state;
    call_agree_on(&call, "PCMU", 8000, 1);
    call_run(&call, 1000);
    for (unsigned i = 0; i < 20000; i++) {
        size_t len = rand_below(&call.rand, sizeof bytes);
        rand_bytes(&call.rand, bytes, len);
        if (len > 0 && i % 2)
            bytes[0] = (char)0x80;
        audio_stream_take(call.sides[0].stream, &call.sides[1].rtp, (struct str){bytes, len},
                          call.now);
        audio_stream_take_rtcp(call.sides[0].stream, &call.sides[1].rtcp, (struct str){bytes, len},
                               call.now);
        if (i % 10 == 0)
            call_run(&call, 1);
    }
    call_run(&call, 3000);
    check_tone(0, 1000);
}

/* They stop, and it is said once; they begin again with another source. */
static void test_silent(void **state)
{
    (void)state;
    call_agree_on(&call, "PCMU", 8000, 1);
    call_run(&call, 1000);
    struct call_side *b = &call.sides[1];
    audio_stream_free(b->stream);
    struct audio_settings s = {.rate = 8000, .cname = STR("a@b"), .seed = rand_seed_from(55)};
    assert_int_equal(audio_stream_new(&mem_libc, &s, call.now, &b->stream), OK);
    call_run(&call, 25000);
    assert_int_equal(call_count(&call, 0, AUDIO_SILENT), 1);
    struct audio_format pcmu = call_format("PCMU", 8000, 1, 96);
    struct audio_terms terms = call_terms(&call, 1, &pcmu, 1);
    assert_int_equal(audio_stream_agree(b->stream, &terms, call.now), OK);
    call_run(&call, 2000);
    assert_int_equal(call_count(&call, 0, AUDIO_CHANGED), 1);
    check_tone(0, 1000);
}

/* RFC 3550 6.3.7: the end is said to who has heard us; after it nothing is. */
static void test_end(void **state)
{
    struct audio_output out;
    int16_t pcm[160] = {0};
    (void)state;
    call_agree_on(&call, "PCMU", 8000, 1);
    call_run(&call, 1000);
    audio_stream_end(call.sides[0].stream, call.now);
    assert_true(audio_stream_output(call.sides[0].stream, &out));
    assert_true(out.rtcp && rtp_is_rtcp(out.bytes));
    assert_false(audio_stream_output(call.sides[0].stream, &out));
    audio_stream_send(call.sides[0].stream, pcm, 160, call.now);
    audio_stream_tick(call.sides[0].stream, call.now + 60 * NS_PER_S);
    assert_false(audio_stream_output(call.sides[0].stream, &out));
    assert_true(audio_stream_deadline(call.sides[0].stream) == TIME_NEVER);
}

static void test_invalid(void **state)
{
    struct audio_settings s = {.rate = 44100};
    struct audio_stream *none = NULL;
    struct audio_format events = call_format("telephone-event", 8000, 1, 101);
    struct audio_terms terms = call_terms(&call, 0, &events, 1);
    (void)state;
    assert_int_equal(audio_stream_new(&mem_libc, &s, call.now, &none), ERR_INVALID);
    assert_int_equal(audio_stream_agree(call.sides[0].stream, &terms, call.now), ERR_INVALID);
    audio_stream_free(NULL);
}

/* Every allocation refused in turn: the stream is not there, or is as it was, and goes on. */
static void test_no_memory(void **state)
{
    struct audio_format formats[] = {call_format("opus", 48000, 2, 111),
                                     call_format("PCMA", 8000, 1, 8)};
    (void)state;
    for (size_t spare = 0; spare < 12; spare++) {
        struct mem_counting m = mem_counting();
        struct audio_settings s = {.rate = 8000, .detect_digits = true, .seed = rand_seed_from(1)};
        struct audio_stream *a = NULL;
        int16_t pcm[160] = {0};
        m.refuse_after = spare;
        if (audio_stream_new(&m.mem, &s, call.now, &a) == OK) {
            struct audio_terms terms = call_terms(&call, 0, formats, 2);
            int error = audio_stream_agree(a, &terms, call.now);
            terms.formats++;
            terms.n_formats = 1;
            int again = audio_stream_agree(a, &terms, call.now);
            assert_true((error == OK || error == ERR_NOMEM) && (again == OK || again == ERR_NOMEM));
            audio_stream_send(a, pcm, 160, call.now);
            audio_stream_play(a, pcm, 160, call.now);
            audio_stream_tick(a, call.now);
            audio_stream_free(a);
        }
        assert_int_equal(m.n_live, 0);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_each_codec),    TEST(test_ptime),         TEST(test_report),
        TEST(test_direction),     TEST(test_codec_changes), TEST(test_payload_types_differ),
        TEST(test_clocks_differ), TEST(test_mux),           TEST(test_strangers),
        TEST(test_two_sources),   TEST(test_past_counts),   TEST(test_latch),
        TEST(test_garbage),       TEST(test_silent),        TEST(test_end),
        TEST(test_invalid),       TEST(test_no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
