/* Shuts the process in: files by Landlock, system calls by seccomp, no core. */
#include "server/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "server/seccomp.h"

/* Of Linux 6.2, by which the headers that this is built with may be older. */
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (UINT64_C(1) << 14)
#endif

#define READ_FILE LANDLOCK_ACCESS_FS_READ_FILE
#define READ (READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define OF_FILES (READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE)
#define WRITE                                                                                     \
    (OF_FILES | READ | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |             \
     LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_DIR | \
     LANDLOCK_ACCESS_FS_REFER)
#define FIRST_VERSION (LANDLOCK_ACCESS_FS_REFER - 1)

/* The folders, not the files in them: whoever writes resolv.conf anew puts another file there. */
static const char *const always_readable[] = {
    "/etc",
    "/usr",
    "/lib",
    "/lib64",
    "/proc",
    "/run/systemd/resolve",
    "/run/resolvconf",
    "/run/NetworkManager",
    "/sys/devices/system/cpu",
    "/dev/null",
    "/dev/urandom",
    "/dev/random",
};

/* --- files --- */

static uint64_t known_rights(long version)
{
    uint64_t rights = FIRST_VERSION;

    if (version >= 2)
        rights |= LANDLOCK_ACCESS_FS_REFER;
    if (version >= 3)
        rights |= LANDLOCK_ACCESS_FS_TRUNCATE;
    return rights;
}

static void allow(int ruleset, const char *path, uint64_t rights)
{
    struct landlock_path_beneath_attr rule = {.parent_fd = open(path, O_PATH | O_CLOEXEC)};
    struct stat s;

    if (rule.parent_fd < 0)
        return;
    if (fstat(rule.parent_fd, &s) == 0 && !S_ISDIR(s.st_mode))
        rights &= OF_FILES;
    rule.allowed_access = rights;
    (void)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(rule.parent_fd);
}

static void allow_all(int ruleset, const struct sandbox_folders *f, uint64_t known)
{
    for (size_t i = 0; i < sizeof(always_readable) / sizeof(always_readable[0]); i++)
        allow(ruleset, always_readable[i], READ & known);
    for (size_t i = 0; i < SANDBOX_READABLE; i++)
        if (f->readable[i])
            allow(ruleset, f->readable[i], READ & known);
    for (size_t i = 0; i < SANDBOX_FOLDERS; i++)
        if (f->writable[i])
            allow(ruleset, f->writable[i], WRITE & known);
}

static bool shut_files(const struct sandbox_folders *f)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    struct landlock_ruleset_attr attr = {.handled_access_fs = known_rights(version)};

    if (version < 1)
        return false;
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);

    if (ruleset < 0)
        return false;
    allow_all(ruleset, f, attr.handled_access_fs);
    bool done = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;

    close(ruleset);
    return done;
}

/* --- the rest --- */

/* Sanitizers look into the process itself, by calls that nobody else makes. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WATCHED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || \
    __has_feature(thread_sanitizer)
#define WATCHED true
#endif
#endif
#ifndef WATCHED
#define WATCHED false
#endif

static bool shut_calls(void)
{
    if (!WATCHED)
        return seccomp_enter();
    errno = ENOTSUP;
    return false;
}

static void leave_no_core(void)
{
    struct rlimit none = {0, 0};

    (void)setrlimit(RLIMIT_CORE, &none);
    if (!WATCHED)
        (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void sandbox_enter(struct sandbox *out, const struct sandbox_folders *folders)
{
    *out = (struct sandbox){.why = ""};
    leave_no_core();
    out->files = shut_files(folders);
    if (!out->files)
        out->why = strerror(errno);
    out->calls = shut_calls();
    if (!out->calls)
        out->why = strerror(errno);
}

void sandbox_raise_descriptors(void)
{
    struct rlimit r;

    if (getrlimit(RLIMIT_NOFILE, &r) || r.rlim_cur == r.rlim_max)
        return;
    r.rlim_cur = r.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &r);
}
