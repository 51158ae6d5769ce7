/* What became of a call: by the answers that its caller got. */
#include "rig.h"

static struct rig r;

#define A "10.0.0.1:5060"
#define P "10.0.0.10:5060"
#define B "10.0.0.2:5060"
#define FROM "<sip:a@x>;tag=a"
#define TO "<sip:b@x>"
#define TAGGED "<sip:b@x>;tag=b"
#define INVITE(ms)                                                           \
    {                                                                        \
        ms, A, P, "INVITE sip:b@x", "c", FROM, TO, "1 INVITE", 1, NULL, NULL \
    }
#define ANSWER(ms, line)                                             \
    {                                                                \
        ms, P, A, line, "c", FROM, TAGGED, "1 INVITE", 1, NULL, NULL \
    }
#define CANCEL(ms)                                                           \
    {                                                                        \
        ms, A, P, "CANCEL sip:b@x", "c", FROM, TO, "1 CANCEL", 1, NULL, NULL \
    }
#define VIA_A "Via: SIP/2.0/TCP 10.0.0.1;branch=z9hG4bKa\r\n"
#define BYE(ms)                                                            \
    {                                                                      \
        ms, B, A, "BYE sip:a@x", "c", TAGGED, FROM, "1 BYE", 1, NULL, NULL \
    }

static const struct {
    enum trace_outcome outcome;
    unsigned status; /* 0: no answer */
    struct said said[5];
} cases[] = {
    {TRACE_UNANSWERED, 0, {INVITE(0), ANSWER(1, "180 Ringing")}},
    {TRACE_GOES_ON, 200, {INVITE(0), ANSWER(1, "200 OK")}},
    {TRACE_ENDED, 200, {INVITE(0), ANSWER(1, "200 OK"), BYE(5)}},
    /* another branch's refusal, later and at the same place, changes nothing */
    {TRACE_GOES_ON, 200, {INVITE(0), ANSWER(1, "200 OK"), ANSWER(2, "486 Busy Here")}},
    {TRACE_CANCELLED, 487, {INVITE(0), CANCEL(1), ANSWER(2, "487 Request Terminated")}},
    {TRACE_CANCELLED, 0, {INVITE(0), CANCEL(1)}},
    {TRACE_NOT_IN_TIME, 408, {INVITE(0), ANSWER(2, "408 Request Timeout")}},
    {TRACE_NOT_IN_TIME, 487, {INVITE(0), ANSWER(2, "487 Request Terminated")}},
    {TRACE_REFUSED, 486, {INVITE(0), ANSWER(2, "486 Busy Here")}},
    {TRACE_SENT_ON, 302, {INVITE(0), ANSWER(2, "302 Moved Temporarily")}},
    {TRACE_FRAGMENT, 0, {BYE(0)}},
    {TRACE_FRAGMENT, 200, {ANSWER(0, "200 OK")}},
    /* credentials are asked for, then given */
    {TRACE_GOES_ON,
     200,
     {INVITE(0),
      ANSWER(1, "401 Unauthorized"),
      {2, A, P, "INVITE sip:b@x", "c", FROM, TO, "2 INVITE", 1, NULL, NULL},
      {3, P, A, "200 OK", "c", FROM, TAGGED, "2 INVITE", 1, NULL, NULL}}},
    /* an offer that is refused in the call does not refuse the call */
    {TRACE_GOES_ON,
     200,
     {INVITE(0),
      ANSWER(1, "200 OK"),
      {2, A, P, "INVITE sip:b@x", "c", FROM, TAGGED, "2 INVITE", 1, NULL, NULL},
      {3, P, A, "488 Not Acceptable Here", "c", FROM, TAGGED, "2 INVITE", 1, NULL, NULL}}},
    /* what a proxy is told by one phone is not what the caller gets */
    {TRACE_UNANSWERED,
     0,
     {INVITE(0),
      {1, P, B, "INVITE sip:b@10.0.0.2", "c", FROM, TO, "1 INVITE", 2, NULL, NULL},
      {2, B, P, "486 Busy Here", "c", FROM, TAGGED, "1 INVITE", 2, NULL, NULL}}},
    /* RFC 3261 18.2.2: a response goes to the port in Via where the connection is not known */
    {TRACE_REFUSED,
     486,
     {{0, "10.0.0.1:40000", P, "INVITE sip:b@x", "c", FROM, TO, "1 INVITE", 0, VIA_A, NULL},
      {1, P, A, "486 Busy Here", "c", FROM, TAGGED, "1 INVITE", 0, VIA_A, NULL}}},
    {TRACE_DONE,
     200,
     {{0, A, P, "REGISTER sip:x", "c", FROM, "<sip:a@x>", "1 REGISTER", 1, NULL, NULL},
      {1, P, A, "200 OK", "c", FROM, "<sip:a@x>;tag=p", "1 REGISTER", 1, NULL, NULL}}},
};

static void test_outcomes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rig_init(&r, 0);
        for (size_t n = 0; n < 5 && cases[i].said[n].start; n++)
            rig_tell(&r, &cases[i].said[n], 1);
        struct trace_end end = trace_call_end(rig_call(&r, "c"));
        assert_int_equal(end.outcome, cases[i].outcome);
        assert_int_equal(end.answer ? end.answer->status : 0, cases[i].status);
        rig_fini(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_outcomes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
