/* The control socket's path: its rights, and what is replaced by it and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/control_socket.h"

static char folder[64], path[100];

static int setup(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/tandem-control-XXXXXX");
    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof(path), "%s/control", folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(folder); /* nothing else was left in it */
}

static void only_its_owner_may_use_it(void **state)
{
    struct stat st;
    int fd;

    (void)state;
    assert_int_equal(control_socket_open(path, &fd), 0);
    assert_int_equal(stat(path, &st), 0);
    assert_true(S_ISSOCK(st.st_mode));
    assert_int_equal(st.st_mode & 0777, 0600);
    control_socket_close(path, fd);
    assert_int_equal(stat(path, &st), -1);
}

static void a_stale_one_is_replaced(void **state)
{
    int fd, again;

    (void)state;
    assert_int_equal(control_socket_open(path, &fd), 0);
    close(fd); /* as a server that was killed leaves it */
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(control_socket_open(path, &again), 0);
    control_socket_close(path, again);
}

static void one_that_is_served_is_not(void **state)
{
    int fd, other;

    (void)state;
    assert_int_equal(control_socket_open(path, &fd), 0);
    assert_int_equal(control_socket_open(path, &other), EADDRINUSE);
    assert_int_equal(access(path, F_OK), 0);
    control_socket_close(path, fd);
}

static void what_is_no_socket_is_not_touched(void **state)
{
    int fd, file = open(path, O_CREAT | O_WRONLY, 0644);

    (void)state;
    assert_true(file >= 0);
    assert_int_equal(write(file, "x", 1), 1);
    close(file);
    assert_int_equal(control_socket_open(path, &fd), EEXIST);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_size, 1);
}

static void another_servers_is_not_removed(void **state)
{
    int fd, other;

    (void)state;
    assert_int_equal(control_socket_open(path, &fd), 0);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(control_socket_open(path, &other), 0);
    control_socket_close(path, fd);
    assert_int_equal(access(path, F_OK), 0);
    control_socket_close(path, other);
    assert_int_equal(access(path, F_OK), -1);
}

static void long_paths_are_refused(void **state)
{
    char longer[200];
    int fd;

    (void)state;
    memset(longer, 'x', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    assert_int_equal(control_socket_open(longer, &fd), ENAMETOOLONG);
    assert_int_equal(control_socket_open("/nowhere/at/all", &fd), ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_its_owner_may_use_it, setup, teardown),
        cmocka_unit_test_setup_teardown(a_stale_one_is_replaced, setup, teardown),
        cmocka_unit_test_setup_teardown(one_that_is_served_is_not, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_no_socket_is_not_touched, setup, teardown),
        cmocka_unit_test_setup_teardown(another_servers_is_not_removed, setup, teardown),
        cmocka_unit_test(long_paths_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
