/* Presence documents (RFC 3863, RFC 4479, RFC 4480): what is read of them, and what errs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ua/presence.h"

#define PIDF "<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='pres:bob@example.com'"
#define RICH                                                  \
    PIDF " xmlns:dm='urn:ietf:params:xml:ns:pidf:data-model'" \
         " xmlns:r='urn:ietf:params:xml:ns:pidf:rpid' xmlns:x='urn:example:x'>\n"

static struct presence p;
static char space[200000];

static struct rand *salts(void)
{
    static struct rand rand;
    struct rand_seed seed = rand_seed_from(1);
    rand_init(&rand, &seed);
    return &rand;
}

static bool read_text(const char *text)
{
    return presence_parse(&p, str_from(text), salts(), space, presence_space(strlen(text)));
}

static void check_text(struct str got, const char *wanted)
{
    if (!str_equal(got, str_from(wanted)))
        fail_msg("'%.*s', not '%s'", STR_ARG(got), wanted);
}

static void check_read(const char *text)
{
    if (!read_text(text))
        fail_msg("line %lu: %s", p.line, p.fault);
}

static void a_tuple_is_read(void **state)
{
    (void)state;
    check_read("<?xml version='1.0' encoding='UTF-8'?>\n" PIDF ">\n"
               "<tuple id='t1'><status><basic> open </basic></status>\n"
               "<contact priority='0.8'>\n sip:bob@192.0.2.4;x=1&amp;2 \n</contact>"
               "<note xml:lang='en'>Back at &#x31;2</note><note>Gr\xc3\xbc\xc3\x9f"
               "e</note>"
               "<timestamp>2026-01-02T03:04:05Z</timestamp></tuple>"
               "<tuple id='t2'><status><basic>closed</basic></status></tuple>"
               "<note>of it all</note></presence>");
    check_text(p.entity, "pres:bob@example.com");
    assert_int_equal(p.n_items, 2);
    const struct presence_item *i = &p.items[0];
    assert_true(i->kind == PRESENCE_TUPLE && i->basic == PRESENCE_OPEN);
    check_text(i->id, "t1");
    check_text(i->contact, "sip:bob@192.0.2.4;x=1&2");
    check_text(i->priority, "0.8");
    check_text(i->timestamp, "2026-01-02T03:04:05Z");
    assert_int_equal(i->notes.n, 2);
    check_text(i->notes.of[0], "Back at 12");
    check_text(i->notes.of[1], "Gr\xc3\xbc\xc3\x9f"
                               "e");
    assert_int_equal(p.items[1].basic, PRESENCE_CLOSED);
    assert_int_equal(p.notes.n, 1);
    check_text(p.notes.of[0], "of it all");
    assert_false(p.is_more);
}

static void a_person_and_a_device_are_read(void **state)
{
    (void)state;
    check_read(RICH "<dm:person id='p'><r:activities from='x'><r:note>until ten</r:note>"
                    "<r:meeting/><r:other>gardening</r:other></r:activities>"
                    "<dm:note>quiet</dm:note><dm:timestamp>now</dm:timestamp></dm:person>"
                    "<dm:device id='d'><dm:deviceID>urn:x:1</dm:deviceID></dm:device>"
                    "</presence>");
    assert_int_equal(p.n_items, 2);
    const struct presence_item *i = &p.items[0];
    assert_true(i->kind == PRESENCE_PERSON && i->basic == PRESENCE_UNSAID);
    assert_int_equal(i->activities.n, 2);
    check_text(i->activities.of[0], "meeting");
    check_text(i->activities.of[1], "gardening");
    assert_int_equal(i->notes.n, 2);
    check_text(i->notes.of[0], "until ten");
    check_text(i->notes.of[1], "quiet");
    check_text(i->timestamp, "now");
    assert_int_equal(p.items[1].kind, PRESENCE_DEVICE);
    check_text(p.items[1].device, "urn:x:1");
    assert_false(p.is_more);
}

/* What is not known is passed over, and told; a note keeps its text around it. */
static void what_is_unknown_is_told(void **state)
{
    (void)state;
    check_read(RICH "<tuple id='t'><status><basic>open</basic><x:y><basic>z</basic></x:y></status>"
                    "<note>one <x:b>two</x:b>three</note></tuple></presence>");
    assert_true(p.is_more);
    assert_int_equal(p.items[0].basic, PRESENCE_OPEN);
    check_text(p.items[0].notes.of[0], "one three");
}

static void a_document_may_be_in_another_encoding(void **state)
{
    (void)state;
    check_read("<?xml version='1.0' encoding='ISO-8859-1'?>" PIDF "><note>Gr\xfc\xdf"
               "e</note></presence>");
    check_text(p.notes.of[0], "Gr\xc3\xbc\xc3\x9f"
                              "e");
}

static void what_errs_is_named_by_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned long line;
        const char *fault;
    } bad[] = {
        {"", 1, "no element found"},
        {"hello", 1, "syntax error"},
        {PIDF ">\n<tuple", 2, "unclosed token"},
        {PIDF ">\n</tuple>", 2, "mismatched tag"},
        {PIDF "/><x/>", 1, "junk after document element"},
        {"<presence/>", 1, "this is no presence document"},
        {"<presence xmlns='urn:ietf:params:xml:ns:pidf'/>", 1, "presence: there is no entity"},
        {PIDF ">\n\n<tuple/></presence>", 3, "an element that needs an id has none"},
        {PIDF "><tuple id='a'/><tuple id='a'/></presence>", 1, "two elements have the same id"},
        {PIDF "><tuple id='a'><status><basic>ajar</basic></status></tuple></presence>", 1,
         "basic: neither open nor closed"},
        {RICH "<x:y xmlns:p='urn:ietf:params:xml:ns:pidf' p:mustUnderstand='true'/></presence>", 2,
         "an element has to be understood that is not"},
        {"<!DOCTYPE presence [<!ENTITY a 'aaaa'>]>" PIDF ">&a;</presence>", 1,
         "a document type definition"},
        {"<!DOCTYPE presence SYSTEM 'file:///etc/passwd'>" PIDF "/>", 1,
         "a document type definition"},
        {PIDF ">&undefined;</presence>", 1, "undefined entity"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (read_text(bad[i].text) || p.line != bad[i].line || strcmp(p.fault, bad[i].fault) != 0)
            fail_msg("%s: line %lu: %s", bad[i].text, p.line, p.fault ? p.fault : "nothing");
}

/* A document of `n` times `piece` between its ends. */
static const char *many(unsigned n, const char *piece, bool numbered)
{
    static char text[100000];
    size_t len = (size_t)snprintf(text, sizeof text, "%s", RICH);
    for (unsigned i = 0; i < n; i++)
        len +=
            (size_t)snprintf(text + len, sizeof text - len, numbered ? "%s%u'/>" : "%s", piece, i);
    snprintf(text + len, sizeof text - len, "</presence>");
    return text;
}

static void there_are_bounds(void **state)
{
    (void)state;
    check_read(many(LIMIT_UA_PRESENCE_ITEMS, "<tuple id='", true));
    assert_int_equal(p.n_items, LIMIT_UA_PRESENCE_ITEMS);
    assert_false(p.is_more);
    check_read(many(LIMIT_UA_PRESENCE_ITEMS + 1, "<tuple id='", true));
    assert_int_equal(p.n_items, LIMIT_UA_PRESENCE_ITEMS);
    assert_true(p.is_more);
    check_read(many(LIMIT_UA_PRESENCE_TEXTS, "<note>n</note>", false));
    assert_false(p.is_more);
    check_read(many(LIMIT_UA_PRESENCE_TEXTS + 1, "<note>n</note>", false));
    assert_int_equal(p.notes.n, LIMIT_UA_PRESENCE_TEXTS);
    assert_true(p.is_more);
    assert_false(read_text(many(LIMIT_UA_PRESENCE_DEPTH - 1, "<x:y>", false)));
    assert_string_equal(p.fault, "mismatched tag");
    assert_false(read_text(many(LIMIT_UA_PRESENCE_DEPTH, "<x:y>", false)));
    assert_string_equal(p.fault, "elements within elements, too deep");
    assert_false(presence_parse(&p, STR(PIDF "><note>text</note></presence>"), salts(), space, 22));
    assert_string_equal(p.fault, "too much text");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tuple_is_read),
        cmocka_unit_test(a_person_and_a_device_are_read),
        cmocka_unit_test(what_is_unknown_is_told),
        cmocka_unit_test(a_document_may_be_in_another_encoding),
        cmocka_unit_test(what_errs_is_named_by_its_line),
        cmocka_unit_test(there_are_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
