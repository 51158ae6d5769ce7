/* Preconditions (RFC 3312 4, 5, 8, 9; RFC 4032 4): lines read and written, tables answered, met or
 * not, and what stands in a refusal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "given.h"

#include "sdp/precondition.h"

static struct given g;

static struct str put(const struct sdp_preconditions *t)
{
    static char text[4096];
    struct buf b;
    buf_init(&b, text, sizeof text);
    sdp_put_preconditions(&b, t);
    assert_false(b.over);
    return buf_str(&b);
}

static void given_lines(const char *lines)
{
    static char text[4096];
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_put_lit(&b, "m=audio 20000 RTP/AVP 0\r\n");
    buf_put(&b, str_from(lines));
    buf_put_char(&b, '\0');
    assert_false(b.over);
    given_media(&g, text);
}

static struct sdp_section medium(void)
{
    return sdp_media_section(&g.s, 0);
}

static void test_lines(void **state)
{
    (void)state;
    static const char *const good[] = {
        "curr:qos local sendrecv",       "curr:qos e2e none", "des:qos optional remote send",
        "des:foo mandatory e2e recv",    "conf:qos e2e recv", "des:qos failure e2e send",
        "des:foo unknown local sendrecv"};
    static const char *const bad[] = {"curr:qos local",      "curr:qos mandatory local send",
                                      "des:qos local send",  "des:qos must e2e send",
                                      "conf:qos near send",  "curr:qos e2e both",
                                      "curr:qos e2e send x", "curr:",
                                      "cur:qos e2e send",    "curr:q@s e2e send"};
    struct sdp_attribute a;
    struct sdp_precondition_line line;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        char text[64];
        struct buf b;
        buf_init(&b, text, sizeof text);
        assert_true(sdp_read_attribute(str_from(good[i]), &a));
        assert_true(sdp_read_precondition(&a, &line));
        sdp_put_precondition(&b, &line);
        struct str value = str_slice(buf_str(&b), 2, b.len - 4);
        if (!str_equal(value, str_from(good[i])))
            fail_msg("%s: %.*s", good[i], STR_ARG(value));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (sdp_read_attribute(str_from(bad[i]), &a) && sdp_read_precondition(&a, &line))
            fail_msg("%s was read", bad[i]);
}

/* RFC 3312 5.2: tags are turned, nothing is downgraded, what is there and what is asked for said.
 */
static void test_answers(void **state)
{
    (void)state;
    static const struct {
        const char *offer, *answer;
        enum sdp_readiness readiness;
    } cases[] = {
        {"", "", SDP_MET},
        {"a=curr:qos e2e none\r\na=des:qos mandatory e2e sendrecv\r\n",
         "a=curr:qos e2e send\r\na=des:qos mandatory e2e sendrecv\r\na=conf:qos e2e recv\r\n",
         SDP_SUSPENDED},
        {"a=curr:qos e2e send\r\na=des:qos mandatory e2e sendrecv\r\n",
         "a=curr:qos e2e sendrecv\r\na=des:qos mandatory e2e sendrecv\r\n", SDP_MET},
        /* two strengths, two lines (5.1.1) */
        {"a=curr:qos e2e none\r\na=des:qos optional e2e send\r\na=des:qos mandatory e2e recv\r\n",
         "a=curr:qos e2e send\r\na=des:qos mandatory e2e send\r\na=des:qos optional e2e recv\r\n",
         SDP_MET},
        {"a=curr:qos local send\r\na=des:qos mandatory local sendrecv\r\n",
         "a=curr:qos remote recv\r\na=curr:qos local sendrecv\r\n"
         "a=des:qos mandatory remote sendrecv\r\na=des:qos none local sendrecv\r\n"
         "a=conf:qos remote send\r\n",
         SDP_SUSPENDED},
        /* 10: all of them */
        {"a=des:qos mandatory remote sendrecv\r\na=curr:qos e2e none\r\n"
         "a=des:qos mandatory e2e send\r\n",
         "a=curr:qos local sendrecv\r\na=curr:qos e2e send\r\na=curr:qos remote none\r\n"
         "a=des:qos mandatory local sendrecv\r\na=des:qos none e2e send\r\n"
         "a=des:qos mandatory e2e recv\r\na=des:qos none remote sendrecv\r\n"
         "a=conf:qos e2e recv\r\n",
         SDP_SUSPENDED},
        /* no strengths of an offer */
        {"a=des:qos failure e2e send\r\na=des:foo unknown e2e send\r\n",
         "a=curr:qos e2e send\r\na=curr:foo e2e none\r\na=des:qos none e2e sendrecv\r\n"
         "a=des:foo none e2e sendrecv\r\n",
         SDP_MET},
    };
    struct sdp_preconditions t;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        given_lines(cases[i].offer);
        sdp_preconditions_answer(&g.s, medium(), &t);
        if (!str_equal(put(&t), str_from(cases[i].answer)))
            fail_msg("%zu: %.*s", i, STR_ARG(put(&t)));
        assert_int_equal(sdp_preconditions_met(&t), cases[i].readiness);
        assert_int_equal(sdp_offer_readiness(&g.s), cases[i].readiness);
    }
}

/* RFC 3312 9 */
static void test_unknown(void **state)
{
    (void)state;
    static const struct {
        const char *offer;
        enum sdp_readiness readiness;
    } cases[] = {
        {"a=des:foo optional e2e send\r\n", SDP_MET},
        {"a=des:foo mandatory local send\r\n", SDP_SUSPENDED},
        {"a=curr:foo local send\r\na=des:foo mandatory local send\r\n", SDP_MET},
        {"a=des:foo mandatory remote send\r\n", SDP_IMPOSSIBLE},
        {"a=curr:foo e2e sendrecv\r\na=des:foo mandatory e2e send\r\n", SDP_IMPOSSIBLE},
        {"a=des:a none e2e send\r\na=des:b none e2e send\r\na=des:c none e2e send\r\n"
         "a=des:d none e2e send\r\na=des:e none e2e send\r\na=des:f none e2e send\r\n"
         "a=des:g none e2e send\r\na=des:h none e2e send\r\n",
         SDP_MET},
        {"a=des:a none e2e send\r\na=des:b none e2e send\r\na=des:c none e2e send\r\n"
         "a=des:d none e2e send\r\na=des:e none e2e send\r\na=des:f none e2e send\r\n"
         "a=des:g none e2e send\r\na=des:h none e2e send\r\na=des:i mandatory e2e send\r\n",
         SDP_IMPOSSIBLE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        given_lines(cases[i].offer);
        if (sdp_offer_readiness(&g.s) != cases[i].readiness)
            fail_msg("case %zu", i);
    }
}

/* RFC 3312 8, 8.1 */
static void test_failure(void **state)
{
    (void)state;
    char text[1024];
    struct buf b;
    given_media(&g, "m=audio 20000/2 RTP/AVP 0 8\r\na=des:foo mandatory e2e send\r\n"
                    "a=des:qos mandatory e2e send\r\n"
                    "m=video 0 RTP/AVP 31\r\na=des:foo mandatory e2e send\r\n");
    assert_int_equal(sdp_offer_readiness(&g.s), SDP_IMPOSSIBLE);
    buf_init(&b, text, sizeof text);
    sdp_put_failure(&b, &g.s);
    struct str media = str_slice(buf_str(&b), str_find(buf_str(&b), 'm'), b.len);
    assert_true(str_equal(media, STR("m=audio 0 RTP/AVP 0 8\r\na=des:foo unknown e2e recv\r\n"
                                     "m=video 0 RTP/AVP 31\r\n")));
    given_media(&g, "m=video 0 RTP/AVP 31\r\na=des:foo mandatory e2e send\r\n");
    assert_int_equal(sdp_offer_readiness(&g.s), SDP_MET);
}

/* RFC 3312 5.1, RFC 4032 4.1: ours is there; of theirs what the last exchange came to. */
static void test_offers(void **state)
{
    (void)state;
    struct sdp_preconditions t, known;
    sdp_preconditions_offer(SDP_STRENGTH_MANDATORY, NULL, &t);
    assert_true(str_equal(put(&t), STR("a=curr:qos local sendrecv\r\na=curr:qos remote none\r\n"
                                       "a=des:qos mandatory local sendrecv\r\n"
                                       "a=des:qos mandatory remote sendrecv\r\n"
                                       "a=conf:qos remote sendrecv\r\n")));
    given_lines("a=curr:qos local send\r\na=curr:qos remote none\r\n"
                "a=des:qos mandatory local sendrecv\r\na=des:qos mandatory remote sendrecv\r\n"
                "a=conf:qos remote send\r\n");
    sdp_preconditions_answered(&g.s, medium(), &known);
    assert_int_equal(sdp_preconditions_met(&known), SDP_SUSPENDED);
    assert_true(known.owed);
    sdp_preconditions_offer(SDP_STRENGTH_NONE, &known, &t);
    assert_true(str_equal(put(&t), STR("a=curr:qos local sendrecv\r\na=curr:qos remote recv\r\n"
                                       "a=des:qos none local sendrecv\r\n"
                                       "a=des:qos none remote sendrecv\r\n")));
    /* they know what is there: nothing is owed */
    given_lines("a=curr:qos local sendrecv\r\na=curr:qos remote sendrecv\r\n"
                "a=des:qos mandatory local sendrecv\r\na=conf:qos remote sendrecv\r\n");
    sdp_preconditions_answered(&g.s, medium(), &known);
    assert_false(known.owed);
    assert_int_equal(sdp_preconditions_met(&known), SDP_MET);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),   cmocka_unit_test(test_answers),
        cmocka_unit_test(test_unknown), cmocka_unit_test(test_failure),
        cmocka_unit_test(test_offers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
