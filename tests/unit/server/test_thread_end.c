/* The end of a thread is waited for as long as was said, whatever becomes of the wall clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "server/thread_end.h"

static time_t ahead; /* of the true time, the wall clock's */

/* Takes the place of the C library's. */
int clock_gettime(clockid_t id, struct timespec *t)
{
    long failed = syscall(SYS_clock_gettime, id, t);
    if (!failed && id == CLOCK_REALTIME)
        t->tv_sec += ahead;
    return (int)failed;
}

static int ends[2]; /* a byte ends the thread */

static void *wait_for_byte(void *arg)
{
    char byte;
    (void)arg;
    return read(ends[0], &byte, 1) == 1 ? NULL : &ends;
}

static pthread_t begin(void)
{
    pthread_t thread;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(pthread_create(&thread, NULL, wait_for_byte, NULL), 0);
    return thread;
}

static void end(void)
{
    assert_int_equal(write(ends[1], "x", 1), 1);
}

static void finish(void)
{
    close(ends[0]);
    close(ends[1]);
}

static void test_one_that_ends(void **state)
{
    (void)state;
    pthread_t thread = begin();
    end();
    assert_true(thread_ends_within(thread, 60 * NS_PER_S));
    finish();
}

static void test_the_wall_clock_was_set_back(void **state)
{
    (void)state;
    ahead = -3600;
    test_one_that_ends(NULL);
    ahead = 0;
}

/* Nobody would wait an hour for this test's end. */
static void test_one_that_does_not_end(void **state)
{
    (void)state;
    ahead = 3600;
    pthread_t thread = begin();
    assert_false(thread_ends_within(thread, 10 * NS_PER_MS));
    ahead = 0;
    end();
    assert_true(thread_ends_within(thread, 60 * NS_PER_S));
    finish();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_that_ends),
        cmocka_unit_test(test_the_wall_clock_was_set_back),
        cmocka_unit_test(test_one_that_does_not_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
