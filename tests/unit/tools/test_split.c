/* Files with several messages: where each begins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "tools/split.h"

#define ONE "BYE sip:a@b SIP/2.0\r\nl: 0\r\n\r\n"
#define OK200 "SIP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nhi"

static void splits(const char *text, const char *const *wanted)
{
    struct str rest = str_from(text), message;

    for (; *wanted; wanted++) {
        assert_true(split_next(&rest, &message));
        assert_true(str_equal(str_trim(message), str_trim(str_from(*wanted))));
    }
    assert_false(split_next(&rest, &message));
}

static void messages_are_told_apart(void **state)
{
    (void)state;
    splits("", (const char *const[]){NULL});
    splits(" \r\n\n", (const char *const[]){NULL});
    splits(ONE, (const char *const[]){ONE, NULL});
    splits("\r\n" ONE OK200 "\r\n\r\n" ONE, (const char *const[]){ONE, OK200, ONE, NULL});
    splits("nonsense", (const char *const[]){"nonsense", NULL});
}

/* A start line within a body is no message where Content-Length leads behind it. */
static void a_fragment_is_a_body(void **state)
{
    static const char notify[] =
        "NOTIFY sip:a@b SIP/2.0\r\nContent-Length: 16\r\n\r\nSIP/2.0 200 OK\r\n";

    (void)state;
    splits(notify, (const char *const[]){notify, NULL});
}

/* RFC 3261 18.3: what people write down has often another length. */
static void a_wrong_length_is_not_believed(void **state)
{
    static const char cut[] = "BYE sip:a@b SIP/2.0\r\nContent-Length: 1\r\n\r\nbody\r\n";
    static const char long_one[] = "BYE sip:a@b SIP/2.0\nContent-Length: 90\n\nbody\n";
    char text[sizeof(cut) + sizeof(long_one)];

    (void)state;
    splits(cut, (const char *const[]){cut, NULL});
    snprintf(text, sizeof(text), "%s%s", cut, long_one);
    splits(text, (const char *const[]){cut, long_one, NULL});
    snprintf(text, sizeof(text), "%s%s", long_one, cut);
    splits(text, (const char *const[]){long_one, cut, NULL});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_told_apart),
        cmocka_unit_test(a_fragment_is_a_body),
        cmocka_unit_test(a_wrong_length_is_not_believed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
