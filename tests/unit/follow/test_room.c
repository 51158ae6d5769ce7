/* How many calls a table has room for: as many as it says, also where all of them begin within the
 * time that an INVITE is remembered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/limits.h"
#include "follow/follow.h"

struct text {
    struct msg m;
    char bytes[512];
    max_align_t space[256];
};

static struct msg *say(struct text *t, const char *start, unsigned call, const char *to_tag)
{
    int len = snprintf(t->bytes, sizeof t->bytes,
                       "%s\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK%u\r\n"
                       "From: <sip:alice@example.com>;tag=a\r\nTo: <sip:bob@example.com>%s\r\n"
                       "Call-ID: %u\r\nCSeq: 1 INVITE\r\nContact: <sip:x@192.0.2.1>\r\n"
                       "Content-Length: 0\r\n\r\n",
                       start, call, to_tag, call);
    assert_in_range(len, 1, sizeof t->bytes - 1);
    assert_int_equal(msg_parse(&t->m, (struct str){t->bytes, (size_t)len}, MSG_DATAGRAM, t->space,
                               sizeof t->space),
                     OK);
    return &t->m;
}

static struct msg *invite(struct text *t, unsigned call)
{
    return say(t, "INVITE sip:bob@example.com SIP/2.0", call, "");
}

static enum follow_refusal begin(struct follow_table *t, unsigned call, setup_ref *setup)
{
    struct text text;
    return follow_begin(t, invite(&text, call), STR_NONE, setup);
}

static follow_ref answer(struct follow_table *t, unsigned call, setup_ref setup)
{
    static const struct follow_path path;
    struct text asked, answered;
    return follow_response(t, setup, invite(&asked, call),
                           say(&answered, "SIP/2.0 200 OK", call, ";tag=b"), &path, 0);
}

static struct follow_table *table(void)
{
    static const struct hash_key key = {1, 2};
    struct follow_table *t = follow_table_new(&mem_libc, &key, NULL);
    assert_non_null(t);
    return t;
}

static void a_call_takes_one_place_while_its_invite_is_remembered(void **state)
{
    (void)state;
    setup_ref setup, last;
    struct follow_table *t = table();
    for (unsigned i = 0; i < LIMIT_CALL_DIALOGS; i++) {
        assert_int_equal(begin(t, i, &setup), FOLLOW_MAY_BEGIN);
        assert_int_not_equal(answer(t, i, setup), 0);
    }
    assert_int_equal(begin(t, LIMIT_CALL_DIALOGS, &last), FOLLOW_NO_ROOM);
    follow_setup_end(t, setup);
    assert_int_equal(begin(t, LIMIT_CALL_DIALOGS, &last), FOLLOW_NO_ROOM);
    follow_table_free(t);
}

static void what_is_not_answered_has_its_place(void **state)
{
    (void)state;
    setup_ref setup, last;
    struct follow_table *t = table();
    for (unsigned i = 0; i < LIMIT_CALL_DIALOGS; i++)
        assert_int_equal(begin(t, i, &setup), FOLLOW_MAY_BEGIN);
    assert_int_equal(begin(t, LIMIT_CALL_DIALOGS, &last), FOLLOW_NO_ROOM);
    follow_setup_end(t, setup);
    assert_int_equal(begin(t, LIMIT_CALL_DIALOGS, &last), FOLLOW_MAY_BEGIN);
    follow_table_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_takes_one_place_while_its_invite_is_remembered),
        cmocka_unit_test(what_is_not_answered_has_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
