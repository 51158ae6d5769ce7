/* Datagrams to a service manager of the test's own, by path and by abstract name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/notify.h"

/* A socket that the name means, as a manager opens it. */
static int manager(const char *name)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    size_t len = strlen(name);
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

    memcpy(a.sun_path, name, len);
    if (name[0] == '@')
        a.sun_path[0] = '\0';
    assert_true(fd >= 0);
    assert_int_equal(
        bind(fd, (struct sockaddr *)&a, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)),
        0);
    return fd;
}

static void expect(int fd, const char *text)
{
    char got[1024];
    ssize_t n = recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT);

    assert_true(n >= 0);
    got[n] = '\0';
    assert_string_equal(got, text);
}

static void opened(struct notify *n, const char *name, const char *usec, const char *pid)
{
    const char *const names[] = {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"};
    const char *const values[] = {name, usec, pid};

    for (size_t i = 0; i < 3; i++)
        if (values[i])
            setenv(names[i], values[i], 1);
        else
            unsetenv(names[i]);
    notify_open(n);
}

static void says(const char *name)
{
    struct notify n;
    int fd = manager(name);

    opened(&n, name, NULL, NULL);
    notify_say(&n, "READY=1\nSTATUS=%s %u", "up", 3u);
    expect(fd, "READY=1\nSTATUS=up 3");
    notify_close(&n);
    notify_say(&n, "READY=1");
    assert_int_equal(recv(fd, &(char){0}, 1, MSG_DONTWAIT), -1);
    close(fd);
}

static void test_by_path(void **state)
{
    (void)state;
    char folder[] = "/tmp/tandem-notify-XXXXXX", path[64];

    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/socket", folder);
    says(path);
    unlink(path);
    rmdir(folder);
}

static void test_by_abstract_name(void **state)
{
    (void)state;
    char name[64];

    snprintf(name, sizeof(name), "@tandem-notify-%ld", (long)getpid());
    says(name);
}

static void test_a_reload_has_its_time(void **state)
{
    (void)state;
    struct notify n;
    char name[64], got[128] = {0};

    snprintf(name, sizeof(name), "@tandem-reload-%ld", (long)getpid());
    int fd = manager(name);

    opened(&n, name, NULL, NULL);
    notify_reloading(&n);
    assert_true(recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT) > 0);
    assert_int_equal(strncmp(got, "RELOADING=1\nMONOTONIC_USEC=", 27), 0);
    assert_true(strtoull(got + 27, NULL, 10) > 0);
    notify_close(&n);
    close(fd);
}

static void test_what_does_not_name_a_socket(void **state)
{
    (void)state;
    char long_name[200];
    const char *const names[] = {NULL, "", "/", "@", "relative", "vsock:2:3", long_name};

    memset(long_name, 'x', sizeof(long_name) - 1);
    long_name[0] = '/';
    long_name[sizeof(long_name) - 1] = '\0';
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct notify n;

        opened(&n, names[i], "1000000", NULL);
        assert_int_equal(n.fd, -1);
        assert_int_equal(n.watchdog, 0);
        notify_say(&n, "READY=1");
    }
}

static void test_the_watchdog_of_this_process(void **state)
{
    (void)state;
    char mine[32];

    snprintf(mine, sizeof(mine), "%ld", (long)getpid());
    const struct {
        const char *usec, *pid;
        time_ns watchdog;
    } cases[] = {
        {NULL, NULL, 0},
        {"30000000", NULL, 30 * NS_PER_S},
        {"5000", mine, 5 * NS_PER_MS},
        {"5000", "1", 0},
        {"5000", "x", 0},
        {"-1", NULL, 0},
        {"99999999999999999999", NULL, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct notify n;

        opened(&n, "@nobody", cases[i].usec, cases[i].pid);
        assert_int_equal(n.watchdog, cases[i].watchdog);
        notify_close(&n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_path),
        cmocka_unit_test(test_by_abstract_name),
        cmocka_unit_test(test_a_reload_has_its_time),
        cmocka_unit_test(test_what_does_not_name_a_socket),
        cmocka_unit_test(test_the_watchdog_of_this_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
