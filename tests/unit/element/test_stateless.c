/* The stateless mode (RFC 3261 16.11): what goes which way by rules, by the default and by the
 * dialog's mark, the same over retransmissions and over a restart. */
#include "ruled.h"

#define FAR "192.0.2.200:5060"
#define FARTHER "192.0.2.201:5060"

static enum config_mode mode;

static void with_mode(struct element_config *c)
{
    with_rules(c);
    c->mode = mode;
    c->proxy.key = (struct hash_key){5, 6};
}

static void with_rules_and_accounts(struct element_config *c)
{
    required(c);
    with_mode(c);
}

static struct world *ruled(const char *text, enum config_mode by_default, bool accounts)
{
    rules = text;
    mode = by_default;
    struct world *w = world_new(accounts ? with_rules_and_accounts : with_mode, -1);
    assert_non_null(w);
    return w;
}

static void done(struct world *w)
{
    finish(w);
    config_free(parsed);
    parsed = NULL;
}

static const char to_far[] =
    "routes: [{user: far, allow: anyone, method: [INVITE], mode: stateless, "
    "forward: 'sip:192.0.2.200'}]\n";

/* A request as its sender repeats it. */
static void ask(struct world *w, const char *method, const char *tag, const char *more)
{
    world_sendf(
        w, ALICE,
        "%s sip:far@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKsame\r\n"
        "Max-Forwards: 9\r\nFrom: <sip:alice@example.com>;tag=a\r\n"
        "To: <sip:far@example.com>%s\r\nCall-ID: c\r\nCSeq: 1 %s\r\n%s"
        "Content-Length: 0\r\n\r\n",
        method, tag, method, more);
}

/* What went to FAR last, but for its first line. */
static char *copy_of(const struct world *w)
{
    const char *text = world_last(w, FAR);
    assert_non_null(text);
    return strdup(strchr(text, '\n'));
}

static void retransmissions_are_passed_on_alike(void **state)
{
    (void)state;
    struct world *w = ruled(to_far, CONFIG_MODE_UNSAID, false);
    ask(w, "INVITE", "", "");
    char *first = copy_of(w);
    assert_non_null(strstr(first, "Record-Route: <sip:192.0.2.100:5060;lr;m=s;t="));
    assert_non_null(strstr(first, "Max-Forwards: 8"));
    ask(w, "INVITE", "", "");
    assert_int_equal(world_count(w, FAR, "INVITE sip:far@192.0.2.200"), 2);
    char *second = copy_of(w);
    assert_string_equal(first, second);
    assert_int_equal(world_count(w, ALICE, "SIP/2.0"), 0);
    assert_true(element_is_idle(w->element));
    world_answer(w, FAR, 180, "");
    world_answer(w, FAR, 486, "");
    assert_int_equal(world_status(w, ALICE), 486);
    done(w);
    w = ruled(to_far, CONFIG_MODE_UNSAID, false);
    ask(w, "INVITE", "", "");
    free(second);
    second = copy_of(w);
    assert_string_equal(first, second);
    free(first);
    free(second);
    done(w);
}

/* … and so are the ACK to a failure and the CANCEL, whatever they lack of their INVITE. */
static void ack_and_cancel_follow(void **state)
{
    (void)state;
    struct world *w = ruled(to_far, CONFIG_MODE_UNSAID, false);
    ask(w, "INVITE", "", "Proxy-Require: privacy\r\nPrivacy: id\r\n");
    const char *branch = strstr(world_last(w, FAR), ";branch=");
    assert_non_null(branch);
    char *same = strndup(branch, strcspn(branch + 1, ";") + 1);
    ask(w, "CANCEL", "", "");
    assert_int_equal(world_count(w, FAR, "CANCEL sip:far@192.0.2.200"), 1);
    assert_non_null(strstr(world_last(w, FAR), same));
    world_answer(w, FAR, 200, "");
    assert_int_equal(world_status(w, ALICE), 200);
    ask(w, "ACK", ";tag=b", "");
    assert_int_equal(world_count(w, FAR, "ACK sip:far@192.0.2.200"), 1);
    assert_non_null(strstr(world_last(w, FAR), same));
    free(same);
    done(w);
}

/* 17.2.1: who had a 100 does not repeat its INVITE: then it is ours to do so, and to end. */
static void what_waited_is_kept(void **state)
{
    (void)state;
    struct world *w = ruled("routes: []\n", CONFIG_MODE_STATELESS, false);
    world_register(w, FAR, "far", 600);
    w->hold = true;
    ask(w, "INVITE", "", "");
    world_pass(w, 1);
    assert_int_equal(world_status(w, ALICE), 100);
    world_release(w);
    assert_int_equal(world_count(w, FAR, "INVITE"), 1);
    world_pass(w, 2);
    assert_true(world_count(w, FAR, "INVITE") > 1);
    world_answer(w, FAR, 486, "");
    assert_int_equal(world_status(w, ALICE), 486);
    ask(w, "ACK", ";tag=b", "");
    done(w);
}

/* 16.11: one target, by fields of the message alone; another call may get another one. */
static void one_target_is_chosen(void **state)
{
    (void)state;
    struct world *w = ruled("routes: [{user: far, allow: anyone, forward: 'set:two'}]\n"
                            "sets: [{name: two, members: [{uri: 'sip:192.0.2.200'}, "
                            "{uri: 'sip:192.0.2.201'}]}]\n",
                            CONFIG_MODE_STATELESS, false);
    char id[16];
    unsigned near = 0;
    for (unsigned i = 0; i < 20; i++) {
        world_forget(w);
        snprintf(id, sizeof id, "call-%u", i);
        for (unsigned n = 0; n < 3; n++)
            world_request(w, ALICE, "INVITE", "sip:far@example.com", "sip:a@far.example", id, "");
        unsigned there = world_count(w, FAR, "INVITE");
        assert_true(there == 0 || there == 3);
        assert_int_equal(there + world_count(w, FARTHER, "INVITE"), 3);
        near += there / 3;
    }
    assert_in_range(near, 3, 17);
    done(w);
}

static void one_phone_rings(void **state)
{
    (void)state;
    struct world *w = ruled("", CONFIG_MODE_STATELESS, false);
    world_register(w, BOB, "bob", 600);
    world_register(w, "192.0.2.3:5060", "bob", 600);
    world_pass(w, 60);
    world_forget(w);
    for (unsigned n = 0; n < 3; n++)
        world_request(w, ALICE, "INVITE", "sip:bob@example.com", "sip:alice@example.com", "c", "");
    unsigned there = world_count(w, BOB, "INVITE");
    assert_true(there == 0 || there == 3);
    assert_int_equal(world_count(w, "192.0.2.3:5060", "INVITE"), 3 - there);
    assert_int_equal(world_count(w, ALICE, "SIP/2.0"), 0);
    assert_true(element_is_idle(w->element));
    done(w);
}

/* What cannot go on is answered, and nothing kept of it either. */
static void refusals_are_stateless(void **state)
{
    (void)state;
    struct world *w = ruled("", CONFIG_MODE_STATELESS, false);
    world_register(w, BOB, "bob", 600);
    world_request(w, ALICE, "INVITE", "sip:nobody@example.com", "sip:alice@example.com", "c", "");
    assert_int_equal(world_status(w, ALICE), 404);
    ask(w, "CANCEL", "", "");
    assert_int_equal(world_status(w, ALICE), 481);
    done(w);
}

/* A dialog goes on as it was set up: its mark says so, also to a later life with other rules. */
static void dialogs_keep_their_mode(void **state)
{
    (void)state;
    struct world *w = ruled(to_far, CONFIG_MODE_UNSAID, false);
    ask(w, "INVITE", "", "");
    const char *line = strstr(world_last(w, FAR), "Record-Route: ");
    assert_non_null(line);
    char *route = strndup(line + 7, strcspn(line, "\r") - 7);
    done(w);
    w = ruled("", CONFIG_MODE_UNSAID, false);
    for (unsigned n = 0; n < 2; n++)
        world_sendf(w, ALICE,
                    "BYE sip:far@192.0.2.200 SIP/2.0\r\n"
                    "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKbye\r\nMax-Forwards: 9\r\n%s\r\n"
                    "From: <sip:alice@example.com>;tag=a\r\nTo: <sip:far@example.com>;tag=b\r\n"
                    "Call-ID: c\r\nCSeq: 2 BYE\r\nContent-Length: 0\r\n\r\n",
                    route);
    assert_int_equal(world_count(w, FAR, "BYE"), 2);
    assert_true(element_is_idle(w->element));
    world_answer(w, FAR, 200, "");
    assert_int_equal(world_status(w, ALICE), 200);
    free(route);
    done(w);
}

/* Where accounts are needed a retransmission is not taken for somebody who repeats what he heard.
 */
static void credentials_come_again(void **state)
{
    (void)state;
    struct world *w = ruled("", CONFIG_MODE_STATELESS, true);
    account_put(w, "alice", "wonderland", DIGEST_ALL);
    account_put(w, "bob", "builder", DIGEST_ALL);
    bob_registered(w);
    struct phone alice = alice_of(w);
    world_forget(w);
    phone_call(&alice, "INVITE", TO_BOB, "c1");
    assert_int_equal(world_count(w, BOB, "INVITE"), 1);
    phone_repeat(&alice);
    assert_int_equal(world_count(w, BOB, "INVITE"), 2);
    done(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retransmissions_are_passed_on_alike),
        cmocka_unit_test(ack_and_cancel_follow),
        cmocka_unit_test(what_waited_is_kept),
        cmocka_unit_test(one_target_is_chosen),
        cmocka_unit_test(one_phone_rings),
        cmocka_unit_test(refusals_are_stateless),
        cmocka_unit_test(dialogs_keep_their_mode),
        cmocka_unit_test(credentials_come_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
