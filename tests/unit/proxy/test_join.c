/* RFC 3261 16.5: phones that come while the request is in progress: who of them rings, when, and
 * what is waited for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rig.h"

#define WHO "bob"
#define FIRST "sip:bob@192.0.2.2"
#define SECOND "sip:bob@192.0.2.3"
#define THIRD "sip:bob@192.0.2.4"

static struct rig *call_to(const struct fork_how *how, const char *phone)
{
    struct rig *r = rig_new();
    r->how = *how;
    r->how.who = STR(WHO);
    r->how.joins = true;
    rig_user(r, WHO, "");
    if (phone) {
        rig_target(r, phone);
        rig_user(r, WHO, phone);
    }
    rig_send(r, rig_request(r, "INVITE", "sip:bob@example.com", "", ""));
    return r;
}

static struct target *phone_of(struct rig *r, size_t i)
{
    assert_true(i < r->users[0].n);
    return &r->users[0].targets[i];
}

static const struct rig_sent *rings(struct rig *r, int phone)
{
    const struct rig_sent *s = rig_next_of(r, "INVITE ");
    assert_int_equal(s->flow.remote.ip[3], phone);
    return s;
}

static void nobody_else_rings(struct rig *r)
{
    assert_int_equal(rig_count(r, "INVITE "), 0);
}

static void come(struct rig *r, const char *phone)
{
    rig_user(r, WHO, phone);
    rig_came(r, WHO);
}

static const struct fork_how parallel = {.order = FORK_PARALLEL};

/* It rings beside the others, once, and gets its CANCEL as they do. */
static void test_joins(void **state)
{
    (void)state;
    struct rig *r = call_to(&parallel, FIRST);
    const struct rig_sent *first = rings(r, 2);
    rig_answer(r, first, 180, "a", "");
    rig_came(r, WHO);
    rig_came(r, "carol");
    nobody_else_rings(r);
    come(r, SECOND);
    const struct rig_sent *second = rings(r, 3);
    nobody_else_rings(r);
    rig_answer(r, second, 180, "b", "");
    rig_came(r, WHO);
    nobody_else_rings(r);
    rig_answer(r, first, 200, "a", "");
    const struct rig_sent *cancel = rig_next_of(r, "CANCEL ");
    assert_int_equal(cancel->flow.remote.ip[3], 3);
    assert_true(rig_has(cancel, "Call completed elsewhere"));
    rig_answer(r, second, 487, "b", "");
    come(r, THIRD);
    nobody_else_rings(r);
    rig_end(r);
}

/* Who has refused does not ring again because it is refreshed. */
static void test_refused(void **state)
{
    (void)state;
    struct rig *r = call_to(&parallel, FIRST);
    rig_user(r, WHO, SECOND);
    rig_came(r, WHO);
    rig_answer(r, rings(r, 2), 486, "a", "");
    const struct rig_sent *second = rings(r, 3);
    rig_came(r, WHO);
    nobody_else_rings(r);
    rig_answer(r, second, 480, "b", "");
    assert_int_equal(rig_count(r, "SIP/2.0 4"), 1);
    rig_end(r);
}

/* A phone that nothing was heard of has moved, or is called anew once it was not reached. */
static void test_moved(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    r->how = parallel;
    r->how.who = STR(WHO);
    r->how.joins = true;
    rig_user(r, WHO, FIRST);
    phone_of(r, 0)->instance = STR("urn:uuid:1");
    r->targets[r->n_targets++] = *phone_of(r, 0);
    rig_send(r, rig_request(r, "INVITE", "sip:bob@example.com", "", ""));
    (void)rings(r, 2);
    rig_came(r, WHO);
    rig_skip_all(r);
    phone_of(r, 0)->uri = STR(SECOND);
    rig_came(r, WHO);
    const struct rig_sent *second = rings(r, 3);
    rig_answer(r, second, 180, "b", "");
    phone_of(r, 0)->uri = STR(THIRD);
    rig_came(r, WHO);
    nobody_else_rings(r);
    rig_answer(r, second, 200, "b", "");
    rig_end(r);
}

static void test_one_after_the_other(void **state)
{
    (void)state;
    struct rig *r = call_to(&(struct fork_how){.order = FORK_SEQUENTIAL}, FIRST);
    const struct rig_sent *first = rings(r, 2);
    come(r, SECOND);
    come(r, THIRD);
    nobody_else_rings(r);
    rig_answer(r, first, 486, "a", "");
    const struct rig_sent *next = rig_next_of(r, "INVITE ");
    nobody_else_rings(r);
    rig_answer(r, next, 486, "b", "");
    rig_answer(r, rig_next_of(r, "INVITE "), 200, "c", "");
    assert_int_equal(rig_count(r, "SIP/2.0 200"), 1);
    rig_end(r);
}

static void test_by_q(void **state)
{
    (void)state;
    struct rig *r = call_to(&(struct fork_how){.order = FORK_BY_Q}, FIRST);
    const struct rig_sent *first = rings(r, 2);
    rig_user(r, WHO, SECOND);
    phone_of(r, 1)->q = 500;
    rig_came(r, WHO);
    nobody_else_rings(r);
    come(r, THIRD);
    const struct rig_sent *third = rings(r, 4);
    rig_answer(r, first, 486, "a", "");
    nobody_else_rings(r);
    rig_answer(r, third, 486, "b", "");
    rig_answer(r, rings(r, 3), 200, "c", "");
    rig_end(r);
}

/* --- waiting for a first one --- */

static const struct fork_how waiting = {.wait = 10 * NS_PER_S};

static void test_waits(void **state)
{
    (void)state;
    struct rig *r = call_to(&waiting, NULL);
    rig_pass(r, 9 * NS_PER_S);
    assert_int_equal(rig_count(r, "SIP/2.0 4"), 0);
    come(r, FIRST);
    rig_pass(r, 2 * NS_PER_S);
    assert_int_equal(rig_count(r, "SIP/2.0 4"), 0);
    rig_answer(r, rings(r, 2), 200, "a", "");
    assert_int_equal(rig_count(r, "SIP/2.0 200"), 1);
    rig_end(r);
}

static void test_waits_in_vain(void **state)
{
    (void)state;
    struct rig *r = call_to(&waiting, NULL);
    rig_pass(r, 11 * NS_PER_S);
    assert_true(rig_count(r, "SIP/2.0 480 ") > 0);
    come(r, FIRST);
    nobody_else_rings(r);
    rig_end(r);
    r = call_to(&(struct fork_how){.wait = NS_PER_S, .absent = 404}, NULL);
    rig_pass(r, 2 * NS_PER_S);
    assert_true(rig_count(r, "SIP/2.0 404 ") > 0);
    rig_end(r);
}

/* RFC 3841 9.1 */
static void test_who_wants_no_queue_does_not_wait(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    r->how = waiting;
    r->how.absent = 404;
    r->how.who = STR(WHO);
    r->how.joins = true;
    rig_send(r, rig_request(r, "INVITE", "sip:bob@example.com", "",
                            "Request-Disposition: no-queue\r\n"));
    assert_int_equal(rig_count(r, "SIP/2.0 404 "), 1);
    rig_end(r);
}

static void test_cancelled_while_it_waits(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    r->how = waiting;
    r->how.who = STR(WHO);
    r->how.joins = true;
    const char *invite = rig_request(r, "INVITE", "sip:bob@example.com", "", "");
    rig_send(r, invite);
    rig_send(r, rig_cancel(invite, ""));
    assert_int_equal(rig_count(r, "SIP/2.0 487 "), 1);
    rig_end(r);
}

/* Whom it is forwarded to, where nobody is there, has his turn once the wait is over. */
static void test_waits_before_forwarding(void **state)
{
    (void)state;
    for (int comes = 0; comes < 2; comes++) {
        struct rig *r = rig_new();
        r->how = waiting;
        r->how.who = STR(WHO);
        r->how.joins = true;
        rig_user(r, WHO, "");
        rig_user(r, "sip:carol@example.com", THIRD);
        rig_target(r, "sip:carol@example.com");
        rig_look_up(r, WHEN_UNREACHABLE, 0);
        rig_send(r, rig_request(r, "INVITE", "sip:bob@example.com", "", ""));
        nobody_else_rings(r);
        if (comes) {
            come(r, FIRST);
            rig_answer(r, rings(r, 2), 486, "a", "");
            nobody_else_rings(r);
        } else {
            rig_pass(r, 11 * NS_PER_S);
            rig_answer(r, rings(r, 4), 200, "c", "");
        }
        rig_end(r);
    }
}

/* Without memory for it nobody joins, and the call goes on; nothing is lost. */
static void test_want_of_memory(void **state)
{
    (void)state;
    for (size_t n = 1; n < 40; n++) {
        struct rig *r = rig_new();
        r->how = parallel;
        r->how.who = STR(WHO);
        r->how.joins = true;
        rig_target(r, FIRST);
        rig_user(r, WHO, FIRST);
        const char *invite = rig_request(r, "INVITE", "sip:bob@example.com", "", "");
        r->mem.fail_at = r->mem.taken + n;
        rig_send(r, invite);
        come(r, SECOND);
        r->mem.fail_at = 0;
        rig_end(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_joins),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_moved),
        cmocka_unit_test(test_one_after_the_other),
        cmocka_unit_test(test_by_q),
        cmocka_unit_test(test_waits),
        cmocka_unit_test(test_waits_in_vain),
        cmocka_unit_test(test_who_wants_no_queue_does_not_wait),
        cmocka_unit_test(test_cancelled_while_it_waits),
        cmocka_unit_test(test_waits_before_forwarding),
        cmocka_unit_test(test_want_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
