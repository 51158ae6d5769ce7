/* The descriptions of the RFCs, from the optional test data: read, written, and the same again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "given.h"

#include <stdlib.h>

#include "../testfiles.h"

#define MANIFEST_BYTES 200000

/* Those of which the manifest says that the RFC prints them whole. */
static bool is_whole(struct str flags)
{
    return str_equal(str_trim(flags), STR("-"));
}

/* "$" stands for what a gateway has yet to choose (RFC 3108), $R-PUB-1.PORT for a number, and 66544
 * is no port. */
static bool is_refused(struct str file)
{
    static const struct str names[] = {
        STR_INIT("rfc3108/02-s5.6.6.sdp"), STR_INIT("rfc3108/06-s5.6.6.sdp"),
        STR_INIT("rfc3108/08-s7.sdp"), STR_INIT("rfc5245/04-s17.sdp"),
        STR_INIT("rfc6871/03-s3.3.1.sdp")};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_equal(names[i], file))
            return true;
    return false;
}

static void round_trip(struct str text, const char *name)
{
    static struct given g, again;
    static char normal[GIVEN_SPACE];
    struct buf out;
    given_parse(&g, text);
    if (g.s.broken != is_refused(str_from(name))) {
        (void)is_clean(&g.s);
        fail_msg("%s is %s", name, g.s.broken ? "refused" : "taken");
    }
    if (g.s.broken)
        return;
    buf_init(&out, normal, sizeof normal);
    sdp_print(&out, &g.s);
    assert_false(out.over);
    given_parse(&again, buf_str(&out));
    if (again.s.broken || !sdp_equal(&g.s, &again.s))
        fail_msg("%s is another one once written", name);
}

static void test_samples(void **state)
{
    static char manifest[MANIFEST_BYTES], text[16384];
    char name[256];
    struct str line;
    size_t len, at = 0, n = 0;
    (void)state;
    if (!test_read("sdp-offer-answer", "MANIFEST.tsv", manifest, sizeof manifest, &len))
        skip();
    while (test_line((struct str){manifest, len}, &at, &line)) {
        struct str file = test_column(line, 0);
        size_t size;
        if (!str_ends_nocase(file, STR(".sdp")) || !is_whole(test_column(line, 7)))
            continue;
        snprintf(name, sizeof name, "%.*s", STR_ARG(file));
        assert_true(test_read("sdp-offer-answer", name, text, sizeof text, &size));
        round_trip((struct str){text, size}, name);
        n++;
    }
    assert_true(n > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_samples)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
