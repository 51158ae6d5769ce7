/* Telephone numbers that nobody here has (RFC 6116): where the DNS leads them, for whom, and what
 * becomes of those that lead nowhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "world.h"

#include "resolve/hosts.h"

#define ALICE "192.0.2.1:5061"
#define BOB "192.0.2.2:5062"
#define TRUNK "192.0.2.9:5070"
#define MARK(n, field) n ".e164.arpa. NAPTR 1 1 u E2U+sip \"" field "\" .\n"

static const char zone[] = MARK("1", "!^.*$!sip:carol@192.0.2.9:5070!")
    MARK("2", "!^.*$!sip:bob@example.com!") MARK("3", "!^.*$!sip:+4@example.com;user=phone!")
        MARK("4", "!^.*$!sip:+3@example.com;user=phone!")
            MARK("5", "!^.*$!sip:example.com!") "6.e164.arpa. A 192.0.2.1\n"
                                                "7.e164.arpa. A 192.0.2.1\n"
                                                "7.other.example. NAPTR 1 1 u E2U+sip "
                                                "!^.*$!sip:second@192.0.2.9:5070! .\n"
                                                "6.other.example. A 192.0.2.1\n"
                                                "5.other.example. A 192.0.2.1\n"
                                                "3.other.example. A 192.0.2.1\n"
                                                "4.other.example. A 192.0.2.1\n";

static struct hosts *hosts;

static void use_enum(struct element_config *c)
{
    static const struct str suffixes[] = {STR_INIT("e164.arpa"), STR_INIT("other.example")};
    c->suffixes = suffixes;
    c->n_suffixes = 2;
}

static struct world *begin(void)
{
    struct hosts_fault fault;
    struct world *w = world_new(use_enum, -1);
    hosts = hosts_new(&mem_libc);
    assert_non_null(w);
    assert_int_equal(hosts_zone(hosts, STR(zone), &fault), OK);
    engine_hosts(element_engine(w->element), hosts);
    world_register(w, ALICE, "alice", 600);
    world_register(w, BOB, "bob", 600);
    world_forget(w);
    return w;
}

static void end(struct world *w)
{
    world_free(w);
    hosts_free(hosts);
}

static void dial(struct world *w, const char *uri)
{
    static unsigned n;
    char call_id[16];
    snprintf(call_id, sizeof call_id, "call%u", ++n);
    world_forget(w);
    world_request(w, ALICE, "INVITE", uri, "sip:alice@example.com", call_id, "");
}

static void a_number_leads_where_its_record_says(void **state)
{
    (void)state;
    struct world *w = begin();
    dial(w, "tel:+1");
    assert_int_equal(world_count(w, TRUNK, "INVITE sip:carol@192.0.2.9:5070 "), 1);
    dial(w, "sip:+1@example.com");
    assert_int_equal(world_count(w, TRUNK, "INVITE sip:carol@192.0.2.9:5070 "), 1);
    dial(w, "tel:+2");
    assert_int_equal(world_count(w, BOB, "INVITE"), 1);
    dial(w, "tel:+7");
    assert_int_equal(world_count(w, TRUNK, "INVITE sip:second@"), 1);
    end(w);
}

static void one_that_leads_nowhere_is_nobodys(void **state)
{
    static const char *const uris[] = {"tel:+3",
                                       "tel:+5",
                                       "tel:+6",
                                       "sip:1@example.com",
                                       "sip:+1a@example.com",
                                       "tel:1;phone-context=example.com"};
    (void)state;
    struct world *w = begin();
    for (size_t i = 0; i < sizeof uris / sizeof *uris; i++) {
        dial(w, uris[i]);
        assert_int_equal(world_status(w, ALICE), 404);
    }
    end(w);
}

/* A user of that name is not looked for elsewhere. */
static void ours_come_first(void **state)
{
    (void)state;
    struct world *w = begin();
    world_register(w, BOB, "+1", 600);
    dial(w, "tel:+1");
    assert_int_equal(world_count(w, BOB, "INVITE"), 1);
    world_register(w, BOB, "+1", 0);
    dial(w, "sip:+1@example.com");
    assert_int_equal(world_status(w, ALICE), 480);
    assert_int_equal(world_count(w, TRUNK, "INVITE"), 0);
    end(w);
}

/* Strangers have nothing relayed: not under a name of theirs, nor under one of ours. */
static void strangers_go_nowhere(void **state)
{
    (void)state;
    struct world *w = begin();
    world_request(w, TRUNK, "INVITE", "tel:+1", "sip:x@elsewhere.example", "one", "");
    assert_int_equal(world_status(w, TRUNK), 404);
    world_forget(w);
    world_request(w, "192.0.2.7:5099", "INVITE", "tel:+1", "sip:alice@example.com", "two", "");
    assert_int_equal(world_status(w, "192.0.2.7:5099"), 403);
    assert_int_equal(world_count(w, TRUNK, "INVITE"), 0);
    end(w);
}

static void explained(const char *uri, struct element_outlook *o)
{
    struct world *w = begin();
    char text[512];
    snprintf(text, sizeof text,
             "INVITE %s SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\n"
             "To: <%s>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n\r\n",
             uri, uri);
    struct block_pool *blocks = engine_blocks(element_engine(w->element));
    struct msg *m = msg_new(blocks, str_from(text), MSG_DATAGRAM);
    assert_non_null(m);
    element_explain(w->element, m, ROUTE_ACCOUNT, w->now, o, NULL, NULL);
    msg_unref(blocks, m);
    assert_int_equal(w->n_sent, 0);
    end(w);
}

/* What would be asked for is told, and nothing is asked. */
static void explained_without_asking(void **state)
{
    static const struct {
        const char *uri, *number;
        enum element_place place;
    } cases[] = {
        {"tel:+49-89-1", "+49891", OUTLOOK_USER},
        {"sip:+1@example.com", "+1", OUTLOOK_USER},
        {"sip:+(4)9@example.com;user=phone", "+49", OUTLOOK_USER},
        {"sip:bob@example.com", "", OUTLOOK_USER},
        {"sip:+1a@example.com", "", OUTLOOK_USER},
        {"sip:+1234567890123456@example.com", "", OUTLOOK_USER},
        {"sip:+1@example.com;gr=x", "", OUTLOOK_USER},
        {"sip:+1@elsewhere.example", "", OUTLOOK_FOREIGN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct element_outlook o;
        explained(cases[i].uri, &o);
        assert_string_equal(o.number, cases[i].number);
        assert_int_equal(o.place, cases[i].place);
    }
}

/* The world's name servers have no answer to what is not known already. */
static void a_dns_that_is_silent(void **state)
{
    (void)state;
    struct world *w = begin();
    dial(w, "tel:+9");
    assert_int_equal(world_status(w, ALICE), 500);
    end(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_leads_where_its_record_says),
        cmocka_unit_test(one_that_leads_nowhere_is_nobodys),
        cmocka_unit_test(ours_come_first),
        cmocka_unit_test(strangers_go_nowhere),
        cmocka_unit_test(explained_without_asking),
        cmocka_unit_test(a_dns_that_is_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
