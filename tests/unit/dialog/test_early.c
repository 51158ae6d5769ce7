/* Early dialogs of one forked INVITE: made, confirmed, recomputed, ended. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "fixture.h"

#define LINGER (32 * NS_PER_S) /* 64*T1 */

static struct counting_mem heap;
static struct early early;

static int setup(void **state)
{
    (void)state;
    heap = (struct counting_mem)COUNTING_MEM;
    struct dialog_start s = alice_calls_bob();
    assert_int_equal(early_init(&early, &heap.mem, &s, LINGER), OK);
    struct uri hop;
    print_request(&early.trying, "INVITE", &hop);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    early_fini(&early);
    assert_int_equal(heap.live_bytes, 0);
    return 0;
}

static int respond(const char *status, const char *tag, const char *rest, time_ns now,
                   struct dialog **d)
{
    char text[1024];
    snprintf(text, sizeof(text), "SIP/2.0 %s\r\n" RESPONSE_HEAD("%s") "%s\r\n", status, tag, rest);
    return early_response(&early, parse(text), now, d);
}

/* RFC 3261 13.2.2.1 */
static void provisional_responses_make_a_dialog_a_tag(void **state)
{
    (void)state;
    struct dialog *a, *b, *again;
    assert_int_equal(respond("100 Trying", "", "", 0, &a), EARLY_NONE);
    assert_int_equal(respond("180 Ringing", "", "", 0, &a), EARLY_NONE);
    assert_int_equal(respond("180 Ringing", ";tag=a", "", 0, &a), EARLY_NEW);
    assert_int_equal(respond("180 Ringing", ";tag=b", "", 0, &b), EARLY_NEW);
    assert_ptr_not_equal(a, b);
    assert_int_equal(respond("183 Progress", ";tag=a", "", 0, &again), EARLY_KNOWN);
    assert_ptr_equal(a, again);
    assert_ptr_equal(early_find(&early, STR("b")), b);
    assert_int_equal(early_count(&early, DIALOG_EARLY), 2);
    /* requests within an early dialog count by themselves */
    struct uri hop;
    assert_has(print_request(a, "UPDATE", &hop), "CSeq: 314160 UPDATE\r\n");
    assert_has(print_request(b, "PRACK", &hop), "CSeq: 314160 PRACK\r\n");
}

/* RFC 3261 13.2.2.4: the route set is made anew, sequence numbers stay */
static void a_2xx_confirms_and_recomputes(void **state)
{
    (void)state;
    struct dialog *d, *same;
    struct uri hop;
    respond("180 Ringing", ";tag=a", "Contact: <sip:early@b>\r\n", 0, &d);
    print_request(d, "UPDATE", &hop);
    int r = respond("200 OK", ";tag=a",
                    "Record-Route: <sip:p2;lr>,<sip:p1;lr>\r\nContact: <sip:late@b>\r\n", 5, &same);
    assert_int_equal(r, EARLY_CONFIRMED);
    assert_ptr_equal(d, same);
    assert_int_equal(d->state, DIALOG_CONFIRMED);
    assert_str(d->routes, "<sip:p1;lr>,<sip:p2;lr>");
    assert_str(d->remote_target, "sip:late@b");
    struct str ack = print_request(d, "ACK", &hop);
    assert_has(ack, "ACK sip:late@b SIP/2.0\r\nRoute: <sip:p1;lr>,<sip:p2;lr>\r\n");
    assert_has(ack, "CSeq: 314159 ACK\r\n");
    assert_str(hop.text, "sip:p1;lr");
    assert_has(print_request(d, "INFO", &hop), "CSeq: 314161 INFO\r\n");
}

/* RFC 3261 13.2.2.4: each 2xx is acknowledged, also after we hung up */
static void a_2xx_that_comes_again_is_told(void **state)
{
    (void)state;
    struct dialog *d;
    struct uri hop;
    assert_int_equal(respond("200 OK", ";tag=a", "Contact: <sip:b@c>\r\n", 0, &d), EARLY_CONFIRMED);
    assert_int_equal(respond("200 OK", ";tag=a", "Contact: <sip:x@y>\r\n", 0, &d), EARLY_AGAIN);
    assert_str(d->remote_target, "sip:b@c");
    print_request(d, "BYE", &hop);
    dialog_terminate(d);
    assert_int_equal(respond("200 OK", ";tag=a", "", 0, &d), EARLY_AGAIN);
    assert_has(print_request(d, "ACK", &hop), "CSeq: 314159 ACK\r\n");
}

/* RFC 3261 15.1.2, 13.2.2.4: the callee's BYE may overtake its 2xx, which is then acknowledged each
 * time, and told as the first but once */
static void a_2xx_behind_a_bye_is_told_once(void **state)
{
    (void)state;
    struct dialog *d;
    struct uri hop;
    respond("180 Ringing", ";tag=a", "Contact: <sip:b@c>\r\n", 0, &d);
    dialog_terminate(d);
    assert_int_equal(respond("200 OK", ";tag=a", "Contact: <sip:b@c>\r\n", 0, &d), EARLY_CONFIRMED);
    assert_int_equal(d->state, DIALOG_TERMINATED);
    assert_has(print_request(d, "ACK", &hop), "CSeq: 314159 ACK\r\n");
    assert_int_equal(respond("200 OK", ";tag=a", "Contact: <sip:b@c>\r\n", 0, &d), EARLY_AGAIN);
}

/* RFC 3261 13.2.2.4: two answers are two dialogs; 64*T1 later the early ones are over */
static void forks_end_64_t1_after_the_first_2xx(void **state)
{
    (void)state;
    struct dialog *a, *b, *c;
    respond("180 Ringing", ";tag=a", "", 0, &a);
    respond("180 Ringing", ";tag=b", "", 0, &b);
    assert_true(early_deadline(&early) == TIME_NEVER);
    respond("200 OK", ";tag=b", "", 1000, &b);
    assert_true(early_deadline(&early) == 1000 + LINGER);
    assert_int_equal(respond("200 OK", ";tag=c", "", 2000, &c), EARLY_CONFIRMED);
    assert_true(early_deadline(&early) == 1000 + LINGER);
    early_time(&early, 999 + LINGER);
    assert_int_equal(a->state, DIALOG_EARLY);
    early_time(&early, 1000 + LINGER);
    assert_int_equal(a->state, DIALOG_TERMINATED);
    assert_int_equal(b->state, DIALOG_CONFIRMED);
    assert_int_equal(c->state, DIALOG_CONFIRMED);
    assert_true(early_deadline(&early) == TIME_NEVER);
    struct dialog *late;
    assert_int_equal(respond("200 OK", ";tag=d", "", 0, &late), EARLY_NONE);
    assert_int_equal(respond("200 OK", ";tag=a", "", 0, &late), EARLY_NONE);
    assert_int_equal(respond("180 Ringing", ";tag=e", "", 0, &late), EARLY_NONE);
    early_drop(&early, a);
    assert_int_equal(early.n, 2);
}

/* RFC 3261 13.2.2.3 */
static void a_failure_ends_all_early_dialogs(void **state)
{
    (void)state;
    struct dialog *a, *b, *d;
    respond("180 Ringing", ";tag=a", "", 0, &a);
    respond("180 Ringing", ";tag=b", "", 0, &b);
    assert_int_equal(respond("486 Busy Here", ";tag=b", "", 0, &d), EARLY_FAILED);
    assert_int_equal(a->state, DIALOG_TERMINATED);
    assert_int_equal(b->state, DIALOG_TERMINATED);
    assert_int_equal(respond("486 Busy Here", ";tag=b", "", 0, &d), EARLY_NONE);
    assert_int_equal(respond("180 Ringing", ";tag=c", "", 0, &d), EARLY_NONE);
}

/* RFC 3261 13.2.2: a timeout is a 408 */
static void a_timeout_ends_all_early_dialogs(void **state)
{
    (void)state;
    struct dialog *a;
    respond("180 Ringing", ";tag=a", "", 0, &a);
    early_timeout(&early);
    assert_int_equal(a->state, DIALOG_TERMINATED);
}

/* RFC 3261 8.1.3.5, 22.2: an INVITE that is sent once more has its Call-ID, tag and To, the next
 * number, and dialogs of its own */
static void an_invite_may_go_once_more(void **state)
{
    (void)state;
    struct dialog *d;
    struct uri hop;
    respond("180 Ringing", ";tag=a", "", 0, &d);
    assert_int_equal(respond("401 Unauthorized", ";tag=a", "", 0, &d), EARLY_FAILED);
    early_restart(&early);
    assert_null(early_find(&early, STR("a")));
    assert_true(early_deadline(&early) == TIME_NEVER);
    assert_has(print_request(&early.trying, "INVITE", &hop),
               "From: \"Alice\" <sip:alice@atlanta.com>;tag=1928301774\r\nTo: "
               "<sip:bob@biloxi.com>\r\n"
               "Call-ID: a84b4c76e66710\r\nCSeq: 314160 INVITE\r\n");
    assert_int_equal(respond("180 Ringing", ";tag=a", "", 0, &d), EARLY_NEW);
    assert_int_equal(respond("200 OK", ";tag=a", "", 0, &d), EARLY_CONFIRMED);
}

/* RFC 3261 8.1.3.3: what is no response, or has no To, belongs to no fork */
static void only_whole_responses_count(void **state)
{
    (void)state;
    struct dialog *d;
    assert_int_equal(early_response(&early, parse(INVITE_HEAD "\r\n"), 0, &d), ERR_INVALID);
    assert_int_equal(
        early_response(&early, parse_faulty("SIP/2.0 200 OK\r\nCall-ID: 1\r\n\r\n"), 0, &d),
        ERR_INVALID);
    assert_null(d);
    assert_int_equal(early.n, 0);
}

/* A 2xx whose Record-Route cannot be read is still one to acknowledge and end. */
static void an_unusable_2xx_confirms_all_the_same(void **state)
{
    (void)state;
    struct dialog *d;
    respond("180 Ringing", ";tag=a", "Contact: <sip:b@c>\r\n", 0, &d);
    assert_int_equal(respond("200 OK", ";tag=a", "Contact: *\r\n", 0, &d), EARLY_CONFIRMED);
    assert_str(d->remote_target, "sip:b@c");
}

static void forks_are_bounded(void **state)
{
    (void)state;
    struct dialog *d;
    for (int i = 0; i <= LIMIT_EARLY_DIALOGS; i++) {
        char tag[32];
        snprintf(tag, sizeof(tag), ";tag=%d", i);
        int want = i < LIMIT_EARLY_DIALOGS ? EARLY_NEW : ERR_LIMIT;
        assert_int_equal(respond("180 Ringing", tag, "", 0, &d), want);
    }
    assert_int_equal(respond("200 OK", ";tag=3", "", 0, &d), EARLY_CONFIRMED);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(provisional_responses_make_a_dialog_a_tag),
        TEST(a_2xx_confirms_and_recomputes),
        TEST(a_2xx_that_comes_again_is_told),
        TEST(a_2xx_behind_a_bye_is_told_once),
        TEST(forks_end_64_t1_after_the_first_2xx),
        TEST(a_failure_ends_all_early_dialogs),
        TEST(a_timeout_ends_all_early_dialogs),
        TEST(an_invite_may_go_once_more),
        TEST(only_whole_responses_count),
        TEST(an_unusable_2xx_confirms_all_the_same),
        TEST(forks_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
