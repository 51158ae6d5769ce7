/* Whose turn it is: the patterns of RFC 6337 2.2, table 1, and what may not be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sdp/exchange.h"

/* S: sent, R: received; what it means by the table. */
struct step {
    char way;
    enum sdp_carrier carrier;
    bool described;
    enum sdp_means means;
};

static void play(const struct step *steps, size_t n, enum sdp_turn turn)
{
    struct sdp_exchange x = {0};
    for (size_t i = 0; i < n; i++) {
        const struct step *s = &steps[i];
        enum sdp_means means = s->way == 'S' ? sdp_exchange_sent(&x, s->carrier, s->described)
                                             : sdp_exchange_received(&x, s->carrier, s->described);
        if (means != s->means)
            fail_msg("step %zu: %d", i, (int)means);
    }
    assert_int_equal(x.turn, turn);
}

#define PLAY(turn, ...)                      \
    play((const struct step[]){__VA_ARGS__}, \
         sizeof((const struct step[]){__VA_ARGS__}) / sizeof(struct step), turn)

static void test_patterns(void **state)
{
    (void)state;
    /* 1: INVITE, 2xx */
    PLAY(SDP_FREE, {'S', SDP_INVITE, true, SDP_OFFER}, {'R', SDP_SUCCESS, true, SDP_ANSWER},
         {'S', SDP_ACK, false, SDP_NOTHING});
    /* 2: 2xx, ACK */
    PLAY(SDP_FREE, {'S', SDP_INVITE, false, SDP_NOTHING}, {'R', SDP_SUCCESS, true, SDP_OFFER},
         {'S', SDP_ACK, true, SDP_ANSWER});
    /* 3: INVITE, reliable 1xx */
    PLAY(SDP_FREE, {'R', SDP_INVITE, true, SDP_OFFER}, {'S', SDP_RELIABLE, true, SDP_ANSWER},
         {'R', SDP_PRACK, false, SDP_NOTHING}, {'S', SDP_PRACK_SUCCESS, false, SDP_NOTHING},
         {'S', SDP_SUCCESS, false, SDP_NOTHING});
    /* 4: reliable 1xx, PRACK */
    PLAY(SDP_FREE, {'R', SDP_INVITE, false, SDP_NOTHING}, {'S', SDP_RELIABLE, true, SDP_OFFER},
         {'R', SDP_PRACK, true, SDP_ANSWER});
    /* 5: PRACK, its 200 */
    PLAY(SDP_FREE, {'S', SDP_INVITE, true, SDP_OFFER}, {'R', SDP_RELIABLE, true, SDP_ANSWER},
         {'S', SDP_PRACK, true, SDP_OFFER}, {'R', SDP_PRACK_SUCCESS, true, SDP_ANSWER});
    /* 6: UPDATE, its 200 */
    PLAY(SDP_FREE, {'R', SDP_UPDATE, true, SDP_OFFER}, {'S', SDP_UPDATE_SUCCESS, true, SDP_ANSWER});
}

/* RFC 3261 13.2.1: the first one is the answer, the same again in later responses is ignored. */
static void test_answer_said_again(void **state)
{
    (void)state;
    PLAY(SDP_FREE, {'S', SDP_INVITE, true, SDP_OFFER}, {'R', SDP_PROVISIONAL, true, SDP_ANSWER},
         {'R', SDP_PROVISIONAL, true, SDP_NOTHING}, {'R', SDP_SUCCESS, true, SDP_NOTHING});
}

/* What has no place there. */
static void test_ignored(void **state)
{
    (void)state;
    PLAY(SDP_FREE, {'S', SDP_INVITE, false, SDP_NOTHING},
         {'R', SDP_PROVISIONAL, true, SDP_NOTHING});
    PLAY(SDP_FREE, {'R', SDP_ACK, true, SDP_NOTHING});
    PLAY(SDP_FREE, {'S', SDP_INVITE, true, SDP_OFFER}, {'R', SDP_SUCCESS, true, SDP_ANSWER},
         {'S', SDP_ACK, true, SDP_NOTHING});
    /* the answer to a reliable 1xx's offer does not come with a 2xx */
    PLAY(SDP_OURS, {'R', SDP_INVITE, false, SDP_NOTHING}, {'S', SDP_RELIABLE, true, SDP_OFFER},
         {'S', SDP_SUCCESS, true, SDP_NOTHING}, {'R', SDP_ACK, true, SDP_NOTHING});
}

/* RFC 3311 5.1, 5.2: one offer at a time. */
static void test_glare(void **state)
{
    (void)state;
    PLAY(SDP_OURS, {'S', SDP_UPDATE, true, SDP_OFFER}, {'R', SDP_UPDATE, true, SDP_GLARE},
         {'R', SDP_INVITE, true, SDP_GLARE});
    PLAY(SDP_THEIRS, {'R', SDP_INVITE, true, SDP_OFFER}, {'R', SDP_UPDATE, true, SDP_TOO_SOON},
         {'S', SDP_UPDATE, true, SDP_GLARE});
    /* an UPDATE without an offer is none of it */
    PLAY(SDP_OURS, {'S', SDP_INVITE, true, SDP_OFFER}, {'R', SDP_UPDATE, false, SDP_NOTHING});
}

static void test_failed(void **state)
{
    struct sdp_exchange x = {0};
    (void)state;
    assert_int_equal(sdp_exchange_sent(&x, SDP_INVITE, true), SDP_OFFER);
    sdp_exchange_failed(&x);
    assert_int_equal(x.turn, SDP_FREE);
    assert_int_equal(sdp_exchange_received(&x, SDP_SUCCESS, true), SDP_NOTHING);
    assert_int_equal(sdp_exchange_sent(&x, SDP_INVITE, false), SDP_NOTHING);
    sdp_exchange_failed(&x);
    assert_int_equal(sdp_exchange_received(&x, SDP_SUCCESS, true), SDP_NOTHING);
}

static void test_must_answer(void **state)
{
    struct sdp_exchange x = {0};
    (void)state;
    assert_false(sdp_exchange_must_answer(&x, SDP_SUCCESS));
    assert_int_equal(sdp_exchange_sent(&x, SDP_INVITE, true), SDP_OFFER);
    assert_false(sdp_exchange_must_answer(&x, SDP_PROVISIONAL));
    assert_false(sdp_exchange_must_answer(&x, SDP_UPDATE_SUCCESS));
    assert_true(sdp_exchange_must_answer(&x, SDP_SUCCESS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patterns), cmocka_unit_test(test_answer_said_again),
        cmocka_unit_test(test_ignored),  cmocka_unit_test(test_glare),
        cmocka_unit_test(test_failed),   cmocka_unit_test(test_must_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
