/* Inquiries reach the worker that is asked and come back answered; what does not fit stays the
 * asker's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <pthread.h>

#include "base/limits.h"
#include "server/inquiry.h"

static struct bell workers[2], mine;
static struct bell *const bells[] = {&workers[0], &workers[1]};

static int setup(void **state)
{
    *state = inquiries_new(&mem_libc, 2, bells);
    return bell_init(&workers[0]) || bell_init(&workers[1]) || bell_init(&mine) || !*state;
}

static int teardown(void **state)
{
    inquiries_free(*state);
    bell_fini(&workers[0]);
    bell_fini(&workers[1]);
    bell_fini(&mine);
    return 0;
}

static void each_worker_gets_its_own(void **state)
{
    struct inquiries *q = *state;
    struct inquiry a = {.bell = &mine}, b = {.bell = &mine};

    assert_true(inquiry_ask(q, ASKER_CONTROL, 1, &a));
    assert_true(inquiry_ask(q, ASKER_METRICS, 1, &b));
    assert_false(inquiry_waits(q, 0));
    assert_null(inquiry_take(q, 0));
    assert_true(inquiry_waits(q, 1));
    assert_ptr_equal(inquiry_take(q, 1), &a);
    assert_ptr_equal(inquiry_take(q, 1), &b);
    assert_null(inquiry_take(q, 1));
    assert_false(atomic_load(&a.answered));
    inquiry_answer(&a);
    assert_true(atomic_load(&a.answered));
    assert_false(atomic_load(&b.answered));
}

static void there_is_a_bound(void **state)
{
    struct inquiries *q = *state;
    struct inquiry many[LIMIT_CONTROL_CLIENTS + 1] = {0};

    for (unsigned i = 0; i < LIMIT_CONTROL_CLIENTS; i++)
        assert_true(inquiry_ask(q, ASKER_CONTROL, 0, &many[i]));
    assert_false(inquiry_ask(q, ASKER_CONTROL, 0, &many[LIMIT_CONTROL_CLIENTS]));
    assert_false(inquiry_ask(q, ASKER_CONTROL, 2, &many[LIMIT_CONTROL_CLIENTS]));
    assert_true(inquiry_ask(q, ASKER_METRICS, 0, &many[LIMIT_CONTROL_CLIENTS]));
}

/* Sleeps as a worker does: an inquiry is never overslept. */
static void *serve(void *arg)
{
    struct pollfd p = {.fd = workers[0].fd, .events = POLLIN};

    for (unsigned n = 0; n < 1000;) {
        struct inquiry *i;

        bell_asleep(&workers[0]);
        if (!inquiry_waits(arg, 0))
            (void)poll(&p, 1, -1);
        bell_awake(&workers[0]);
        bell_hush(&workers[0]);
        while ((i = inquiry_take(arg, 0))) {
            i->cursor++;
            n++;
            inquiry_answer(i);
        }
    }
    return NULL;
}

static void an_answer_wakes_its_asker(void **state)
{
    struct inquiry i = {.bell = &mine};
    struct pollfd p = {.fd = mine.fd, .events = POLLIN};
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, serve, *state), 0);
    for (unsigned n = 1; n <= 1000; n++) {
        assert_true(inquiry_ask(*state, ASKER_CONTROL, 0, &i));
        while (!atomic_load(&i.answered)) {
            assert_int_equal(poll(&p, 1, 60000), 1);
            bell_hush(&mine);
        }
        assert_int_equal(i.cursor, n);
    }
    assert_int_equal(pthread_join(thread, NULL), 0);
}

static void long_texts_are_cut(void **state)
{
    static char many[INQUIRY_TEXT + 10];
    struct shown_text t;

    (void)state;
    shown_text_set(&t, (struct str){many, sizeof(many)});
    assert_int_equal(shown_text_str(&t).len, INQUIRY_TEXT);
    shown_text_set(&t, STR_NONE);
    assert_int_equal(shown_text_str(&t).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_worker_gets_its_own, setup, teardown),
        cmocka_unit_test_setup_teardown(there_is_a_bound, setup, teardown),
        cmocka_unit_test_setup_teardown(an_answer_wakes_its_asker, setup, teardown),
        cmocka_unit_test(long_texts_are_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
