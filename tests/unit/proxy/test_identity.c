/* RFC 3325 5 and 6, RFC 3323: which identity arrives where, by who sent it and who is sent to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "rig.h"

#define OUTSIDE "192.0.2.1:5060"
#define INSIDE "198.51.100.7:5060"
#define TO_OUTSIDE "sip:bob@192.0.2.2"
#define TO_INSIDE "sip:bob@198.51.100.9"
#define CLAIM "P-Asserted-Identity: \"Mallory\" <sip:ceo@example.com>\r\n"
#define NUMBER "P-Asserted-Identity: tel:+15550100\r\n"
#define PROVED "P-Asserted-Identity: <sip:alice@example.com>\r\n"

static const struct row {
    const char *why;
    const char *from, *target, *user; /* user: whose password the sender gave; NULL: nobody's */
    const char *headers;
    const char *with, *without[2]; /* what the copy has to have and must not have */
} rows[] = {
    {"a claim from outside is taken off", OUTSIDE, TO_OUTSIDE, NULL, CLAIM, NULL, {"Asserted"}},
    {"both of them", OUTSIDE, TO_INSIDE, NULL, CLAIM NUMBER, NULL, {"Asserted", "+15550100"}},
    {"… and replaced by what was proved", OUTSIDE, TO_OUTSIDE, "alice", CLAIM, PROVED, {"ceo"}},
    {"what was proved is put on", OUTSIDE, TO_OUTSIDE, "alice", "", PROVED, {NULL}},
    {"a name that needs escapes has them",
     OUTSIDE,
     TO_OUTSIDE,
     "al ice",
     "",
     "P-Asserted-Identity: <sip:al%20ice@example.com>\r\n",
     {NULL}},
    {"the hint's display name counts where it names the account",
     OUTSIDE,
     TO_OUTSIDE,
     "alice",
     "P-Preferred-Identity: \"Alice L.\" <sip:alice@Example.com>\r\n",
     "P-Asserted-Identity: \"Alice L.\" <sip:alice@example.com>\r\n",
     {"Preferred"}},
    {"a hint at somebody else does not",
     OUTSIDE,
     TO_OUTSIDE,
     "alice",
     "P-Preferred-Identity: \"Boss\" <sip:ceo@example.com>\r\n",
     PROVED,
     {"Preferred", "Boss"}},
    {"a hint never goes on",
     OUTSIDE,
     TO_INSIDE,
     NULL,
     "P-Preferred-Identity: <sip:ceo@example.com>\r\n",
     NULL,
     {"Preferred", "Asserted"}},
    {"from inside it is believed, inside",
     INSIDE,
     TO_INSIDE,
     NULL,
     CLAIM NUMBER,
     CLAIM NUMBER,
     {NULL}},
    {"… and nobody's put beside it",
     INSIDE,
     TO_INSIDE,
     "alice",
     CLAIM,
     CLAIM,
     {"sip:alice@example.com>\r\nP-"}},
    {"… and outside where nothing else is wished", INSIDE, TO_OUTSIDE, NULL, CLAIM, CLAIM, {NULL}},
    {"privacy: outside nothing",
     INSIDE,
     TO_OUTSIDE,
     NULL,
     CLAIM NUMBER "Privacy: header;ID\r\n",
     NULL,
     {"Asserted"}},
    {"privacy: outside nothing that was proved",
     OUTSIDE,
     TO_OUTSIDE,
     "alice",
     "Privacy: id\r\n",
     NULL,
     {"Asserted"}},
    {"privacy: inside everything",
     OUTSIDE,
     TO_INSIDE,
     "alice",
     "Privacy: id;critical\r\n",
     PROVED,
     {NULL}},
    {"other privacy is not of this",
     INSIDE,
     TO_OUTSIDE,
     NULL,
     CLAIM "Privacy: session\r\n",
     CLAIM,
     {NULL}},
    {"none wins", INSIDE, TO_OUTSIDE, NULL, CLAIM "Privacy: none\r\n", CLAIM, {NULL}},
    {"what cannot be read may ask for it",
     INSIDE,
     TO_OUTSIDE,
     NULL,
     CLAIM "Privacy: ;;id\r\n",
     NULL,
     {"Asserted"}},
};

static void check(const struct row *row)
{
    struct rig *r = rig_new();
    rig_target(r, row->target);
    if (row->user)
        r->how.asserted = (struct asserted){str_from(row->user), STR("Example.com")};
    rig_from(r, RIG_UDP, row->from,
             rig_request(r, "INVITE", "sip:bob@example.com", "", row->headers));
    const struct rig_sent *copy = rig_next_of(r, "INVITE ");
    if (row->with && !rig_has(copy, row->with))
        fail_msg("%s: not there: %s in\n%s", row->why, row->with, rig_text(copy));
    for (size_t i = 0; i < 2 && row->without[i]; i++)
        if (rig_has(copy, row->without[i]))
            fail_msg("%s: there: %s in\n%s", row->why, row->without[i], rig_text(copy));
    rig_answer(r, copy, 486, "b", "");
    rig_end(r);
}

static void test_requests(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i]);
}

/* The callee is at `target`, the caller at `from`; what the answer bears arrives, or does not. */
static void answered(const char *from, const char *target, unsigned status, const char *headers,
                     bool arrives)
{
    struct rig *r = rig_new();
    char line[16];
    rig_target(r, target);
    rig_from(r, RIG_UDP, from, rig_request(r, "INVITE", "sip:bob@example.com", "", ""));
    rig_answer(r, rig_next_of(r, "INVITE "), status, "b", headers);
    snprintf(line, sizeof line, "SIP/2.0 %u", status);
    const struct rig_sent *answer = rig_next_of(r, line);
    assert_int_equal(rig_has(answer, "P-Asserted-Identity"), arrives);
    assert_false(rig_has(answer, "P-Preferred-Identity"));
    rig_pass(r, 200 * NS_PER_S);
    rig_end(r);
}

static void test_responses(void **state)
{
    (void)state;
    static const unsigned statuses[] = {180, 200, 486};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        answered(OUTSIDE, TO_OUTSIDE, statuses[i], CLAIM, false);
        answered(INSIDE, TO_OUTSIDE, statuses[i],
                 CLAIM "P-Preferred-Identity: <sip:x@example.com>\r\n", false);
        answered(OUTSIDE, TO_INSIDE, statuses[i], CLAIM, true);
        answered(OUTSIDE, TO_INSIDE, statuses[i], CLAIM "Privacy: id\r\n", false);
        answered(INSIDE, TO_INSIDE, statuses[i], CLAIM "Privacy: id\r\n", true);
    }
}

/* An ACK asserts nothing (RFC 3325 9.1), nor is anything asserted with it believed. */
static void test_ack(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    rig_target(r, TO_OUTSIDE);
    rig_send(r, rig_request(r, "ACK", "sip:bob@example.com", "b", CLAIM));
    assert_false(rig_has(rig_next_of(r, "ACK "), "Asserted"));
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_responses),
        cmocka_unit_test(test_ack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
