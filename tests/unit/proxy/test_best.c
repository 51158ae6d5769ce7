/* RFC 3261 16.7 step 6: the best of the final responses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proxy/context.h"

/* A minus sign: no response came, the proxy put the status there itself. */
static const struct row {
    const char *why;
    int statuses[4];
    int best;
} rows[] = {
    {"RFC 3261 16.7: 6xx before all other failures", {302, 404, 603, 500}, 603},
    {"RFC 3261 16.7: 2xx before 6xx", {603, 200, 404, 0}, 200},
    {"RFC 3261 16.7: the lowest class", {500, 404, 302, 0}, 302},
    {"RFC 3261 16.7: the lowest class", {501, 486, 503, 0}, 486},
    {"RFC 3261 16.7: its own example", {503, 407, 501, 404}, 407},
    {"RFC 3261 16.7: 401 before others of its class", {486, 404, 401, 0}, 401},
    {"RFC 3261 16.7: 415 helps to try again", {486, 415, 404, 0}, 415},
    {"RFC 3261 16.7: 420 helps to try again", {404, 420, 480, 0}, 420},
    {"RFC 3261 16.7: 484 helps to try again", {404, 484, 480, 0}, 484},
    {"RFC 3261 16.7: a challenge before a 415", {415, 407, 0, 0}, 407},
    {"RFC 3261 16.7: 487 only tells of our CANCEL", {487, 486, 408, 0}, 486},
    {"RFC 3261 16.7: 408 before 487", {487, 408, 0, 0}, 408},
    {"RFC 3261 16.7: the first among equals", {486, 404, 0, 0}, 486},
    {"RFC 3261 16.7: a 503 is the last of its class", {503, 500, 0, 0}, 500},
    {"RFC 3261 16.6 step 7: a timeout is no response", {-408, 500, 0, 0}, 500},
    {"RFC 3261 16.9: a transport error counts as 503", {-408, -503, 0, 0}, -503},
    {"RFC 3261 16.7: pending branches do not count", {0, 404, 0, 0}, 404},
    {"RFC 3261 16.7: nothing but timeouts", {-408, -408, 0, 0}, -408},
};

static void test_best(void **state)
{
    (void)state;
    struct msg some = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct branch branches[4] = {0};
        struct context c = {.branches = branches, .n = 4, .invite = true};
        for (unsigned k = 0; k < 4; k++) {
            branches[k].next = k < 3 ? &branches[k + 1] : NULL;
            int s = rows[i].statuses[k];
            branches[k].status = (uint16_t)(s < 0 ? -s : s);
            branches[k].best = s > 0 ? &some : NULL;
        }
        const struct branch *b = context_best(&c);
        assert_non_null(b);
        if ((b->best ? b->status : -b->status) != rows[i].best)
            fail_msg("%s: %d chosen, not %d", rows[i].why, b->status, rows[i].best);
    }
}

static void test_none(void **state)
{
    (void)state;
    struct branch branches[2] = {{.next = &branches[1]}};
    struct context c = {.branches = branches, .n = 2};
    assert_null(context_best(&c));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_best),
        cmocka_unit_test(test_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
