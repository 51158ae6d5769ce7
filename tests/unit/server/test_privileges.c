/* Another user's rights are taken whole, and there is no way back. Root is needed for most of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/privileges.h"

#define USER "nobody"

static void need_root(void)
{
    if (geteuid() != 0 || !getpwnam(USER))
        skip();
}

static void test_users_that_cannot_be_taken(void **state)
{
    (void)state;
    struct privileges p;

    assert_string_equal(privileges_of(&p, "no-such-user"), "no such user on this machine");
    assert_string_equal(privileges_of(&p, "root"), "this user is root: name one without rights");
}

/* In a child: 0 where all that was root's is gone. */
static int take(void)
{
    struct privileges p;
    gid_t groups[PRIVILEGES_GROUPS];
    const struct passwd *entry = getpwnam(USER);

    groups[0] = 0;
    if (setgroups(1, groups))
        return 7;
    if (privileges_of(&p, USER) || privileges_take(&p))
        return 1;
    if (getuid() != entry->pw_uid || geteuid() != entry->pw_uid || getegid() != entry->pw_gid)
        return 2;
    int n = getgroups(PRIVILEGES_GROUPS, groups);
    for (int i = 0; i < n; i++)
        if (groups[i] == 0)
            return 3;
    if (setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0)
        return 4;
    if (open("/etc/shadow", O_RDONLY) >= 0)
        return 5;
    return privileges_take(&p) ? 6 : 0; /* a second time is right: it is that user already */
}

static int take_another(void)
{
    struct privileges p;

    if (privileges_of(&p, USER) || privileges_take(&p))
        return 1;
    p.uid++;
    return privileges_take(&p) ? 0 : 2;
}

static void in_child(int (*act)(void))
{
    int status;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0)
        _exit(act());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_taken_whole(void **state)
{
    (void)state;
    need_root();
    in_child(take);
}

static void test_only_root_can_take_anothers(void **state)
{
    (void)state;
    need_root();
    in_child(take_another);
}

static uid_t owner(const char *folder, const char *name)
{
    char path[128];
    struct stat s;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    assert_int_equal(lstat(path, &s), 0);
    return s.st_uid;
}

/* Not what other names lead to: a link in the folder would hand out any file of the machine. */
static void test_files_are_given_links_are_not(void **state)
{
    (void)state;
    need_root();
    struct privileges p;
    char folder[] = "/tmp/tandem-give-XXXXXX", path[128], other[128], link_at[128];

    assert_null(privileges_of(&p, USER));
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/plain", folder);
    close(open(path, O_WRONLY | O_CREAT, 0600));
    snprintf(other, sizeof(other), "%s/twice", folder);
    close(open(other, O_WRONLY | O_CREAT, 0600));
    snprintf(link_at, sizeof(link_at), "%s/other", folder);
    assert_int_equal(link(other, link_at), 0);
    snprintf(link_at, sizeof(link_at), "%s/symbolic", folder);
    assert_int_equal(symlink("/etc/hosts", link_at), 0);
    assert_true(privileges_give(&p, folder));
    assert_int_equal(owner(folder, "."), p.uid);
    assert_int_equal(owner(folder, "plain"), p.uid);
    assert_int_equal(owner(folder, "twice"), 0);
    assert_int_equal(owner(folder, "symbolic"), 0);
    assert_int_equal(owner("/etc", "hosts"), 0);
    assert_false(privileges_give(&p, "/nowhere"));
    const char *const names[] = {"plain", "twice", "other", "symbolic"};
    for (size_t i = 0; i < 4; i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_users_that_cannot_be_taken),
        cmocka_unit_test(test_taken_whole),
        cmocka_unit_test(test_only_root_can_take_anothers),
        cmocka_unit_test(test_files_are_given_links_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
