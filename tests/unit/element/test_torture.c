/* The torture messages of RFC 4475 (optional test data) thrown at an element: each is survived,
 * those for a registrar get its answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "../msg/testdata.h"
#include "world.h"

#define SENDER "203.0.113.9:5060"
#define BOB "192.0.2.2:5062"

static char bytes[TEST_BYTES];

/* False: the data are not there. */
static bool throw_at(struct world *w, struct str name)
{
    char file[128];
    size_t len;
    struct buf b;
    buf_init(&b, file, sizeof file - 1);
    buf_put(&b, name);
    assert_false(b.over);
    file[b.len] = 0;
    if (!test_read("rfc4475/msg", file, bytes, sizeof bytes, &len))
        return false;
    world_datagram(w, SENDER, (struct str){bytes, len});
    return true;
}

static void finish(struct world *w)
{
    for (unsigned i = 0; i < 60; i++) {
        world_pass(w, 5);
        world_forget(w);
    }
    assert_true(element_is_idle(w->element));
    world_free(w);
}

/* RFC 4475: what a registrar of example.com says. */
static void test_registrar(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        unsigned status;
        const char *text;
    } cases[] = {
        {"escnull.dat", 200, "<sip:%00%00@host5.example.com>"},
        {"dblreq.dat", 200, "Contact: "},
        {"scalar02.dat", 400, ""},
        {"regbadct.dat", 400, ""},
        {"unksm2.dat", 400, "To is not a SIP URI"},
        {"bext01.dat", 420, "\r\nUnsupported: "},
        {"regaut01.dat", 200, ""},
        {"cparam01.dat", 200, ">;unknownparam;expires="},
        {"cparam02.dat", 200, ";unknownparam>;expires="},
        {"regescrt.dat", 200, "?Route=%3Csip:sip.example.com%3E>"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w = world_new(NULL, -1);
        assert_non_null(w);
        if (!throw_at(w, str_from(cases[i].name))) {
            world_free(w);
            skip();
        }
        const char *last = w->n_sent > 0 ? w->sent[w->n_sent - 1].text : "";
        if (strtoul(last + (*last ? 8 : 0), NULL, 10) != cases[i].status ||
            !strstr(last, cases[i].text))
            fail_msg("%s: %s", cases[i].name, last);
        finish(w);
    }
}

/* Whatever comes: the next call is served, and nothing of it is left. */
static void test_all_are_survived(void **state)
{
    (void)state;
    static char table[65536];
    size_t len, at = 0;
    struct str line;
    if (!test_read("rfc4475", "expected.tsv", table, sizeof table, &len))
        skip();
    struct world *w = world_new(NULL, -1);
    assert_non_null(w);
    while (test_line((struct str){table, len}, &at, &line)) {
        world_forget(w);
        assert_true(throw_at(w, test_column(line, 0)));
    }
    world_forget(w);
    world_register(w, BOB, "bob", 60);
    world_request(w, SENDER, "MESSAGE", "sip:bob@example.com", "sip:x@elsewhere.net", "last",
                  "Max-Forwards: 70\r\n");
    assert_int_equal(world_count(w, BOB, "MESSAGE"), 1);
    finish(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_registrar),
        cmocka_unit_test(test_all_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
