/* Takes a user's rights and proves that the old ones are gone; knows nothing of what they were good
 * for. */
#include "server/privileges.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

const char *privileges_of(struct privileges *p, const char *user)
{
    const struct passwd *entry = getpwnam(user);

    if (!entry)
        return "no such user on this machine";
    if (entry->pw_uid == 0)
        return "this user is root: name one without rights";
    p->uid = entry->pw_uid;
    p->gid = entry->pw_gid;
    p->n_groups = PRIVILEGES_GROUPS;
    if (getgrouplist(user, p->gid, p->groups, &p->n_groups) < 0)
        return "this user is in too many groups";
    return NULL;
}

/* --- files --- */

/* Not by name: between a look at it and the change it could become another's. A file with a second
 * name may be anybody's. */
static bool give_file(const struct privileges *p, int folder, const char *name)
{
    struct stat s;
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    bool done = true;

    if (fd < 0)
        return true;
    if (fstat(fd, &s) == 0 && S_ISREG(s.st_mode) && s.st_nlink == 1)
        done = fchown(fd, p->uid, p->gid) == 0;
    close(fd);
    return done;
}

static bool give_all(const struct privileges *p, DIR *d)
{
    const struct dirent *entry;
    bool done = fchown(dirfd(d), p->uid, p->gid) == 0;

    while (done && (entry = readdir(d)))
        done = give_file(p, dirfd(d), entry->d_name);
    return done;
}

bool privileges_give(const struct privileges *p, const char *folder)
{
    DIR *d = geteuid() == 0 ? opendir(folder) : NULL;

    if (!d)
        return geteuid() != 0;
    bool done = give_all(p, d);

    closedir(d);
    return done;
}

/* --- the process --- */

static bool has_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};

    if (syscall(SYS_capget, &header, data) != 0)
        return true;
    return data[0].effective || data[1].effective || data[0].permitted || data[1].permitted;
}

static bool is_user(const struct privileges *p)
{
    uid_t real, effective, saved;
    gid_t group, effective_group, saved_group;

    if (getresuid(&real, &effective, &saved) || getresgid(&group, &effective_group, &saved_group))
        return false;
    return real == p->uid && effective == p->uid && saved == p->uid && group == p->gid &&
           effective_group == p->gid && saved_group == p->gid;
}

const char *privileges_take(const struct privileges *p)
{
    if (geteuid() != 0)
        return is_user(p) ? NULL : "only root can take another user's rights";
    if (setgroups((size_t)p->n_groups, p->groups) || setresgid(p->gid, p->gid, p->gid) ||
        setresuid(p->uid, p->uid, p->uid))
        return "the rights cannot be taken";
    if (!is_user(p) || has_capabilities() || setuid(0) == 0)
        return "root's rights cannot be given up";
    return NULL;
}
