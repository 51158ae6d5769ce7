/* Offers and answers in a session: delayed, changed, held, refused, crossing (RFC 3264, RFC 3261
 * 14, RFC 3311, RFC 6141, RFC 6337). */
#include "rig.h"

#include <string.h>

static struct rig r;
static ua_call alice, bob;

static struct ua *ua(enum rig_who who)
{
    return r.side[who].ua;
}

static void end_call(void)
{
    assert_int_equal(call_end(ua(ALICE), alice, STR_NONE, r.now), OK);
    rig_pass(&r, 50 * MS);
    rig_expect_end(&r, ALICE, CALL_END_HUNG_UP);
    rig_expect_end(&r, BOB, CALL_END_BYE);
    rig_end(&r);
}

static enum sdp_direction told(enum rig_who who)
{
    const struct rig_event *e = rig_expect(&r, who, UA_CALL_MEDIA);
    assert_true(e->agreed[0].live);
    return e->agreed[0].direction;
}

/* "o=- ID VERSION" */
static unsigned long version_in(const char *text)
{
    const char *at = strstr(text, "\r\no=- ");
    assert_non_null(at);
    return strtoul(strchr(at + 6, ' '), NULL, 10);
}

/* Alice calls without an offer, Bob answers with his. By the length of To her ACK needs a block of
 * its own. */
static void call_later(void)
{
    const struct call_start start = {.account = r.side[ALICE].account,
                                     .target = STR("sip:bob@192.0.2.2"),
                                     .to = STR("\"Bob, on the second floor, by the stairs, to "
                                               "the left\" <sip:bob@192.0.2.2>"),
                                     .media = rig_media(4000),
                                     .offer_later = true};
    assert_int_equal(call_start(ua(ALICE), &start, r.now, &alice), OK);
    rig_pass(&r, 50 * MS);
    bob = rig_expect(&r, BOB, UA_CALL_INCOMING)->ev.call;
    assert_false(rig_has(rig_last(&r, ALICE, "INVITE "), "v=0"));
    assert_int_equal(call_answer(ua(BOB), bob, rig_media(5000), r.now), OK);
    rig_drain(&r);
}

static void the_answer_of_a_late_offer_is_in_the_ack(void **state)
{
    (void)state;
    rig_new(&r);
    call_later();
    rig_expect_none(&r, BOB);
    rig_pass(&r, 50 * MS);
    assert_true(rig_has(rig_last(&r, BOB, "SIP/2.0 200"), "m=audio 5000 RTP/AVP 0 8 101"));
    assert_true(rig_has(rig_last(&r, ALICE, "ACK "), "m=audio 4000 RTP/AVP 0 8 101"));
    assert_int_equal(told(ALICE), SDP_SENDRECV);
    rig_expect(&r, ALICE, UA_CALL_ANSWERED);
    assert_int_equal(told(BOB), SDP_SENDRECV);
    rig_expect(&r, BOB, UA_CALL_CONFIRMED);
    end_call();
}

/* Alice's INVITE within the dialog went behind her ACK, if at all. */
static void check_order(void)
{
    bool acked = false;
    for (size_t i = 0; i < r.n_sent; i++) {
        const char *text = r.sent[i].text;
        if (r.sent[i].from != ALICE)
            continue;
        acked = acked || strncmp(text, "ACK ", 4) == 0;
        assert_true(acked || strncmp(text, "INVITE ", 7) != 0 ||
                    !rig_has(rig_value(text, "To"), ";tag="));
    }
}

static bool is_confirmed(void)
{
    struct call_view v;
    return call_look(ua(ALICE), alice, &v) == OK && v.state == CALL_CONFIRMED;
}

/* The 2xx to a late offer comes; then Alice, who has memory again, holds the call. Was she in a
 * call without having said so? */
static bool answer_late(size_t refuse_after, size_t refuse_one)
{
    rig_new(&r);
    call_later();
    struct mem_counting *mem = &r.side[ALICE].mem;
    mem->refuse_after = refuse_after;
    mem->refuse_one = refuse_one;
    rig_pass(&r, 15 * MS);
    bool owed = is_confirmed() && rig_count(&r, ALICE, "ACK ") == 0;
    mem->refuse_after = SIZE_MAX;
    mem->refuse_one = 0;
    (void)!call_hold(ua(ALICE), alice, true, r.now);
    rig_drain(&r);
    rig_pass(&r, 5 * SECOND);
    check_order();
    assert_int_equal(call_end(ua(ALICE), alice, STR_NONE, r.now), OK);
    rig_end(&r);
    return owed;
}

/* RFC 3264 4: whatever of it finds no memory; and the call stands. */
static void no_offer_goes_before_the_answer(void **state)
{
    (void)state;
    unsigned owed = 0;
    for (size_t i = 0; i < 20; i++) {
        owed += answer_late(i, 0);
        owed += answer_late(SIZE_MAX, i + 1);
    }
    assert_true(owed > 0);
}

static void either_side_holds_and_resumes(void **state)
{
    (void)state;
    struct call_view view;
    rig_new(&r);
    rig_talk(&r, &alice, &bob);
    unsigned long before = version_in(rig_last(&r, ALICE, "INVITE "));
    assert_int_equal(call_hold(ua(ALICE), alice, true, r.now), OK);
    rig_pass(&r, 50 * MS);
    assert_true(rig_has(rig_last(&r, ALICE, "INVITE "), "a=sendonly\r\n"));
    assert_int_equal(version_in(rig_last(&r, ALICE, "INVITE ")), before + 1);
    assert_int_equal(told(ALICE), SDP_SENDONLY);
    assert_int_equal(told(BOB), SDP_RECVONLY);
    assert_int_equal(call_look(ua(ALICE), alice, &view), OK);
    assert_true(view.is_held);
    assert_int_equal(call_look(ua(BOB), bob, &view), OK);
    assert_true(view.is_held_by);
    assert_int_equal(call_hold(ua(BOB), bob, true, r.now), OK);
    rig_pass(&r, 50 * MS);
    assert_int_equal(told(BOB), SDP_INACTIVE);
    assert_int_equal(told(ALICE), SDP_INACTIVE);
    assert_int_equal(call_hold(ua(ALICE), alice, false, r.now), OK);
    rig_pass(&r, 50 * MS);
    assert_int_equal(told(ALICE), SDP_RECVONLY);
    assert_int_equal(told(BOB), SDP_SENDONLY);
    assert_int_equal(call_hold(ua(BOB), bob, false, r.now), OK);
    rig_pass(&r, 50 * MS);
    assert_int_equal(told(BOB), SDP_SENDRECV);
    assert_int_equal(told(ALICE), SDP_SENDRECV);
    end_call();
}

static void streams_come_and_go_in_their_places(void **state)
{
    (void)state;
    static const struct sdp_codec video = {STR_INIT("H264"), 90000, 1, 97, {NULL, 0}};
    rig_new(&r);
    rig_talk(&r, &alice, &bob);
    struct sdp_stream both[2] = {rig_media(4000)->streams[0],
                                 {.kind = STR("video"),
                                  .proto = STR("RTP/AVP"),
                                  .port = 4002,
                                  .direction = SDP_SENDRECV,
                                  .codecs = &video,
                                  .n_codecs = 1}};
    struct sdp_local media = *rig_media(4000);
    media.streams = both;
    media.n_streams = 2;
    assert_int_equal(call_change(ua(ALICE), alice, &media, r.now), OK);
    rig_pass(&r, 50 * MS);
    const struct rig_event *e = rig_expect(&r, ALICE, UA_CALL_MEDIA);
    assert_int_equal(e->ev.n_agreed, 2);
    assert_true(e->agreed[0].live);
    assert_false(e->agreed[1].live);
    assert_true(rig_has(rig_last(&r, BOB, "SIP/2.0 200"), "m=video 0 RTP/AVP 97\r\n"));
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    /* The video is dropped, and an offer of Bob's keeps its place. */
    both[1].port = 0;
    assert_int_equal(call_change(ua(ALICE), alice, &media, r.now), OK);
    rig_pass(&r, 50 * MS);
    assert_true(rig_has(rig_last(&r, ALICE, "INVITE "), "m=video 0 RTP/AVP"));
    rig_expect(&r, ALICE, UA_CALL_MEDIA);
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    assert_int_equal(call_hold(ua(BOB), bob, true, r.now), OK);
    rig_pass(&r, 50 * MS);
    assert_true(rig_has(rig_last(&r, BOB, "INVITE "), "m=video 0 RTP/AVP"));
    assert_int_equal(told(BOB), SDP_SENDONLY);
    assert_int_equal(told(ALICE), SDP_RECVONLY);
    end_call();
}

/* Alice's media with this codec alone. */
static const struct sdp_local *in_pcma(void)
{
    static const struct sdp_codec pcma = {STR_INIT("PCMA"), 8000, 1, 8, {NULL, 0}};
    static struct sdp_stream stream;
    static struct sdp_local media;
    media = *rig_media(4000);
    stream = media.streams[0];
    stream.codecs = &pcma;
    stream.n_codecs = 1;
    media.streams = &stream;
    return &media;
}

static void a_codec_is_changed(void **state)
{
    (void)state;
    rig_new(&r);
    rig_talk(&r, &alice, &bob);
    assert_int_equal(call_change(ua(ALICE), alice, in_pcma(), r.now), OK);
    rig_pass(&r, 50 * MS);
    const struct rig_event *e = rig_expect(&r, BOB, UA_CALL_MEDIA);
    assert_int_equal(e->agreed[0].n_formats, 1);
    assert_int_equal(e->agreed[0].formats[0].send, 8);
    assert_string_equal(e->codec, "PCMA"); /* the second one of Bob's, the first of Alice's */
    e = rig_expect(&r, ALICE, UA_CALL_MEDIA);
    assert_string_equal(e->codec, "PCMA");
    end_call();
}

static void check_held_in_pcma(const struct rig_event *e, enum sdp_direction direction)
{
    assert_int_equal(e->agreed[0].direction, direction);
    assert_int_equal(e->agreed[0].n_formats, 1);
    assert_int_equal(e->agreed[0].formats[0].send, 8);
}

static void what_is_held_stays_held_in_another_codec(void **state)
{
    (void)state;
    struct call_view view;
    rig_new(&r);
    rig_talk(&r, &alice, &bob);
    assert_int_equal(call_hold(ua(ALICE), alice, true, r.now), OK);
    rig_pass(&r, 50 * MS);
    assert_int_equal(told(ALICE), SDP_SENDONLY);
    assert_int_equal(told(BOB), SDP_RECVONLY);
    assert_int_equal(call_change(ua(ALICE), alice, in_pcma(), r.now), OK);
    rig_pass(&r, 50 * MS);
    check_held_in_pcma(rig_expect(&r, ALICE, UA_CALL_MEDIA), SDP_SENDONLY);
    check_held_in_pcma(rig_expect(&r, BOB, UA_CALL_MEDIA), SDP_RECVONLY);
    assert_int_equal(call_look(ua(ALICE), alice, &view), OK);
    assert_true(view.is_held);
    assert_int_equal(call_hold(ua(ALICE), alice, false, r.now), OK);
    rig_pass(&r, 50 * MS);
    check_held_in_pcma(rig_expect(&r, ALICE, UA_CALL_MEDIA), SDP_SENDRECV);
    check_held_in_pcma(rig_expect(&r, BOB, UA_CALL_MEDIA), SDP_SENDRECV);
    end_call();
}

/* RFC 3261 14.1, 14.2: both get 491, and try again at different times. */
static void two_offers_that_cross_both_come_through(void **state)
{
    (void)state;
    rig_new(&r);
    rig_talk(&r, &alice, &bob);
    assert_int_equal(call_hold(ua(ALICE), alice, true, r.now), OK);
    assert_int_equal(call_hold(ua(BOB), bob, true, r.now), OK);
    rig_pass(&r, 50 * MS);
    assert_int_equal(rig_count(&r, ALICE, "SIP/2.0 491"), 1);
    assert_int_equal(rig_count(&r, BOB, "SIP/2.0 491"), 1);
    rig_expect_none(&r, ALICE);
    rig_expect_none(&r, BOB);
    rig_pass(&r, 5 * SECOND);
    /* Alice answers Bob's by what she wants herself, and then offers it. */
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(told(ALICE), SDP_INACTIVE);
        assert_int_equal(told(BOB), SDP_INACTIVE);
    }
    end_call();
}

/* --- with a peer --- */
static const char *ok; /* Bob's 200 to the peer */

static void peer_calls_bob(const char *sdp)
{
    rig_new(&r);
    rig_peer_invite(&r, "peer-1", "Allow: INVITE, ACK, UPDATE\r\n", sdp);
    bob = rig_expect(&r, BOB, UA_CALL_INCOMING)->ev.call;
    assert_int_equal(call_answer(ua(BOB), bob, rig_media(5000), r.now), OK);
    rig_pass(&r, 20 * MS);
    ok = rig_peer_next(&r, "SIP/2.0 200");
    rig_peer_request(&r, BOB, "ACK", ok, 1, "", "");
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    rig_expect(&r, BOB, UA_CALL_CONFIRMED);
}

static void peer_hangs_up(unsigned cseq)
{
    rig_peer_request(&r, BOB, "BYE", ok, cseq, "", "");
    rig_expect_end(&r, BOB, CALL_END_BYE);
    rig_expect_none(&r, BOB);
    rig_end(&r);
}

/* RFC 3264 8.4 */
static void the_old_hold_is_understood(void **state)
{
    (void)state;
    peer_calls_bob(rig_sdp(6000, ""));
    rig_peer_request(&r, BOB, "INVITE", ok, 2, "",
                     "v=0\r\no=- 1 2 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
                     "m=audio 6000 RTP/AVP 0\r\n");
    assert_int_equal(told(BOB), SDP_RECVONLY);
    rig_pass(&r, 20 * MS);
    assert_true(rig_has(rig_peer_next(&r, "SIP/2.0 200"), "a=recvonly"));
    rig_peer_request(&r, BOB, "ACK", ok, 2, "", "");
    peer_hangs_up(3);
}

/* RFC 8866 5.14: the call is made of the payload types that are some. */
static void a_format_that_is_none_refuses_nothing(void **state)
{
    (void)state;
    rig_new(&r);
    rig_peer_invite(&r, "peer-1", "",
                    "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
                    "m=audio 6000 RTP/AVP x 0\r\na=sendonly\r\n");
    bob = rig_expect(&r, BOB, UA_CALL_INCOMING)->ev.call;
    assert_int_equal(call_would_refuse(ua(BOB), bob, rig_media(5000)), 0);
    assert_int_equal(call_answer(ua(BOB), bob, rig_media(5000), r.now), OK);
    rig_pass(&r, 20 * MS);
    ok = rig_peer_next(&r, "SIP/2.0 200");
    assert_true(rig_has(ok, "\r\nm=audio 5000 RTP/AVP 0\r\n") && rig_has(ok, "\r\na=recvonly"));
    rig_peer_request(&r, BOB, "ACK", ok, 1, "", "");
    assert_int_equal(told(BOB), SDP_RECVONLY);
    rig_expect(&r, BOB, UA_CALL_CONFIRMED);
    peer_hangs_up(2);
}

static void an_offer_without_a_codec_of_ours_changes_nothing(void **state)
{
    (void)state;
    struct call_view view;
    peer_calls_bob(rig_sdp(6000, ""));
    rig_peer_request(&r, BOB, "INVITE", ok, 2, "",
                     "v=0\r\no=- 1 2 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
                     "m=audio 6600 RTP/AVP 18\r\n");
    rig_pass(&r, 20 * MS);
    assert_true(rig_has(rig_peer_next(&r, "SIP/2.0 488"), "\r\nWarning: 305 "));
    rig_peer_request(&r, BOB, "ACK", ok, 2, "", "");
    rig_expect_none(&r, BOB);
    assert_int_equal(call_look(ua(BOB), bob, &view), OK);
    assert_int_equal(view.agreed[0].port, 6000);
    rig_peer_request(&r, BOB, "UPDATE", ok, 3, "", rig_sdp(6700, ""));
    assert_int_equal(rig_expect(&r, BOB, UA_CALL_MEDIA)->agreed[0].port, 6700);
    peer_hangs_up(4);
}

static void an_invite_without_offer_gets_one(void **state)
{
    (void)state;
    peer_calls_bob(rig_sdp(6000, ""));
    rig_peer_request(&r, BOB, "INVITE", ok, 2, "", "");
    rig_pass(&r, 20 * MS);
    assert_true(rig_has(rig_peer_next(&r, "SIP/2.0 200"), "m=audio 5000"));
    rig_peer_request(&r, BOB, "ACK", ok, 2, "", rig_sdp(6800, ""));
    assert_int_equal(rig_expect(&r, BOB, UA_CALL_MEDIA)->agreed[0].port, 6800);
    peer_hangs_up(3);
}

static void an_ack_without_its_answer_ends_the_call(void **state)
{
    (void)state;
    peer_calls_bob(rig_sdp(6000, ""));
    rig_peer_request(&r, BOB, "INVITE", ok, 2, "", "");
    rig_peer_request(&r, BOB, "ACK", ok, 2, "", "");
    rig_pass(&r, 20 * MS);
    rig_expect_end(&r, BOB, CALL_END_NO_AGREEMENT);
    const char *bye = rig_peer_next(&r, "BYE ");
    assert_true(rig_has(bye, "\r\nReason: SIP;cause=488"));
    rig_peer_answer(&r, BOB, bye, 200, "", "", "");
    rig_end(&r);
}

/* A refused offer: what was agreed holds, and the wish with it (RFC 3261 14.1). */
static void a_refused_change_is_taken_back(void **state)
{
    (void)state;
    struct call_view view;
    peer_calls_bob(rig_sdp(6000, ""));
    assert_int_equal(call_hold(ua(BOB), bob, true, r.now), OK);
    rig_pass(&r, 20 * MS);
    rig_peer_answer(&r, BOB, rig_peer_next(&r, "INVITE "), 488, "", "Warning: 304 peer \"No\"\r\n",
                    "");
    const struct rig_event *e = rig_expect(&r, BOB, UA_CALL_CHANGE_FAILED);
    assert_int_equal(e->ev.status, 488);
    assert_true(rig_has(e->text, "Warning: 304"));
    assert_int_equal(call_look(ua(BOB), bob, &view), OK);
    assert_false(view.is_held);
    assert_int_equal(view.agreed[0].direction, SDP_SENDRECV);
    /* an offer of theirs is answered as before */
    rig_peer_request(&r, BOB, "UPDATE", ok, 2, "", rig_sdp(6100, ""));
    assert_int_equal(told(BOB), SDP_SENDRECV);
    peer_hangs_up(3);
}

static void a_491_is_waited_out(void **state)
{
    (void)state;
    peer_calls_bob(rig_sdp(6000, ""));
    assert_int_equal(call_hold(ua(BOB), bob, true, r.now), OK);
    rig_pass(&r, 20 * MS);
    rig_peer_answer(&r, BOB, rig_peer_next(&r, "INVITE "), 491, "", "", "");
    /* RFC 3261 14.1: the peer made the Call-ID: at most two seconds */
    rig_pass(&r, 2100 * MS);
    const char *again = rig_peer_next(&r, "INVITE ");
    assert_true(rig_has(again, "a=sendonly"));
    rig_peer_answer(&r, BOB, again, 200, "", "", rig_sdp(6000, "a=recvonly\r\n"));
    assert_int_equal(told(BOB), SDP_SENDONLY);
    rig_pass(&r, 20 * MS);
    rig_peer_next(&r, "ACK ");
    peer_hangs_up(2);
}

static void who_always_says_491_has_refused(void **state)
{
    (void)state;
    struct call_view view;
    peer_calls_bob(rig_sdp(6000, ""));
    assert_int_equal(call_hold(ua(BOB), bob, true, r.now), OK);
    for (unsigned i = 0; i <= LIMIT_UA_CHANGE_TRIES; i++) {
        rig_expect_none(&r, BOB);
        while (rig_count(&r, BOB, "INVITE ") == i)
            rig_pass(&r, 10 * MS);
        rig_pass(&r, 20 * MS);
        rig_peer_answer(&r, BOB, rig_peer_next(&r, "INVITE "), 491, "", "", "");
    }
    assert_int_equal(rig_expect(&r, BOB, UA_CALL_CHANGE_FAILED)->ev.status, 491);
    assert_int_equal(call_look(ua(BOB), bob, &view), OK);
    assert_false(view.is_held);
    rig_pass(&r, 5 * SECOND);
    assert_int_equal(rig_count(&r, BOB, "INVITE "), LIMIT_UA_CHANGE_TRIES + 1);
    peer_hangs_up(2);
}

/* RFC 3264 8.3.2: the peer calls PCMA 105: so do our offers. */
static void payload_types_stay_what_the_peer_made_them(void **state)
{
    (void)state;
    const char *sdp = "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
                      "m=audio 6000 RTP/AVP 105 0\r\na=rtpmap:105 PCMA/8000\r\n";
    peer_calls_bob(sdp);
    assert_int_equal(call_hold(ua(BOB), bob, true, r.now), OK);
    rig_pass(&r, 20 * MS);
    const char *offer = rig_peer_next(&r, "INVITE ");
    assert_true(rig_has(offer, "a=rtpmap:105 PCMA/8000"));
    assert_false(rig_has(offer, "a=rtpmap:8 "));
    rig_peer_answer(&r, BOB, offer, 200, "", "", sdp);
    rig_pass(&r, 20 * MS);
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    rig_peer_next(&r, "ACK ");
    peer_hangs_up(2);
}

static void a_request_in_dialog_that_finds_nobody_ends_the_call(void **state)
{
    (void)state;
    peer_calls_bob(rig_sdp(6000, ""));
    assert_int_equal(call_hold(ua(BOB), bob, true, r.now), OK);
    rig_pass(&r, 20 * MS);
    rig_peer_answer(&r, BOB, rig_peer_next(&r, "INVITE "), 481, "", "", "");
    assert_int_equal(rig_expect_end(&r, BOB, CALL_END_GONE)->ev.status, 481);
    rig_pass(&r, 20 * MS);
    rig_peer_answer(&r, BOB, rig_peer_next(&r, "BYE "), 481, "", "", "");
    rig_end(&r);
}

/* RFC 3311 5.2, RFC 3261 14.2 */
static void offers_out_of_turn_are_refused(void **state)
{
    (void)state;
    peer_calls_bob(rig_sdp(6000, ""));
    assert_int_equal(call_hold(ua(BOB), bob, true, r.now), OK);
    rig_pass(&r, 20 * MS);
    const char *invite = rig_peer_next(&r, "INVITE ");
    rig_peer_request(&r, BOB, "UPDATE", ok, 2, "", rig_sdp(6100, ""));
    rig_peer_request(&r, BOB, "INVITE", ok, 3, "", rig_sdp(6100, ""));
    rig_pass(&r, 20 * MS);
    assert_int_equal(rig_count(&r, BOB, "SIP/2.0 491"), 2);
    rig_peer_request(&r, BOB, "ACK", ok, 3, "", "");
    rig_peer_answer(&r, BOB, invite, 200, "", "", rig_sdp(6000, "a=recvonly\r\n"));
    assert_int_equal(told(BOB), SDP_SENDONLY);
    /* one after the other: 500 while the first is not acknowledged */
    rig_peer_request(&r, BOB, "INVITE", ok, 4, "", rig_sdp(6200, ""));
    rig_peer_request(&r, BOB, "INVITE", ok, 5, "", rig_sdp(6300, ""));
    rig_pass(&r, 20 * MS);
    assert_true(rig_value(rig_last(&r, BOB, "SIP/2.0 500"), "Retry-After")[0] != '\0');
    rig_peer_request(&r, BOB, "ACK", ok, 4, "", "");
    rig_peer_request(&r, BOB, "ACK", ok, 5, "", "");
    rig_expect(&r, BOB, UA_CALL_MEDIA);
    /* a number that was used before */
    rig_peer_request(&r, BOB, "INFO", ok, 4, "", "");
    rig_pass(&r, 20 * MS);
    assert_int_equal(rig_count(&r, BOB, "SIP/2.0 500"), 2);
    peer_hangs_up(6);
}

static void answers_that_lie_end_the_call(void **state)
{
    (void)state;
    static const char *const lies[] = {
        "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n",
        "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
        "m=audio 6000 RTP/AVP 18\r\n",
        "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
        "m=audio 6000 RTP/AVP 0\r\nm=audio 6002 RTP/AVP 0\r\n",
        "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
        "m=audio 0 RTP/AVP 0\r\n",
        "nonsense\r\n",
        "", /* none at all */
    };
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        rig_new(&r);
        alice = rig_call(&r, "sip:peer@192.0.2.9");
        rig_pass(&r, 20 * MS);
        rig_peer_answer(&r, ALICE, rig_peer_next(&r, "INVITE "), 200, "a", "", lies[i]);
        rig_expect_end(&r, ALICE, CALL_END_NO_AGREEMENT);
        rig_pass(&r, 20 * MS);
        rig_peer_next(&r, "ACK ");
        rig_peer_answer(&r, ALICE, rig_peer_next(&r, "BYE "), 200, "", "", "");
        rig_expect_none(&r, ALICE);
        rig_end(&r);
    }
}

static void nothing_of_the_offer_fits(void **state)
{
    (void)state;
    rig_new(&r);
    rig_peer_invite(&r, "peer-2", "",
                    "v=0\r\no=- 1 2 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
                    "m=audio 6600 RTP/AVP 18\r\n");
    bob = rig_expect(&r, BOB, UA_CALL_INCOMING)->ev.call;
    assert_int_equal(call_would_refuse(ua(BOB), bob, rig_media(5000)), 488);
    assert_int_equal(call_answer(ua(BOB), bob, rig_media(5000), r.now), ERR_INVALID);
    assert_int_equal(
        call_refuse(ua(BOB), bob, 488, STR("Warning: 305 bob \"None fits\"\r\n"), r.now), OK);
    rig_pass(&r, 20 * MS);
    assert_true(rig_has(rig_peer_next(&r, "SIP/2.0 488"), "Warning: 305 bob"));
    assert_int_equal(rig_expect_end(&r, BOB, CALL_END_REFUSED_BY_US)->ev.status, 488);
    rig_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_answer_of_a_late_offer_is_in_the_ack),
        cmocka_unit_test(no_offer_goes_before_the_answer),
        cmocka_unit_test(either_side_holds_and_resumes),
        cmocka_unit_test(streams_come_and_go_in_their_places),
        cmocka_unit_test(a_codec_is_changed),
        cmocka_unit_test(what_is_held_stays_held_in_another_codec),
        cmocka_unit_test(two_offers_that_cross_both_come_through),
        cmocka_unit_test(the_old_hold_is_understood),
        cmocka_unit_test(a_format_that_is_none_refuses_nothing),
        cmocka_unit_test(an_offer_without_a_codec_of_ours_changes_nothing),
        cmocka_unit_test(an_invite_without_offer_gets_one),
        cmocka_unit_test(an_ack_without_its_answer_ends_the_call),
        cmocka_unit_test(a_refused_change_is_taken_back),
        cmocka_unit_test(payload_types_stay_what_the_peer_made_them),
        cmocka_unit_test(a_491_is_waited_out),
        cmocka_unit_test(who_always_says_491_has_refused),
        cmocka_unit_test(a_request_in_dialog_that_finds_nobody_ends_the_call),
        cmocka_unit_test(offers_out_of_turn_are_refused),
        cmocka_unit_test(answers_that_lie_end_the_call),
        cmocka_unit_test(nothing_of_the_offer_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
