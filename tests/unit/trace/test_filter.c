/* Each condition alone, and that all have to hold. */
#include "rig.h"

#include "trace/filter.h"

static struct rig r;

static struct trace_filter at_address(const char *text)
{
    struct trace_filter f = {0};
    assert_true(addr_parse(str_from(text), &f.address));
    return f;
}

/* alice@… calls +49-(30)123 45, who refuses; somebody registers */
static const struct said story[] = {
    {0, "10.0.0.1:5060", "10.0.0.9:5060", "INVITE sip:+49-(30)123.45@example.com", "call",
     "<sip:alice@example.com>;tag=a", "<sip:office@example.com>", "1 INVITE", 1,
     "Subject: Lunch\r\n", NULL},
    {10, "10.0.0.9:5060", "10.0.0.1:5060", "486 Busy Here", "call", "<sip:alice@example.com>;tag=a",
     "<sip:office@example.com>;tag=o", "1 INVITE", 1, NULL, NULL},
    {60000, "[2001:db8::7]:5060", "[2001:db8::9]:5060", "REGISTER sip:example.com", "reg",
     "<sip:bob@example.com>;tag=a", "<sip:bob@example.com>", "1 REGISTER", 1, NULL, NULL},
};

static void fits(struct trace_filter f, bool call, bool reg)
{
    assert_int_equal(trace_filter_fits(&f, rig_call(&r, "call")), call);
    assert_int_equal(trace_filter_fits(&f, rig_call(&r, "reg")), reg);
}

static void test_conditions(void **state)
{
    (void)state;
    rig_init(&r, 0);
    rig_tell(&r, story, 3);
    fits((struct trace_filter){0}, true, true);
    fits((struct trace_filter){.user = STR("Alice")}, true, false);
    fits((struct trace_filter){.user = STR("office")}, true, false);
    fits((struct trace_filter){.user = STR("ali")}, false, false);
    fits((struct trace_filter){.number = STR("12345")}, true, false);
    fits((struct trace_filter){.number = STR("+49 30 123-45")}, true, false);
    fits((struct trace_filter){.number = STR("0493012345")}, false, false);
    fits((struct trace_filter){.number = STR("-")}, false, false);
    fits((struct trace_filter){.method = STR("register")}, false, true);
    fits((struct trace_filter){.text = STR("subject: LUNCH")}, true, false);
    fits((struct trace_filter){.code_least = 400, .code_most = 499}, true, false);
    fits((struct trace_filter){.code_least = 486, .code_most = 486}, true, false);
    fits((struct trace_filter){.code_least = 200, .code_most = 299}, false, false);
    fits(at_address("10.0.0.9"), true, false);
    fits(at_address("10.0.0.9:5060"), true, false);
    fits(at_address("10.0.0.9:5061"), false, false);
    fits(at_address("2001:db8::7"), false, true);
    rig_fini(&r);
}

static void test_time_and_all(void **state)
{
    (void)state;
    rig_init(&r, 0);
    rig_tell(&r, story, 3);
    fits((struct trace_filter){.since = T0 + 10000000}, true, true);
    fits((struct trace_filter){.since = T0 + 10000001}, false, true);
    fits((struct trace_filter){.until = T0}, true, false);
    fits((struct trace_filter){.user = STR("alice"), .method = STR("INVITE")}, true, false);
    fits((struct trace_filter){.user = STR("alice"), .method = STR("REGISTER")}, false, false);
    rig_fini(&r);
}

static void test_codes_as_people_write_them(void **state)
{
    static const char *const wrong[] = {"", "4x", "7xx", "99", "700", "500-400", "4xx-499", "404 "};
    struct trace_filter f = {0};
    (void)state;
    assert_true(trace_filter_read_codes(&f, STR("404")));
    assert_true(f.code_least == 404 && f.code_most == 404);
    assert_true(trace_filter_read_codes(&f, STR("5XX")));
    assert_true(f.code_least == 500 && f.code_most == 599);
    assert_true(trace_filter_read_codes(&f, STR("400-499")));
    assert_true(f.code_least == 400 && f.code_most == 499);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(trace_filter_read_codes(&f, str_from(wrong[i])));
        assert_true(f.code_least == 400 && f.code_most == 499);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_time_and_all),
        cmocka_unit_test(test_codes_as_people_write_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
