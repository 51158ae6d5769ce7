/* Every allocation of a call fails in turn: ERR_NOMEM, nothing has changed, nothing leaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"

#define OK_200                                                               \
    "SIP/2.0 200 OK\r\n" RESPONSE_HEAD(";tag=a") "Contact: <sip:late@b>\r\n" \
                                                 "Record-Route: <sip:p1;lr>\r\n\r\n"

static void confirm(struct early *e)
{
    struct dialog *d, *early = early_find(e, STR("a"));
    int r = early_response(e, parse(OK_200), 0, &d);
    if (r == ERR_NOMEM && early) {
        assert_int_equal(early->state, DIALOG_EARLY);
        assert_str(early->remote_target, "sip:early@b");
        assert_str(early->routes, "");
        assert_true(e->ends_at == TIME_NEVER);
    } else if (r != ERR_NOMEM) {
        assert_int_equal(r, EARLY_CONFIRMED);
    }
}

static void refresh(struct early *e)
{
    struct dialog *d = early_find(e, STR("a"));
    if (!d)
        return;
    char before[64];
    snprintf(before, sizeof(before), "%.*s", STR_ARG(d->remote_target));
    int err = dialog_refresh(d, parse(FROM_BOB("INVITE", "2", "Contact: <sip:moved@b>\r\n")));
    assert_str(d->remote_target, err == ERR_NOMEM ? before : "sip:moved@b");
}

/* Returns whether every allocation succeeded. */
static bool call_with(unsigned fail_after)
{
    struct counting_mem heap = COUNTING_MEM;
    heap.fail_after = fail_after;
    struct dialog_start s = alice_calls_bob();
    struct early e;
    struct dialog *d;
    if (early_init(&e, &heap.mem, &s, 32 * NS_PER_S) == OK) {
        int r = early_response(&e,
                               parse("SIP/2.0 180 Ringing\r\n" RESPONSE_HEAD(
                                   ";tag=a") "Contact: <sip:early@b>\r\n\r\n"),
                               0, &d);
        assert_true(r == EARLY_NEW || (r == ERR_NOMEM && e.n == 0));
        confirm(&e);
        refresh(&e);
    }
    early_fini(&e);
    struct dialog uas;
    int err =
        dialog_init_uas(&uas, &heap.mem, parse(INVITE_HEAD "\r\n"), 200, STR("t"), STR("sip:b@c"));
    assert_true(err == OK || err == ERR_NOMEM);
    dialog_fini(&uas);
    assert_int_equal(heap.live_bytes, 0);
    return heap.allocs <= fail_after;
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    unsigned n = 0;
    while (!call_with(n))
        n++;
    assert_true(n >= 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
