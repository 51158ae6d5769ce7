/* Registrations that stand and end with the flow that they came by (RFC 5626 6, 7), from the wire
 * to the wire. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "world.h"

#define ALICE "192.0.2.1:5060"
#define PHONE "192.0.2.2:56118"
#define CONN ((conn_id)3 << 56 | 0x1234) /* worker 3's */
#define OTHER_CONN ((conn_id)2 << 56 | 0x77)
#define MF "Max-Forwards: 70\r\n"
#define INSTANCE ";+sip.instance=\"<urn:uuid:1>\""

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

/* A REGISTER of Bob's by the connection. */
static void by_conn(struct world *w, const struct flow *f, const char *contact)
{
    static unsigned cseq;
    char text[WORLD_TEXT];
    cseq++;
    int n = snprintf(text, sizeof text,
                     "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/TCP " PHONE
                     ";branch=z9hG4bKreg%u\r\nFrom: <sip:bob@example.com>;tag=r\r\n"
                     "To: <sip:bob@example.com>\r\nCall-ID: %u\r\nCSeq: %u REGISTER\r\n" MF
                     "Supported: outbound\r\nContact: %s\r\nExpires: 600\r\n"
                     "Content-Length: 0\r\n\r\n",
                     cseq, (unsigned)f->conn, cseq, contact);
    assert_true(n > 0 && (size_t)n < sizeof text);
    world_adopt(w, f, text);
}

static unsigned call_bob(struct world *w)
{
    static unsigned turn;
    char call_id[16];
    snprintf(call_id, sizeof call_id, "call%u", ++turn);
    world_forget(w);
    world_request(w, ALICE, "INVITE", "sip:bob@example.com", "sip:alice@example.com", call_id, MF);
    return world_status(w, ALICE);
}

static unsigned sent_on(const struct world *w, conn_id conn, const char *begins)
{
    unsigned n = 0;
    for (size_t i = 0; i < w->n_sent; i++)
        n += w->sent[i].conn == conn && strncmp(w->sent[i].text, begins, strlen(begins)) == 0;
    return n;
}

/* Nothing but its flow leads to the phone: once that has ended nobody is there, and nobody waits
 * half a minute to learn it. */
static void test_ends_with_its_flow(void **state)
{
    (void)state;
    struct flow f;
    struct world *w = world_with_tcp(&f);
    by_conn(w, &f, "<sip:bob@10.0.0.2:5060;ob>" INSTANCE ";reg-id=1");
    assert_non_null(strstr(w->sent[0].text, "\r\nRequire: outbound\r\n"));
    assert_int_equal(call_bob(w), 100);
    assert_int_equal(sent_on(w, CONN, "INVITE sip:bob@10.0.0.2:5060;ob "), 1);
    world_gone(w, CONN);
    assert_int_equal(call_bob(w), 480);
    finish(w);
}

/* Who ends is who registered by it. */
static void test_others_stay(void **state)
{
    (void)state;
    struct flow f;
    struct world *w = world_with_tcp(&f);
    by_conn(w, &f, "<sip:bob@10.0.0.2:5060;ob>" INSTANCE ";reg-id=1");
    f.conn = OTHER_CONN;
    by_conn(w, &f, "<sip:bob@10.0.0.2:5060;ob>;+sip.instance=\"<urn:uuid:2>\";reg-id=1");
    world_register(w, "192.0.2.3:5060", "bob", 600);
    world_gone(w, CONN);
    assert_int_equal(call_bob(w), 100);
    assert_int_equal(sent_on(w, CONN, "INVITE"), 0);
    assert_int_equal(sent_on(w, OTHER_CONN, "INVITE"), 1);
    assert_int_equal(world_count(w, "192.0.2.3:5060", "INVITE"), 1);
    finish(w);
}

/* A phone without outbound may listen at its contact: it is tried there, once the connection is
 * gone. */
static void test_contact_after_the_flow(void **state)
{
    (void)state;
    struct flow f;
    struct world *w = world_with_tcp(&f);
    by_conn(w, &f, "<sip:bob@" PHONE ">");
    assert_int_equal(call_bob(w), 100);
    assert_int_equal(sent_on(w, CONN, "INVITE"), 1);
    world_gone(w, CONN);
    assert_int_equal(call_bob(w), 100);
    assert_int_equal(sent_on(w, CONN, "INVITE"), 0);
    assert_int_equal(world_count(w, PHONE, "INVITE sip:bob@" PHONE), 1);
    world_answer(w, PHONE, 486, "");
    finish(w);
}

/* The connection ends while its REGISTER waits for the store. */
static void test_ends_before_it_stands(void **state)
{
    (void)state;
    struct flow f;
    struct world *w = world_with_tcp(&f);
    w->hold = true;
    by_conn(w, &f, "<sip:bob@10.0.0.2:5060;ob>" INSTANCE ";reg-id=1");
    w->hold = false;
    world_gone(w, CONN);
    world_release(w);
    assert_int_equal(w->store.written, 2);
    assert_int_equal(call_bob(w), 480);
    finish(w);
}

/* Another REGISTER changes the record meanwhile: what ends is looked for anew. */
static void test_ends_against_others(void **state)
{
    (void)state;
    struct flow f;
    struct world *w = world_with_tcp(&f);
    by_conn(w, &f, "<sip:bob@10.0.0.2:5060;ob>" INSTANCE ";reg-id=1");
    w->store.conflicts = 3;
    world_gone(w, CONN);
    assert_int_equal(call_bob(w), 480);
    w->store.conflicts = 0;
    by_conn(w, &f, "<sip:bob@10.0.0.2:5060;ob>" INSTANCE ";reg-id=1");
    w->store.failing = true;
    world_gone(w, CONN);
    w->store.failing = false;
    assert_int_equal(call_bob(w), 100); /* the store would not: it lasts until it expires */
    finish(w);
}

/* More users than are asked for at once, over one connection. */
static void test_many_over_one(void **state)
{
    (void)state;
    struct flow f;
    struct world *w = world_with_tcp(&f);
    char text[WORLD_TEXT];
    for (unsigned i = 0; i < STORE_RECORDS; i++) {
        snprintf(text, sizeof text,
                 "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/TCP " PHONE
                 ";branch=z9hG4bKm%u\r\nFrom: <sip:u%u@example.com>;tag=r\r\n"
                 "To: <sip:u%u@example.com>\r\nCall-ID: m%u\r\nCSeq: 1 REGISTER\r\n" MF
                 "Contact: <sip:u@10.0.0.2;ob>" INSTANCE ";reg-id=1\r\n"
                 "Content-Length: 0\r\n\r\n",
                 i, i, i, i);
        world_adopt(w, &f, text);
    }
    unsigned written = w->store.written;
    assert_int_equal(written, STORE_RECORDS);
    world_gone(w, CONN);
    assert_int_equal(w->store.written, 2 * written);
    world_gone(w, CONN);
    assert_int_equal(w->store.written, 2 * written);
    finish(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ends_with_its_flow),     cmocka_unit_test(test_others_stay),
        cmocka_unit_test(test_contact_after_the_flow), cmocka_unit_test(test_ends_before_it_stands),
        cmocka_unit_test(test_ends_against_others),    cmocka_unit_test(test_many_over_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
