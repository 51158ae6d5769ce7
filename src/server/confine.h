/* What a server gives up between opening what it needs and starting its threads. */
#ifndef TANDEM_SERVER_CONFINE_H
#define TANDEM_SERVER_CONFINE_H

#include "base/log.h"
#include "config/config.h"
#include "server/sandbox.h"

/* NULL where there is none. */
struct confinement {
    const char *user;                /* whose rights are taken */
    const char *data;                /* folder: becomes the user's, stays writable */
    const char *config, *control;    /* files: their folders stay readable, or writable */
    const struct config *read_again; /* the folders of its certificates, authorities and scripts
                                        stay readable */
    bool wants_sandbox;
};

/* Takes the user's rights, where there is one. True; or false once it was said on standard error
 * what is wrong. */
MUST_USE bool confine_take_user(const struct confinement *);
/* Then enters the sandbox, where it is wanted. */
void confine_enter(const struct confinement *, struct sandbox *out);
/* What an operator should know: root's rights that were kept, and what this kernel lacks. */
void confine_tell(const struct log *log, const struct confinement *c, const struct sandbox *s);

#endif
