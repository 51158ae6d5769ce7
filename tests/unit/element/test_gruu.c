/* Requests to a GRUU (RFC 5627 6.1): to one phone of a user's, and to none once it is not valid. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "world.h"

#define ALICE "192.0.2.1:5060"
#define DESK "192.0.2.2:5060"
#define MOBILE "192.0.2.3:5060"
#define MF "Max-Forwards: 70\r\n"

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

/* Bob's phone registers and asks for GRUUs; its answer. */
static const char *enroll(struct world *w, const char *at, const char *urn, const char *call_id,
                          unsigned cseq, unsigned expires)
{
    world_sendf(w, at,
                "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%s%u\r\n" MF
                "From: <sip:bob@example.com>;tag=r\r\nTo: <sip:bob@example.com>\r\n"
                "Call-ID: %s\r\nCSeq: %u REGISTER\r\nSupported: gruu\r\n"
                "Contact: <sip:bob@%s>;+sip.instance=\"<%s>\";pub-gruu=\"sip:x@y\"\r\n"
                "Expires: %u\r\nContent-Length: 0\r\n\r\n",
                at, call_id, cseq, call_id, cseq, at, urn, expires);
    assert_int_equal(world_status(w, at), 200);
    return world_last(w, at);
}

/* The value of a parameter of the contact at this address. */
static void gruu_of(const char *answer, const char *at, const char *name, char out[512])
{
    char look[64];
    snprintf(look, sizeof look, "Contact: <sip:bob@%s>", at);
    const char *line = strstr(answer, look);
    assert_non_null(line);
    snprintf(look, sizeof look, ";%s=\"", name);
    const char *value = strstr(line, look);
    assert_non_null(value);
    value += strlen(look);
    snprintf(out, 512, "%.*s", (int)strcspn(value, "\""), value);
}

static unsigned call(struct world *w, const char *uri)
{
    static unsigned turn;
    char call_id[16];
    snprintf(call_id, sizeof call_id, "call%u", ++turn);
    world_forget(w);
    world_request(w, ALICE, "INVITE", uri, "sip:alice@example.com", call_id, MF);
    return world_status(w, ALICE);
}

static void test_one_phone_of_two(void **state)
{
    (void)state;
    char pub[512], temp[512], before[512];
    struct world *w = world_new(NULL, -1);
    enroll(w, DESK, "urn:uuid:1", "desk", 1, 600);
    const char *answer = enroll(w, MOBILE, "urn:uuid:2", "mobile", 1, 600);
    gruu_of(answer, DESK, "pub-gruu", pub);
    gruu_of(answer, DESK, "temp-gruu", temp);
    assert_string_equal(pub, "sip:bob@example.com;gr=urn:uuid:1");
    assert_int_equal(call(w, "sip:bob@example.com"), 100);
    assert_int_equal(world_count(w, DESK, "INVITE"), 1);
    assert_int_equal(world_count(w, MOBILE, "INVITE"), 1);
    assert_int_equal(call(w, pub), 100);
    assert_int_equal(world_count(w, DESK, "INVITE sip:bob@" DESK " "), 1);
    assert_int_equal(world_count(w, MOBILE, "INVITE"), 0);
    assert_int_equal(call(w, temp), 100);
    assert_int_equal(world_count(w, DESK, "INVITE sip:bob@" DESK " "), 1);
    assert_int_equal(world_count(w, MOBILE, "INVITE"), 0);
    snprintf(before, sizeof before, "%s", temp);
    gruu_of(enroll(w, DESK, "urn:uuid:1", "desk", 2, 600), DESK, "temp-gruu", temp);
    assert_string_not_equal(before, temp);
    assert_int_equal(call(w, before), 100);
    assert_int_equal(world_count(w, DESK, "INVITE"), 1);
    finish(w);
}

static void test_no_longer_valid(void **state)
{
    (void)state;
    char pub[512], temp[512], later[512];
    struct world *w = world_new(NULL, -1);
    const char *answer = enroll(w, DESK, "urn:uuid:1", "desk", 1, 600);
    gruu_of(answer, DESK, "pub-gruu", pub);
    gruu_of(answer, DESK, "temp-gruu", temp);
    world_pass(w, 1);
    gruu_of(enroll(w, DESK, "urn:uuid:1", "again", 1, 600), DESK, "temp-gruu", later);
    assert_int_equal(call(w, temp), 404);
    assert_int_equal(call(w, later), 100);
    world_pass(w, 1);
    enroll(w, DESK, "urn:uuid:1", "again", 2, 0);
    assert_int_equal(call(w, later), 404);
    assert_int_equal(call(w, pub), 480);
    world_pass(w, 1);
    enroll(w, DESK, "urn:uuid:1", "again", 3, 600);
    assert_int_equal(call(w, later), 404);
    assert_int_equal(call(w, pub), 100);
    assert_int_equal(call(w, "sip:nobody@example.com;gr=urn:uuid:1"), 404);
    assert_int_equal(call(w, "sip:bob@example.com;gr"), 404);
    finish(w);
}

/* RFC 5627 5.2: who does not ask gets none; 5.1: a contact that is the user himself would loop. */
static void test_asked_for(void **state)
{
    (void)state;
    struct world *w = world_new(NULL, -1);
    world_register(w, DESK, "bob", 600);
    assert_null(strstr(world_last(w, DESK), "gruu"));
    world_sendf(w, DESK,
                "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP " DESK
                ";branch=z9hG4bKx\r\n" MF
                "From: <sip:bob@example.com>;tag=r\r\nTo: <sip:bob@example.com>\r\n"
                "Call-ID: x\r\nCSeq: 1 REGISTER\r\nRequire: gruu\r\n"
                "Contact: <sip:bob@example.com;gr=x>;+sip.instance=\"<urn:uuid:1>\"\r\n"
                "Content-Length: 0\r\n\r\n");
    assert_int_equal(world_status(w, DESK), 403);
    finish(w);
}

/* RFC 5627 6.1: within a dialog, by the Route that remains, and not by the Path. */
static void test_within_a_dialog(void **state)
{
    (void)state;
    char pub[512], route[600];
    struct world *w = world_new(NULL, -1);
    gruu_of(enroll(w, DESK, "urn:uuid:1", "desk", 1, 600), DESK, "pub-gruu", pub);
    assert_int_equal(call(w, pub), 100);
    const char *own = strstr(world_last(w, DESK), "\r\nRecord-Route: ");
    const char *call_id = strstr(world_last(w, DESK), "\r\nCall-ID: ");
    assert_true(own && call_id);
    char id[16];
    snprintf(id, sizeof id, "%.*s", (int)strcspn(call_id + 11, "\r"), call_id + 11);
    snprintf(route, sizeof route, MF "Route: %.*s, <sip:192.0.2.50;lr>\r\n",
             (int)strcspn(own + 16, "\r"), own + 16);
    world_forget(w);
    world_request(w, ALICE, "BYE", pub, "sip:alice@example.com", id, route);
    assert_int_equal(world_count(w, "192.0.2.50:5060", "BYE sip:bob@" DESK " "), 1);
    finish(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_phone_of_two),
        cmocka_unit_test(test_no_longer_valid),
        cmocka_unit_test(test_asked_for),
        cmocka_unit_test(test_within_a_dialog),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
