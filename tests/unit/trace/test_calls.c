/* The table: grouping, repeats, numbers, order, bounds, notes. */
#include "rig.h"

#include <stdio.h>

#include "base/err.h"
#include "base/limits.h"

static struct rig r;

static const struct trace_item *nth(const struct trace_call *c, unsigned n)
{
    const struct trace_item *i = NULL;
    do
        i = trace_call_item(c, i);
    while (i && n-- > 0);
    assert_non_null(i);
    return i;
}

static void assert_text(struct str is, const char *wanted)
{
    assert_int_equal(is.len, strlen(wanted));
    assert_memory_equal(is.at, wanted, is.len);
}

static void test_one_call(void **state)
{
    (void)state;
    rig_init(&r, 0);
    rig_tell(&r, plain_call, n_plain_call);
    const struct trace_call *c = trace_calls_next(r.calls, NULL);
    assert_text(c->call_id, "one");
    assert_text(c->method_name, "INVITE");
    assert_text(c->from_uri, "sip:alice@example.com");
    assert_text(c->to_uri, "sip:bob@example.com");
    assert_int_equal(c->n_messages, 7);
    assert_int_equal(c->last_at - c->at, INT64_C(33110000000));
    assert_null(trace_calls_next(r.calls, c));
    assert_null(trace_calls_find(r.calls, STR("two")));
    rig_fini(&r);
}

/* RFC 3261 17.1.1.2: the same bytes again are no other message. */
static void test_repeats(void **state)
{
    (void)state;
    rig_init(&r, 0);
    rig_tell(&r, plain_call, n_plain_call);
    const struct trace_call *c = rig_call(&r, "one");
    assert_int_equal(c->n_items, 6);
    assert_int_equal(c->n_repeats, 1);
    assert_int_equal(nth(c, 0)->repeats, 1);
    assert_int_equal(nth(c, 0)->last_at - nth(c, 0)->at, 500000000);
    assert_int_equal(nth(c, 1)->status, 180);
    rig_fini(&r);
}

/* RFC 3261 12, 17: an INVITE with its ACK is one transaction, both tags are one dialog. */
static void test_numbers(void **state)
{
    (void)state;
    static const unsigned transactions[] = {1, 1, 1, 1, 2, 2}, dialogs[] = {0, 1, 1, 1, 1, 1};
    rig_init(&r, 0);
    rig_tell(&r, plain_call, n_plain_call);
    for (unsigned i = 0; i < 6; i++) {
        assert_int_equal(nth(rig_call(&r, "one"), i)->transaction, transactions[i]);
        assert_int_equal(nth(rig_call(&r, "one"), i)->dialog, dialogs[i]);
    }
    rig_fini(&r);
}

/* Two phones ring: two dialogs; a refusal's tag makes none. */
static void test_forks(void **state)
{
    (void)state;
    rig_init(&r, 0);
    tell_transfer(&r);
    const struct trace_call *c = rig_call(&r, "call-1");
    assert_int_equal(nth(c, 1)->status, 407);
    assert_int_equal(nth(c, 1)->dialog, 0);
    unsigned most = 0;
    for (const struct trace_item *i = NULL; (i = trace_call_item(c, i));)
        most = i->dialog > most ? i->dialog : most;
    assert_int_equal(most, 2);
    rig_fini(&r);
}

static void test_order(void **state)
{
    (void)state;
    rig_init(&r, 0);
    for (size_t i = n_plain_call; i > 0; i--)
        assert_int_equal(rig_say(&r, &plain_call[i - 1]), OK);
    const struct trace_call *c = rig_call(&r, "one");
    for (const struct trace_item *i = NULL, *last = NULL; (i = trace_call_item(c, i)); last = i)
        assert_true(!last || last->at <= i->at);
    assert_int_equal(c->at, T0);
    rig_fini(&r);
}

static void test_notes(void **state)
{
    (void)state;
    rig_init(&r, 0);
    assert_int_equal(rig_note(&r, 0, "one", "proxy", "too early"), OK);
    rig_tell(&r, plain_call, n_plain_call);
    assert_int_equal(rig_note(&r, 600, "one", "proxy", "bob is looked for"), OK);
    const struct trace_item *note = nth(rig_call(&r, "one"), 2);
    assert_int_equal(note->kind, TRACE_NOTE);
    assert_text(note->who, "proxy");
    assert_text(note->text, "bob is looked for");
    assert_int_equal(rig_call(&r, "one")->n_messages, 7);
    assert_int_equal(trace_calls_counts(r.calls).notes_unheard, 1);
    rig_fini(&r);
}

/* Broken messages are what one looks for: without a Call-ID they are of a call of their own, both
 * ways; with one that is malformed of the call that has it as it stands. */
static void test_no_call(void **state)
{
    (void)state;
    struct trace_event e = {.kind = TRACE_MESSAGE, .text = STR("INVITE sip:a@b SIP/2.0\r\n\r\n")};
    rig_init(&r, 0);
    assert_true(addr_parse(STR("10.0.0.2:5070"), &e.from));
    assert_true(addr_parse(STR("10.0.0.1:5060"), &e.to));
    assert_int_equal(trace_calls_take(r.calls, &e), OK);
    const struct trace_call *c = rig_call(&r, "no Call-ID 10.0.0.1:5060 10.0.0.2:5070");
    assert_text(c->method_name, "INVITE");
    assert_ptr_equal(trace_calls_of(r.calls, &e), c);
    struct trace_event back = {.kind = TRACE_MESSAGE,
                               .from = e.to,
                               .to = e.from,
                               .text = STR("SIP/2.0 400 Bad Request\r\nCall-ID:\r\n\r\n")};
    assert_int_equal(trace_calls_take(r.calls, &back), OK);
    assert_int_equal(c->n_messages, 2);
    e.text = STR("INVITE sip:a@b SIP/2.0\r\nCall-ID: a b@c \r\n\r\n");
    assert_null(trace_calls_of(r.calls, &e));
    assert_int_equal(trace_calls_take(r.calls, &e), OK);
    assert_int_equal(rig_call(&r, "a b@c")->n_messages, 1);
    assert_int_equal(trace_calls_counts(r.calls).without_call, 0);
    rig_fini(&r);
}

/* The call whose last message is the longest ago goes first. */
static void test_forgets(void **state)
{
    (void)state;
    char id[16];
    rig_init(&r, 0);
    for (unsigned i = 0; i < 1000; i++) {
        struct said s = plain_call[0];
        (void)snprintf(id, sizeof id, "call%u", i);
        s.call_id = id;
        s.ms = i;
        assert_int_equal(rig_say(&r, &s), OK);
        s.call_id = "kept"; /* never silent */
        assert_int_equal(rig_say(&r, &s), OK);
    }
    struct trace_counts n = trace_calls_counts(r.calls);
    assert_int_equal(n.calls, 1001);
    assert_in_range(n.forgotten, 500, 999);
    assert_null(trace_calls_find(r.calls, STR("call0")));
    assert_non_null(trace_calls_find(r.calls, STR("call999")));
    assert_non_null(trace_calls_find(r.calls, STR("kept")));
    unsigned left = 0;
    for (const struct trace_call *c = NULL; (c = trace_calls_next(r.calls, c));)
        left++;
    assert_int_equal(left + n.forgotten, n.calls);
    rig_fini(&r);
}

/* The call that takes a message is not forgotten for it, silent as it was. */
static void test_spared(void **state)
{
    (void)state;
    char cseq[32];
    static char body[3000];
    memset(body, 'x', sizeof body - 1);
    rig_init(&r, 0);
    for (unsigned i = 0; i < 200; i++) {
        struct said s = plain_call[5];
        (void)snprintf(cseq, sizeof cseq, "%u INFO", i + 10);
        s.cseq = cseq;
        s.start = "INFO sip:bob@10.0.0.2";
        s.body = body;
        assert_int_equal(rig_say(&r, &s), OK);
        assert_true(rig_call(&r, "one")->n_items > 0);
        s = plain_call[0];
        s.call_id = "other";
        assert_int_equal(rig_say(&r, &s), OK);
    }
    assert_true(rig_call(&r, "one")->left_out > 0);
    rig_fini(&r);
}

/* One call has its bounds, too: its first messages make room. */
static void test_long_call(void **state)
{
    (void)state;
    char cseq[32];
    rig_init(&r, 64 << 20);
    rig_tell(&r, plain_call, 4);
    for (unsigned i = 0; i < LIMIT_TRACE_ITEMS; i++) {
        struct said s = plain_call[5];
        (void)snprintf(cseq, sizeof cseq, "%u INFO", i + 10);
        s.cseq = cseq;
        s.start = "INFO sip:bob@10.0.0.2";
        s.ms = 3000 + i;
        assert_int_equal(rig_say(&r, &s), OK);
    }
    const struct trace_call *c = rig_call(&r, "one");
    assert_int_equal(c->n_items, LIMIT_TRACE_ITEMS);
    assert_int_equal(c->left_out, 3);
    assert_text(c->method_name, "INVITE");
    rig_fini(&r);
}

/* What came last, and whose it is: also of a repeat and of a note, and of nothing that was passed
 * over. */
static void test_last(void **state)
{
    (void)state;
    const struct trace_call *c;
    rig_init(&r, 0);
    assert_null(trace_calls_last(r.calls, &c));
    assert_int_equal(rig_say(&r, &plain_call[0]), OK);
    const struct trace_item *first = trace_calls_last(r.calls, &c);
    assert_ptr_equal(c, rig_call(&r, "one"));
    assert_ptr_equal(first, nth(c, 0));
    assert_int_equal(rig_note(&r, 600, "one", "proxy", "bob is looked for"), OK);
    assert_int_equal(trace_calls_last(r.calls, &c)->kind, TRACE_NOTE);
    assert_int_equal(rig_say(&r, &plain_call[0]), OK);
    assert_ptr_equal(trace_calls_last(r.calls, &c), first);
    assert_int_equal(first->repeats, 1);
    assert_int_equal(rig_note(&r, 700, "other", "proxy", "nobody's"), OK);
    assert_null(trace_calls_last(r.calls, &c));
    assert_null(c);
    rig_fini(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_call),  cmocka_unit_test(test_repeats),
        cmocka_unit_test(test_numbers),   cmocka_unit_test(test_forks),
        cmocka_unit_test(test_order),     cmocka_unit_test(test_notes),
        cmocka_unit_test(test_no_call),   cmocka_unit_test(test_forgets),
        cmocka_unit_test(test_long_call), cmocka_unit_test(test_spared),
        cmocka_unit_test(test_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
