/* Giving up root: another user's ids and groups, and no way back. */
#ifndef TANDEM_SERVER_PRIVILEGES_H
#define TANDEM_SERVER_PRIVILEGES_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/attr.h"

#define PRIVILEGES_GROUPS 64

struct privileges {
    uid_t uid;
    gid_t gid;
    gid_t groups[PRIVILEGES_GROUPS];
    int n_groups;
};

/* What a user of this machine has, by name. NULL, or what is wrong, in words. */
MUST_USE const char *privileges_of(struct privileges *p, const char *user);
/* Gives the folder and the plain files directly in it to the user, links excepted. False: errno has
 * the reason. */
MUST_USE bool privileges_give(const struct privileges *p, const char *folder);
/* All threads of the process take them and keep no capability. NULL, or what is wrong, in words:
 * the process must not go on then. Without root's rights it is right only where the process is that
 * user already. */
MUST_USE const char *privileges_take(const struct privileges *p);

#endif
