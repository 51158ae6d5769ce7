/* Standard input: orders of a pipe, line by line, and its end, which is heard of once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "phone/input.h"

#define TOKEN LOOP_TOKEN(7, 0)

static struct loop loop;
static struct input input;
static int stdin_was, writer;

static int begin(void **state)
{
    int ends[2];

    (void)state;
    if (pipe(ends) || (stdin_was = dup(STDIN_FILENO)) < 0 || dup2(ends[0], STDIN_FILENO) < 0)
        return 1;
    close(ends[0]);
    writer = ends[1];
    if (loop_init(&loop))
        return 1;
    input_begin(&input, &loop, TOKEN, true);
    return 0;
}

static int end(void **state)
{
    (void)state;
    if (writer >= 0)
        close(writer);
    loop_fini(&loop);
    input_end(&input);
    return dup2(stdin_was, STDIN_FILENO) < 0 || close(stdin_was);
}

static void say(const char *text)
{
    assert_int_equal(write(writer, text, strlen(text)), strlen(text));
}

/* Is there something to read? It is read, then. */
static bool hears(void)
{
    struct loop_event events[LOOP_EVENTS];
    unsigned n = loop_wait(&loop, 1, 1, events);

    assert_true(n <= 1);
    if (n == 1) {
        assert_int_equal(events[0].token, TOKEN);
        input_ready(&input, &loop);
    }
    return n == 1;
}

static void lines_are_orders(void **state)
{
    const char *wrong;
    struct order order;

    (void)state;
    assert_false(hears());
    say("hold\nnonsense\nmu");
    assert_true(hears());
    assert_true(input_order(&input, &order, &wrong) && order.kind == ORDER_HOLD && !wrong);
    assert_true(input_order(&input, &order, &wrong) && wrong);
    assert_false(input_order(&input, &order, &wrong));
    say("te\n");
    assert_true(hears());
    assert_true(input_order(&input, &order, &wrong) && order.kind == ORDER_MUTE && !wrong);
}

/* Its writer has gone: the kernel says so for as long as it is watched. */
static void the_end_is_heard_of_once(void **state)
{
    const char *wrong;
    struct order order;

    (void)state;
    say("hold\n");
    close(writer);
    writer = -1;
    assert_true(hears());
    assert_true(input_order(&input, &order, &wrong) && order.kind == ORDER_HOLD);
    assert_true(hears());
    assert_false(input_order(&input, &order, &wrong));
    assert_false(hears());
    assert_false(input.is_watched);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lines_are_orders, begin, end),
        cmocka_unit_test_setup_teardown(the_end_is_heard_of_once, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
