/* Messages judged by each other: each finding in a call that has it, and in one that has not.
 * RFC 3261 8, 9, 12 to 14, 17; RFC 3262; RFC 3264. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "given.h"

#define STEPS 12

#define B(branch) "Via: SIP/2.0/UDP a.example.com;branch=z9hG4bK" branch "\r\n"
#define FROM_A "From: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>"
#define FROM_B "From: <sip:b@example.com>;tag=2\r\nTo: <sip:a@example.com>;tag=1"
#define ID(n, method) "\r\nCall-ID: 1@example.com\r\nCSeq: " n " " method "\r\n"
/* Of the caller, of the called within the dialog, and the answers to either. */
#define ASK(method, to, branch, n, more)            \
    START(method) B(branch) FROM_A to ID(n, method) \
    HOPS more
#define BACK(method, branch, n, more)            \
    START(method) B(branch) FROM_B ID(n, method) \
    HOPS more
#define SAY(status, method, branch, n, more) \
    "SIP/2.0 " status "\r\n" B(branch) FROM_A ";tag=2" ID(n, method) more
#define SAY_BACK(status, method, branch, n, more) \
    "SIP/2.0 " status "\r\n" B(branch) FROM_B ID(n, method) more
#define IN ";tag=2"

#define TYPED "Content-Type: application/sdp\r\n\r\n"
#define O(version) \
    "v=0\r\no=- 1 " version " IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
#define PCMU "m=audio 4000 RTP/AVP 0\r\n"
#define D(version, media) CONTACT TYPED O(version) media
#define PARTS(description)                                                                         \
    CONTACT "Content-Type: multipart/mixed;boundary=b\r\n\r\n--b\r\n" TYPED description            \
            "\r\n--b\r\nContent-Type: text/plain\r\nContent-Disposition: render;handling=optional" \
            "\r\n\r\nx\r\n--b--\r\n"
#define NONE CONTACT BARE
#define REL "Require: 100rel\r\nRSeq: "

#define INVITE ASK("INVITE", "", "1", "1", D("1", PCMU))
#define OK200 SAY("200 OK", "INVITE", "1", "1", D("1", PCMU))
#define ACK ASK("ACK", IN, "2", "1", BARE)
#define BYE ASK("BYE", IN, "3", "2", BARE)

/* What stands here was accepted, in a call that then goes its usual way. */
#define ANSWERED(offer, answer)                                                                    \
    ASK("INVITE", "", "1", "1", D("1", offer)), SAY("200 OK", "INVITE", "1", "1", D("1", answer)), \
        ACK

static const struct {
    enum lint_code code;
    const char *bad[STEPS], *good[STEPS];
    int at; /* the message of `bad` that has it */
} rows[] = {
    {LINT_CSEQ_NOT_INCREASED,
     {INVITE, OK200, ACK, ASK("BYE", IN, "3", "1", BARE)},
     {INVITE, OK200, ACK, BYE},
     3},
    {LINT_CSEQ_NOT_INCREASED,
     {INVITE, SAY("407 Who", "INVITE", "1", "1", BARE), ASK("ACK", IN, "1", "1", BARE),
      ASK("INVITE", "", "4", "1", "Proxy-Authorization: Digest a=b\r\n" D("1", PCMU))},
     {INVITE, SAY("407 Who", "INVITE", "1", "1", BARE), ASK("ACK", IN, "1", "1", BARE),
      ASK("INVITE", "", "4", "2", "Proxy-Authorization: Digest a=b\r\n" D("1", PCMU))},
     3},
    {LINT_ACK_CSEQ, {INVITE, OK200, ASK("ACK", IN, "2", "2", BARE)}, {INVITE, OK200, ACK}, 2},
    {LINT_ACK_BRANCH,
     {INVITE, SAY("486 Busy", "INVITE", "1", "1", BARE), ASK("ACK", IN, "2", "1", BARE)},
     {INVITE, SAY("486 Busy", "INVITE", "1", "1", BARE), ASK("ACK", IN, "1", "1", BARE)},
     2},
    {LINT_ACK_BRANCH_OLD, {INVITE, OK200, ASK("ACK", IN, "1", "1", BARE)}, {INVITE, OK200, ACK}, 2},
    {LINT_ACK_MISSING, {INVITE, OK200, BYE}, {INVITE, OK200, ACK, BYE}, 1},
    {LINT_CANCEL_CSEQ,
     {INVITE, ASK("CANCEL", "", "1", "2", BARE)},
     {INVITE, ASK("CANCEL", "", "1", "1", BARE)},
     1},
    {LINT_CANCEL_BRANCH,
     {INVITE, ASK("CANCEL", "", "2", "1", BARE)},
     {INVITE, ASK("CANCEL", "", "1", "1", BARE)},
     1},
    {LINT_CANCEL_URI,
     {INVITE, "CANCEL sip:c@example.com SIP/2.0\r\n" B("1") FROM_A ID("1", "CANCEL") HOPS BARE},
     {INVITE, ASK("CANCEL", "", "1", "1", BARE)},
     1},
    {LINT_RESPONSE_CSEQ,
     {INVITE, SAY("180 Ringing", "INVITE", "1", "2", BARE)},
     {INVITE, SAY("180 Ringing", "INVITE", "1", "1", BARE)},
     1},
    {LINT_RESPONSE_BRANCH,
     {INVITE, SAY("180 Ringing", "INVITE", "9", "1", BARE)},
     {INVITE, SAY("180 Ringing", "INVITE", "1", "1", BARE)},
     1},
    {LINT_RESPONSE_PARTIES,
     {INVITE,
      "SIP/2.0 302 There\r\n" B("1") "From: <sip:a@example.com>;tag=1\r\n"
                                     "To: <sip:c@example.com>;tag=2" ID("1", "INVITE") NONE},
     {INVITE, SAY("302 There", "INVITE", "1", "1", NONE)},
     1},
    {LINT_BRANCH_REUSED,
     {INVITE, OK200, ACK, ASK("BYE", IN, "1", "2", BARE)},
     {INVITE, OK200, ACK, /* another one's may be the same by chance: RFC 3261 17.2.3 */
      START("BYE") "Via: SIP/2.0/UDP b.example.com;branch=z9hG4bK1\r\n" FROM_B ID("1", "BYE")
          HOPS BARE},
     3},
    {LINT_DIALOG_UNKNOWN,
     {INVITE, OK200, ASK("ACK", ";tag=3", "2", "1", BARE)},
     {INVITE, OK200, ACK, BACK("BYE", "8", "1", BARE)},
     2},
    {LINT_REINVITE_NO_TAG,
     {INVITE, OK200, ACK, ASK("INVITE", "", "4", "2", NONE)},
     {INVITE, OK200, ACK, ASK("INVITE", IN, "4", "2", NONE)},
     3},
    {LINT_ROUTE_SET,
     {INVITE,
      SAY("200 OK", "INVITE", "1", "1", "Record-Route: <sip:q;lr>, <sip:p;lr>\r\n" D("1", PCMU)),
      ASK("ACK", IN, "2", "1", "Route: <sip:q;lr>, <sip:p;lr>\r\n" BARE)},
     {INVITE,
      SAY("200 OK", "INVITE", "1", "1", "Record-Route: <sip:q;lr>, <sip:p;lr>\r\n" D("1", PCMU)),
      ASK("ACK", IN, "2", "1", "Route: <sip:p;lr>, <sip:q;lr>\r\n" BARE)},
     2},
    {LINT_RSEQ_STEP,
     {INVITE, SAY("180 Ringing", "INVITE", "1", "1", REL "1\r\n" BARE),
      SAY("183 Wait", "INVITE", "1", "1", REL "3\r\n" BARE)},
     {INVITE, SAY("180 Ringing", "INVITE", "1", "1", REL "1\r\n" BARE),
      SAY("183 Wait", "INVITE", "1", "1", REL "2\r\n" BARE)},
     2},
    {LINT_PRACK_MISSING,
     {INVITE, SAY("180 Ringing", "INVITE", "1", "1", REL "1\r\n" BARE), OK200, ACK},
     {INVITE, SAY("180 Ringing", "INVITE", "1", "1", REL "1\r\n" BARE),
      ASK("PRACK", IN, "5", "2", "RAck: 1 1 INVITE\r\n" BARE), OK200, ACK},
     1},
    {LINT_RACK_UNKNOWN,
     {INVITE, SAY("180 Ringing", "INVITE", "1", "1", REL "1\r\n" BARE),
      ASK("PRACK", IN, "5", "2", "RAck: 2 1 INVITE\r\n" BARE)},
     {INVITE, SAY("180 Ringing", "INVITE", "1", "1", REL "1\r\n" BARE),
      ASK("PRACK", IN, "5", "2", "RAck: 1 1 INVITE\r\n" BARE)},
     2},
    {LINT_OFFER_TWICE,
     {INVITE, OK200, ACK, ASK("UPDATE", IN, "5", "2", D("2", PCMU)),
      ASK("UPDATE", IN, "6", "3", D("3", PCMU))},
     {INVITE, OK200, ACK, ASK("UPDATE", IN, "5", "2", D("2", PCMU)),
      SAY("200 OK", "UPDATE", "5", "2", D("1", PCMU)), ASK("UPDATE", IN, "6", "3", D("3", PCMU))},
     4},
    {LINT_OFFER_GLARE,
     {INVITE, OK200, ACK, ASK("INVITE", IN, "5", "2", D("2", PCMU)),
      BACK("INVITE", "6", "1", D("2", PCMU))},
     {INVITE, OK200, ACK, ASK("INVITE", IN, "5", "2", D("2", PCMU)),
      SAY("491 Wait", "INVITE", "5", "2", BARE), BACK("INVITE", "6", "1", D("2", PCMU))},
     4},
    {LINT_ANSWER_MISSING, {INVITE, SAY("200 OK", "INVITE", "1", "1", NONE)}, {INVITE, OK200}, 1},
    {LINT_ANSWER_MISSING,
     {ASK("INVITE", "", "1", "1", NONE), OK200, ACK},
     {ASK("INVITE", "", "1", "1", NONE), OK200, ASK("ACK", IN, "2", "1", TYPED O("1") PCMU)},
     2},
    {LINT_ANSWER_STREAMS,
     {ANSWERED(PCMU "m=video 4002 RTP/AVP 31\r\n", PCMU)},
     {ANSWERED(PCMU "m=video 4002 RTP/AVP 31\r\n", PCMU "m=video 0 RTP/AVP 31\r\n")},
     1},
    {LINT_ANSWER_KIND,
     {ANSWERED(PCMU "m=video 4002 RTP/AVP 31\r\n", PCMU PCMU)},
     {ANSWERED(PCMU "m=video 4002 RTP/AVP 31\r\n", PCMU "m=video 4002 RTP/AVP 31\r\n")},
     1},
    {LINT_ANSWER_TRANSPORT,
     {ANSWERED(PCMU, "m=audio 4000 RTP/AVPF 0\r\n")},
     {ANSWERED(PCMU, PCMU)},
     1},
    {LINT_ANSWER_REVIVED,
     {ANSWERED("m=audio 0 RTP/AVP 0\r\n", PCMU)},
     {ANSWERED("m=audio 0 RTP/AVP 0\r\n", "m=audio 0 RTP/AVP 0\r\n")},
     1},
    {LINT_ANSWER_FORMATS,
     {ASK("INVITE", "", "1", "1", PARTS(O("1") PCMU)),
      SAY("200 OK", "INVITE", "1", "1", D("1", "m=audio 4000 RTP/AVP 8\r\n"))},
     {ASK("INVITE", "", "1", "1", PARTS(O("1") PCMU)), OK200, ACK, BYE},
     1},
    {LINT_ANSWER_MISSING,
     {ASK("INVITE", "", "1", "1", PARTS(O("1") PCMU)), SAY("200 OK", "INVITE", "1", "1", NONE),
      ACK},
     {ASK("INVITE", "", "1", "1", PARTS(O("1") PCMU)),
      SAY("200 OK", "INVITE", "1", "1", PARTS(O("1") PCMU)), ACK},
     1},
    {LINT_ANSWER_FORMATS,
     {ANSWERED(PCMU, "m=audio 4000 RTP/AVP 8\r\n")},
     {ANSWERED(PCMU, "m=audio 4000 RTP/AVP 8 0\r\n")},
     1},
    {LINT_ANSWER_DIRECTION,
     {ANSWERED(PCMU "a=sendonly\r\n", PCMU)},
     {ANSWERED(PCMU "a=sendonly\r\n", PCMU "a=recvonly\r\n")},
     1},
    {LINT_OFFER_SHRUNK,
     {ANSWERED(PCMU PCMU, PCMU PCMU), ASK("INVITE", IN, "5", "2", D("2", PCMU))},
     {ANSWERED(PCMU PCMU, PCMU PCMU),
      ASK("INVITE", IN, "5", "2", D("2", PCMU "m=audio 0 RTP/AVP 0\r\n"))},
     3},
    {LINT_ORIGIN_CHANGED,
     {INVITE, OK200, ACK,
      ASK("INVITE", IN, "5", "2",
          CONTACT TYPED "v=0\r\no=- 7 2 IN IP4 192.0.2.1\r\ns=-\r\n"
                        "c=IN IP4 192.0.2.1\r\nt=0 0\r\n" PCMU)},
     {INVITE, OK200, ACK, ASK("INVITE", IN, "5", "2", D("2", PCMU "a=sendonly\r\n"))},
     3},
    {LINT_ORIGIN_VERSION,
     {INVITE, OK200, ACK, ASK("INVITE", IN, "5", "2", D("1", PCMU "a=sendonly\r\n"))},
     {INVITE, OK200, ACK, ASK("INVITE", IN, "5", "2", D("1", PCMU))},
     3},
};

struct rig {
    struct msg messages[STEPS];
    struct lint found[STEPS];
    struct lint_step steps[STEPS];
    void *spaces[STEPS];
    size_t n;
};

static void judge_all(struct rig *r, const char *const *texts)
{
    *r = (struct rig){0};
    for (; r->n < STEPS && texts[r->n]; r->n++) {
        struct str text = str_from(texts[r->n]);
        size_t space_len = (msg_space(text.len) + 15) / 16 * 16;
        struct msg *m = &r->messages[r->n];
        r->spaces[r->n] = aligned_alloc(16, space_len);
        assert_non_null(r->spaces[r->n]);
        (void)msg_parse(m, text, MSG_DATAGRAM, r->spaces[r->n], space_len);
        (void)msg_check(m);
        r->steps[r->n] = (struct lint_step){m, &r->found[r->n]};
    }
    assert_int_equal(lint_sequence(r->steps, r->n, &mem_libc), 0);
}

static void rig_free(struct rig *r)
{
    for (size_t i = 0; i < r->n; i++)
        free(r->spaces[i]);
}

static void each_is_found_where_it_stands(void **state)
{
    struct rig r;
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        judge_all(&r, rows[i].bad);
        if (count(&r.found[rows[i].at], rows[i].code) != 1)
            print_error("not found: %s (row %zu)\n", lint_name(rows[i].code), i);
        assert_int_equal(count(&r.found[rows[i].at], rows[i].code), 1);
        rig_free(&r);
    }
}

static void a_call_that_is_right_is_clean(void **state)
{
    struct rig r;
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        judge_all(&r, rows[i].good);
        for (size_t k = 0; k < r.n; k++) {
            if (r.found[k].n > 0)
                print_error("row %zu, message %zu: %s\n", i, k, lint_name(r.found[k].at[0].code));
            assert_int_equal(r.found[k].n, 0);
        }
        rig_free(&r);
    }
}

static void no_finding_is_left_out(void **state)
{
    (void)state;
    for (int code = LINT_CSEQ_NOT_INCREASED; code < LINT_SDP_EMPTY; code++) {
        bool tested = false;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
            tested |= rows[i].code == (enum lint_code)code;
        if (!tested)
            print_error("%s\n", lint_name((enum lint_code)code));
        assert_true(tested);
    }
}

/* What passes a proxy is seen twice, what is lost is sent again, forks answer each for itself. */
static void repeats_and_forks_are_no_mistake(void **state)
{
#define HOP(text) "Via: SIP/2.0/UDP p.example.com;branch=z9hG4bKp\r\n"
    static const char *const texts[] = {
        INVITE,
        INVITE,
        START("INVITE") HOP() B("1") FROM_A ID("1", "INVITE") HOPS D("1", PCMU),
        "SIP/2.0 200 OK\r\n" HOP() B("1") FROM_A ";tag=2" ID("1", "INVITE") D("1", PCMU),
        OK200,
        OK200,
        ACK,
        "SIP/2.0 200 OK\r\n" B("1") FROM_A ";tag=3" ID("1", "INVITE") D("5", PCMU),
        ASK("ACK", ";tag=3", "8", "1", BARE),
        ASK("BYE", ";tag=3", "9", "2", BARE),
        BYE,
    };
    const char *steps[STEPS] = {NULL};
    struct rig r;
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        steps[i] = texts[i];
    judge_all(&r, steps);
    for (size_t k = 0; k < r.n; k++) {
        if (r.found[k].n > 0)
            print_error("message %zu: %s\n", k, lint_name(r.found[k].at[0].code));
        assert_int_equal(r.found[k].n, 0);
    }
    rig_free(&r);
}

/* Fails the n-th request for memory. */
struct scarce {
    struct mem mem;
    unsigned left;
};

static void *scarce_alloc(struct mem *m, size_t size)
{
    struct scarce *s = (struct scarce *)m;
    return s->left-- == 0 ? NULL : malloc(size);
}

static void scarce_free(struct mem *m, void *at, size_t size)
{
    (void)m;
    (void)size;
    free(at);
}

static void without_memory_less_is_said(void **state)
{
    static const char *const texts[STEPS] = {ANSWERED(PCMU "a=sendonly\r\n", PCMU)};
    struct rig r;
    (void)state;
    judge_all(&r, texts);
    for (unsigned i = 0; i < 5; i++) {
        struct scarce s = {{scarce_alloc, scarce_free}, i};
        for (size_t k = 0; k < r.n; k++)
            r.found[k].n = 0;
        int error = lint_sequence(r.steps, r.n, &s.mem);
        assert_true((error != 0) == (i == 0));
        assert_int_equal(count(&r.found[1], LINT_ANSWER_DIRECTION), i >= 3);
    }
    rig_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_found_where_it_stands),
        cmocka_unit_test(a_call_that_is_right_is_clean),
        cmocka_unit_test(no_finding_is_left_out),
        cmocka_unit_test(repeats_and_forks_are_no_mistake),
        cmocka_unit_test(without_memory_less_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
