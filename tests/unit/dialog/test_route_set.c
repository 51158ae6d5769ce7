/* Route sets: the examples of RFC 3261 12.2.1.1 and 16.12.1, from Record-Route to Request-URI and
 * Route. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "dialog/route_set.h"
#include "fixture.h"

static struct msg *with_record_routes(const char *record_routes)
{
    static char text[32768];
    snprintf(text, sizeof(text), "%s%s\r\n", INVITE_HEAD, record_routes);
    return parse(text);
}

/* RFC 3261 12.1.1, 12.1.2 */
static void record_route_becomes_route_set(void **state)
{
    (void)state;
    static const struct {
        const char *record_routes;
        const char *uas, *uac;
    } rows[] = {
        {"", "", ""},
        /* 16.12.1.1 */
        {"Record-Route: <sip:p2.domain.com;lr>\r\nRecord-Route: <sip:p1.example.com;lr>\r\n",
         "<sip:p2.domain.com;lr>,<sip:p1.example.com;lr>",
         "<sip:p1.example.com;lr>,<sip:p2.domain.com;lr>"},
        /* 16.12.1.2 */
        {"Record-Route: <sip:p4.domain.com;lr>\r\nRecord-Route: <sip:p3.middle.com>\r\n"
         "Record-Route: <sip:p2.example.com;lr>\r\nRecord-Route: <sip:p1.example.com;lr>\r\n",
         "<sip:p4.domain.com;lr>,<sip:p3.middle.com>,<sip:p2.example.com;lr>,<sip:p1.example.com;"
         "lr>",
         "<sip:p1.example.com;lr>,<sip:p2.example.com;lr>,<sip:p3.middle.com>,<sip:p4.domain.com;"
         "lr>"},
        /* 16.12.1.3 */
        {"Record-Route: <sip:gateway.leftprivatespace.com;lr>\r\n",
         "<sip:gateway.leftprivatespace.com;lr>", "<sip:gateway.leftprivatespace.com;lr>"},
        /* one line or many, any case and spacing, URI parameters kept */
        {"RECORD-ROUTE: \"p, 3\" <sip:p3;lr;x=1> , <sips:p2:5061;transport=tcp;lr>\r\n"
         "Record-Route:<sip:[2001:db8::1];lr>;rr=1\r\n",
         "<sip:p3;lr;x=1>,<sips:p2:5061;transport=tcp;lr>,<sip:[2001:db8::1];lr>",
         "<sip:[2001:db8::1];lr>,<sips:p2:5061;transport=tcp;lr>,<sip:p3;lr;x=1>"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char at[1024];
        struct buf b;
        struct msg *m = with_record_routes(rows[i].record_routes);
        buf_init(&b, at, sizeof(at));
        assert_int_equal(route_set_record(&b, m, ROUTE_AS_RECEIVED), OK);
        assert_str(buf_str(&b), rows[i].uas);
        buf_init(&b, at, sizeof(at));
        assert_int_equal(route_set_record(&b, m, ROUTE_REVERSED), OK);
        assert_str(buf_str(&b), rows[i].uac);
    }
}

static void bad_record_routes_are_refused(void **state)
{
    (void)state;
    static const char *rows[] = {"Record-Route: <mailto:a@b>\r\n", "Record-Route: <sip:a\r\n",
                                 "Record-Route: <sip:p1;lr>\r\nRecord-Route: <sip:\r\n",
                                 "Record-Route: <sip:p1;lr>,,<sip:p2;lr> x\r\n"};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char at[256];
        struct buf b;
        buf_init(&b, at, sizeof(at));
        assert_int_equal(route_set_record(&b, with_record_routes(rows[i]), ROUTE_REVERSED),
                         ERR_INVALID);
    }
}

static void too_many_routes_are_refused(void **state)
{
    (void)state;
    for (int n = LIMIT_DIALOG_ROUTES; n <= LIMIT_DIALOG_ROUTES + 1; n++) {
        char lines[4096], at[4096];
        struct buf in, out;
        buf_init(&in, lines, sizeof(lines) - 1);
        for (int i = 0; i < n; i++)
            buf_put_lit(&in, "Record-Route: <sip:p;lr>\r\n");
        lines[in.len] = '\0';
        buf_init(&out, at, sizeof(at));
        int want = n > LIMIT_DIALOG_ROUTES ? ERR_LIMIT : OK;
        assert_int_equal(route_set_record(&out, with_record_routes(lines), ROUTE_REVERSED), want);
    }
}

/* RFC 3261 12.2.1.1 */
static void request_uri_and_route_follow_the_first_route(void **state)
{
    (void)state;
    static const struct {
        const char *routes, *target;
        const char *request_uri, *route, *hop;
    } rows[] = {
        {"", "sip:user@remoteua", "sip:user@remoteua", "", "sip:user@remoteua"},
        /* the example of 12.2.1.1 */
        {"<sip:proxy1>,<sip:proxy2>,<sip:proxy3;lr>,<sip:proxy4>", "sip:user@remoteua",
         "sip:proxy1", "Route: <sip:proxy2>,<sip:proxy3;lr>,<sip:proxy4>,<sip:user@remoteua>\r\n",
         "sip:proxy1"},
        /* 16.12.1.1 */
        {"<sip:p1.example.com;lr>,<sip:p2.domain.com;lr>", "sip:callee@u2.domain.com",
         "sip:callee@u2.domain.com", "Route: <sip:p1.example.com;lr>,<sip:p2.domain.com;lr>\r\n",
         "sip:p1.example.com;lr"},
        /* 16.12.1.2: the strict router is not the first */
        {"<sip:p4.domain.com;lr>,<sip:p3.middle.com>", "sip:caller@u1.example.com",
         "sip:caller@u1.example.com", "Route: <sip:p4.domain.com;lr>,<sip:p3.middle.com>\r\n",
         "sip:p4.domain.com;lr"},
        /* 16.12.1.3 */
        {"<sip:gateway.leftprivatespace.com;lr>", "sip:callee@u2.rightprivatespace.com",
         "sip:callee@u2.rightprivatespace.com", "Route: <sip:gateway.leftprivatespace.com;lr>\r\n",
         "sip:gateway.leftprivatespace.com;lr"},
        /* lr has any case and may have a value */
        {"<sip:p;LR=on>", "sip:a@b", "sip:a@b", "Route: <sip:p;LR=on>\r\n", "sip:p;LR=on"},
        /* "lr" must be a parameter, not a part of something */
        {"<sip:lr@p;lrx>", "sip:a@b", "sip:lr@p;lrx", "Route: <sip:a@b>\r\n", "sip:lr@p;lrx"},
        /* 19.1.1 table 1: method and headers are not allowed in a Request-URI */
        {"<sip:p;method=BYE;x=1?Route=a>", "sip:a@b", "sip:p;x=1", "Route: <sip:a@b>\r\n",
         "sip:p;method=BYE;x=1?Route=a"},
        {"", "sip:a@b;transport=tcp;METHOD=X?Subject=s", "sip:a@b;transport=tcp", "",
         "sip:a@b;transport=tcp;METHOD=X?Subject=s"},
        {"", "sip:a@b;x=(1);method=X;y=[2]:3?a=b", "sip:a@b;x=(1);y=[2]:3", "",
         "sip:a@b;x=(1);method=X;y=[2]:3?a=b"},
        {"", "tel:+1-201-555-0123", "tel:+1-201-555-0123", "", "tel:+1-201-555-0123"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char at[512];
        struct buf b;
        struct route_plan plan;
        assert_int_equal(route_plan(str_from(rows[i].routes), str_from(rows[i].target), &plan), OK);
        buf_init(&b, at, sizeof(at));
        route_print_request_uri(&b, &plan.request_uri);
        assert_str(buf_str(&b), rows[i].request_uri);
        buf_init(&b, at, sizeof(at));
        route_print_header(&b, &plan);
        assert_str(buf_str(&b), rows[i].route);
        assert_str(plan.hop.text, rows[i].hop);
    }
}

static void what_is_no_uri_is_no_route(void **state)
{
    (void)state;
    struct route_plan plan;
    assert_int_equal(route_plan(STR_NONE, STR("bob"), &plan), ERR_INVALID);
    assert_int_equal(route_plan(STR("<>"), STR("sip:a@b"), &plan), ERR_INVALID);
    assert_int_equal(route_plan(STR("sip:p;lr"), STR("sip:a@b"), &plan), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(record_route_becomes_route_set),
        cmocka_unit_test(bad_record_routes_are_refused),
        cmocka_unit_test(too_many_routes_are_refused),
        cmocka_unit_test(request_uri_and_route_follow_the_first_route),
        cmocka_unit_test(what_is_no_uri_is_no_route),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
