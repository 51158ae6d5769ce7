/* What a process may do inside the sandbox and what not: each attempt in a child of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/sandbox.h"

static char inside[] = "/tmp/tandem-inside-XXXXXX", outside[] = "/tmp/tandem-outside-XXXXXX";

static int in_folder(const char *folder, const char *name, int flags)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    int fd = open(path, flags, 0600);

    if (fd >= 0)
        close(fd);
    return fd < 0 ? errno : 0;
}

/* Each returns 0 or its errno. */
static int write_inside(void)
{
    return in_folder(inside, "new", O_WRONLY | O_CREAT | O_TRUNC);
}

static int write_outside(void)
{
    return in_folder(outside, "new", O_WRONLY | O_CREAT);
}

static int read_outside(void)
{
    return in_folder(outside, "old", O_RDONLY);
}

static int truncate_outside(void)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/old", outside);
    return truncate(path, 0) ? errno : 0;
}

static int move_and_remove_inside(void)
{
    char from[128], to[128];

    snprintf(from, sizeof(from), "%s/a", inside);
    snprintf(to, sizeof(to), "%s/b", inside);
    int error = in_folder(inside, "a", O_WRONLY | O_CREAT);

    return error ? error : rename(from, to) || unlink(to) ? errno : 0;
}

static int read_hosts(void)
{
    return in_folder("/etc", "hosts", O_RDONLY);
}

static int write_etc(void)
{
    return in_folder("/etc", "hosts", O_WRONLY);
}

static int resolve(void)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM}, *found;

    if (getaddrinfo("localhost", NULL, &hints, &found))
        return ENOENT;
    freeaddrinfo(found);
    return 0;
}

static void *nothing(void *arg)
{
    return arg;
}

static int start_thread(void)
{
    pthread_t t;
    int error = pthread_create(&t, NULL, nothing, NULL);

    return error ? error : pthread_join(t, NULL);
}

static int open_socket(int family, int type)
{
    int fd = socket(family, type, 0);

    if (fd >= 0)
        close(fd);
    return fd < 0 ? errno : 0;
}

static int inet_sockets(void)
{
    int error = open_socket(AF_INET, SOCK_DGRAM);

    return error ? error : open_socket(AF_UNIX, SOCK_STREAM);
}

static int packet_socket(void)
{
    return open_socket(AF_PACKET, SOCK_RAW);
}

static int start_process(void)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(0);
    return pid < 0 ? errno : 0;
}

static int signal_another(void)
{
    return kill(getppid(), 0) ? errno : 0;
}

static int change_user(void)
{
    return setuid(1) ? errno : 0;
}

static int type_for_the_terminal(void)
{
    return ioctl(0, TIOCSTI, "x") ? errno : 0;
}

static int call_of_tomorrow(void)
{
    return syscall(60000) < 0 ? errno : 0;
}

static int run_program(void)
{
    char name[] = "true", *const argv[] = {name, NULL};

    return execv("/bin/true", argv) ? errno : 0;
}

static int trace(void)
{
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 ? errno : 0;
}

static int mount_something(void)
{
    return mount("none", outside, "tmpfs", 0, NULL) ? errno : 0;
}

static int leave_a_core(void)
{
    struct rlimit r;

    if (getrlimit(RLIMIT_CORE, &r))
        return errno;
    return r.rlim_cur == 0 && r.rlim_max == 0 && prctl(PR_GET_DUMPABLE) == 0 ? EPERM : 0;
}

/* --- */

enum { KILLED = 1000, NOT_HERE = 1001 };

/* What came of it inside; NOT_HERE: this kernel or build has no such limits. */
static int attempt(int (*act)(void), bool by_calls)
{
    int status;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        struct sandbox s;
        struct sandbox_folders f = {.writable = {inside, "/nowhere"}};

        sandbox_enter(&s, &f);
        if (by_calls ? !s.calls : !s.files)
            _exit(255);
        _exit(act());
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGSYS ? KILLED : -1;
    return WEXITSTATUS(status) == 255 ? NOT_HERE : WEXITSTATUS(status);
}

static bool kernel_has(bool calls)
{
#if defined(__SANITIZE_ADDRESS__)
    if (calls)
        return false;
#endif
    return calls ? prctl(PR_GET_SECCOMP) >= 0
                 : syscall(SYS_landlock_create_ruleset, NULL, 0, 1) > 0;
}

struct attempt {
    const char *what;
    int (*act)(void);
    int expected;
};

static void attempt_all(const struct attempt *list, size_t n, bool by_calls)
{
    for (size_t i = 0; i < n; i++) {
        int got = attempt(list[i].act, by_calls);

        if (got == NOT_HERE && !kernel_has(by_calls))
            skip();
        if (got != list[i].expected)
            fail_msg("%s: %d (%s), not %d", list[i].what, got, strerror(got), list[i].expected);
    }
}

#define ATTEMPT(act, expected) \
    {                          \
#act, act, expected    \
    }
#define ATTEMPT_ALL(list, by_calls) attempt_all((list), sizeof(list) / sizeof((list)[0]), by_calls)

static void test_what_a_server_does_it_may(void **state)
{
    (void)state;
    static const struct attempt list[] = {
        ATTEMPT(write_inside, 0), ATTEMPT(move_and_remove_inside, 0), ATTEMPT(read_hosts, 0),
        ATTEMPT(resolve, 0),      ATTEMPT(start_thread, 0),           ATTEMPT(inet_sockets, 0),
    };
    ATTEMPT_ALL(list, false);
}

static void test_files_elsewhere_are_shut(void **state)
{
    (void)state;
    static const struct attempt list[] = {
        ATTEMPT(write_outside, EACCES),
        ATTEMPT(read_outside, EACCES),
        ATTEMPT(truncate_outside, EACCES),
        ATTEMPT(write_etc, EACCES),
    };
    ATTEMPT_ALL(list, false);
}

static void test_calls_that_it_does_not_make_fail(void **state)
{
    (void)state;
    static const struct attempt list[] = {
        ATTEMPT(packet_socket, EAFNOSUPPORT),  ATTEMPT(start_process, EPERM),
        ATTEMPT(signal_another, EPERM),        ATTEMPT(change_user, EPERM),
        ATTEMPT(type_for_the_terminal, EPERM), ATTEMPT(call_of_tomorrow, ENOSYS),
        ATTEMPT(leave_a_core, EPERM),
    };
    ATTEMPT_ALL(list, true);
}

static void test_calls_of_an_intruder_end_it(void **state)
{
    (void)state;
    static const struct attempt list[] = {
        ATTEMPT(run_program, KILLED),
        ATTEMPT(trace, KILLED),
        ATTEMPT(mount_something, KILLED),
    };
    ATTEMPT_ALL(list, true);
}

static void test_descriptors_are_raised(void **state)
{
    (void)state;
    struct rlimit r;

    assert_int_equal(getrlimit(RLIMIT_NOFILE, &r), 0);
    r.rlim_cur = r.rlim_max / 2;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &r), 0);
    sandbox_raise_descriptors();
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &r), 0);
    assert_int_equal(r.rlim_cur, r.rlim_max);
}

static int make_folders(void **state)
{
    (void)state;
    return !mkdtemp(inside) || !mkdtemp(outside) || in_folder(outside, "old", O_WRONLY | O_CREAT);
}

static int remove_folders(void **state)
{
    char path[128];

    (void)state;
    snprintf(path, sizeof(path), "%s/old", outside);
    unlink(path);
    snprintf(path, sizeof(path), "%s/new", inside);
    unlink(path);
    return rmdir(inside) || rmdir(outside);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_server_does_it_may),
        cmocka_unit_test(test_files_elsewhere_are_shut),
        cmocka_unit_test(test_calls_that_it_does_not_make_fail),
        cmocka_unit_test(test_calls_of_an_intruder_end_it),
        cmocka_unit_test(test_descriptors_are_raised),
    };
    return cmocka_run_group_tests(tests, make_folders, remove_folders);
}
