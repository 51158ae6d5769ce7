/* Calls with a phone that only its connection reaches, at another worker (RFC 5626 4.3), and ACKs
 * to an address-of-record: registration, call, ACK, BYE as a server sees them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "world.h"

#define ALICE "192.0.2.1:5060"
#define BOB "192.0.2.2:5062"
#define BOB_DESK "192.0.2.3:5060"
#define PHONE "192.0.2.2:56118"
#define CONTACT "sip:bob@" PHONE ";transport=tcp"
#define CONN ((conn_id)3 << 56 | 0x1234) /* worker 3's */
#define MF "Max-Forwards: 70\r\n"

static struct world *world_with_tcp(struct flow *f)
{
    struct world *w = world_new(NULL, -1);
    assert_non_null(w);
    *f = (struct flow){.transport = TRANSPORT_TCP, .conn = CONN};
    assert_true(addr_parse(STR(SERVER), &f->local) && addr_parse(STR(PHONE), &f->remote));
    int listener = engine_listen(element_engine(w->element), TRANSPORT_TCP, &f->local, STR_NONE);
    assert_true(listener >= 0);
    f->listener = (uint8_t)listener;
    return w;
}

static void finish(struct world *w)
{
    for (unsigned i = 0; i < 60; i++) {
        world_forget(w);
        world_pass(w, 5);
    }
    world_forget(w);
    assert_true(element_is_idle(w->element));
    world_free(w);
}

/* From the phone on the connection. */
static void from_phone(struct world *w, const struct flow *f, const char *start, const char *tags,
                       const char *lines)
{
    char text[WORLD_TEXT];
    int n = snprintf(text, sizeof text,
                     "%s SIP/2.0\r\nVia: SIP/2.0/TCP " PHONE ";branch=z9hG4bKp%.3s\r\n%s"
                     "Call-ID: %s\r\nCSeq: 1 %.*s\r\n" MF "%sContent-Length: 0\r\n\r\n",
                     start, start, tags, strncmp(start, "REG", 3) == 0 ? "reg" : "call",
                     (int)strcspn(start, " "), start, lines);
    assert_true(n > 0 && (size_t)n < sizeof text);
    world_adopt(w, f, text);
}

static void register_phone(struct world *w, const struct flow *f)
{
    from_phone(w, f, "REGISTER sip:example.com",
               "From: <sip:bob@example.com>;tag=r\r\nTo: <sip:bob@example.com>\r\n",
               "Contact: <" CONTACT ">\r\nExpires: 600\r\n");
    assert_int_equal(w->n_sent, 1);
    assert_non_null(strstr(w->sent[0].text, "SIP/2.0 200 "));
    world_forget(w);
}

/* The last message that was sent on the connection, and begins so. */
static const char *on_conn(const struct world *w, const char *begins)
{
    for (size_t i = w->n_sent; i > 0; i--)
        if (w->sent[i - 1].conn == CONN &&
            strncmp(w->sent[i - 1].text, begins, strlen(begins)) == 0)
            return w->sent[i - 1].text;
    fail_msg("no %s on the connection", begins);
    return NULL;
}

/* The Record-Route lines as Route: of the callee in their order, of the caller in the other. */
static void routes_of(const char *invite, char *of_caller, char *of_callee, size_t size)
{
    const char *one = strstr(invite, "\r\nRecord-Route: "), *two;
    assert_non_null(one);
    one += 16;
    two = strstr(one, "\r\nRecord-Route: ");
    assert_non_null(two);
    two += 16;
    int a = (int)strcspn(one, "\r"), b = (int)strcspn(two, "\r");
    snprintf(of_callee, size, "Route: %.*s, %.*s\r\n", a, one, b, two);
    snprintf(of_caller, size, "Route: %.*s, %.*s\r\n" MF, b, two, a, one);
}

struct call {
    char of_caller[600], of_callee[600];
};

static void call_phone(struct world *w, struct call *c)
{
    world_request(w, ALICE, "INVITE", "sip:bob@example.com", "sip:alice@example.com", "call", MF);
    const char *invite = on_conn(w, "INVITE " CONTACT " ");
    routes_of(invite, c->of_caller, c->of_callee, sizeof c->of_caller);
}

static void test_call(void **state)
{
    (void)state;
    struct flow f;
    struct call c;
    struct world *w = world_with_tcp(&f);
    register_phone(w, &f);
    call_phone(w, &c);
    world_request(w, ALICE, "ACK", CONTACT, "sip:alice@example.com", "call", c.of_caller);
    assert_null(strstr(on_conn(w, "ACK " CONTACT " "), "Route:"));
    world_request(w, ALICE, "BYE", CONTACT, "sip:alice@example.com", "call", c.of_caller);
    assert_null(strstr(on_conn(w, "BYE " CONTACT " "), "Route:"));
    from_phone(w, &f, "BYE sip:x@" ALICE,
               "From: <sip:bob@example.com>;tag=b\r\nTo: <sip:alice@example.com>;tag=f\r\n",
               c.of_callee);
    assert_int_equal(world_count(w, ALICE, "BYE sip:x@" ALICE), 1);
    finish(w);
}

/* RFC 5626 4.3: the connection has ended; a Contact that can be reached still is. */
static void test_gone(void **state)
{
    (void)state;
    struct flow f;
    struct call c;
    struct world *w = world_with_tcp(&f);
    register_phone(w, &f);
    call_phone(w, &c);
    world_request(w, ALICE, "BYE", "sip:bob@" BOB, "sip:alice@example.com", "call", c.of_caller);
    (void)on_conn(w, "BYE ");
    assert_int_equal(world_count(w, BOB, "BYE"), 0);
    world_gone(w, CONN);
    assert_int_equal(world_count(w, BOB, "BYE sip:bob@" BOB), 1);
    world_answer(w, BOB, 200, "");
    assert_int_equal(world_status(w, ALICE), 200);
    finish(w);
}

/* RFC 3261 13.2.2.4, 16.5: the callee gave its address-of-record as Contact, and no Route remains:
 * whichever of the bindings answered gets the ACK. */
static void test_ack_to_aor(void **state)
{
    (void)state;
    struct flow f;
    struct world *w = world_with_tcp(&f);
    register_phone(w, &f);
    world_register(w, BOB_DESK, "bob", 600);
    world_forget(w);
    world_request(w, ALICE, "ACK", "sip:bob@example.com", "sip:alice@example.com", "aor", MF);
    (void)on_conn(w, "ACK " CONTACT " ");
    assert_int_equal(world_count(w, BOB_DESK, "ACK sip:bob@" BOB_DESK), 1);
    assert_int_equal(w->n_sent, 2);
    finish(w);
}

/* RFC 3261 18.2.2, 17.2.1: its 100 cannot be sent, but the INVITE is still there: it waits for the
 * store and goes on. */
static void test_caller_gone_while_waiting(void **state)
{
    (void)state;
    struct flow f;
    struct world *w = world_with_tcp(&f);
    world_register(w, ALICE, "alice", 600);
    world_forget(w);
    w->hold = true;
    for (unsigned i = 0; i < 2; i++) {
        from_phone(w, &f, "INVITE sip:alice@example.com",
                   "From: <sip:bob@example.com>;tag=b\r\nTo: <sip:alice@example.com>\r\n", "");
        world_gone(w, CONN);
    }
    assert_int_equal(world_count(w, ALICE, "INVITE"), 0);
    world_release(w);
    assert_int_equal(world_count(w, ALICE, "INVITE"), 1);
    world_answer(w, ALICE, 486, "");
    finish(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_call),
        cmocka_unit_test(test_gone),
        cmocka_unit_test(test_ack_to_aor),
        cmocka_unit_test(test_caller_gone_while_waiting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
