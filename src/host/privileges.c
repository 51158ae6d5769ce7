/* Gives rights up, for good. */
#include "host/privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/str.h"

/* NULL: nobody but root. */
static const struct passwd *caller(void)
{
    const char *text = getenv("SUDO_UID");
    uint64_t uid;

    if (geteuid() != 0 || !str_to_u64(str_from(text), UINT32_MAX - 1, &uid) || uid == 0)
        return NULL;
    return getpwuid((uid_t)uid);
}

static int become(const struct passwd *user)
{
    if (initgroups(user->pw_name, user->pw_gid) < 0 || setgid(user->pw_gid) < 0 ||
        setuid(user->pw_uid) < 0)
        return errno;
    return 0;
}

static int drop_capabilities(void)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};

    return syscall(SYS_capset, &head, none) < 0 ? errno : 0;
}

int privileges_drop(void)
{
    const struct passwd *user = caller();
    int error = user ? become(user) : 0;

    if (error)
        return error;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return errno;
    return drop_capabilities();
}
