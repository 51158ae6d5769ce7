/* What a load is, put together from its options: who takes part, and what they do. */
#ifndef TANDEM_TOOLS_LOAD_PLAN_H
#define TANDEM_TOOLS_LOAD_PLAN_H

#include "host/password.h"
#include "tools/load_net.h"
#include "tools/load_options.h"
#include "tools/load_voice.h"

struct load_plan {
    const struct load_options *options;
    struct mem *mem;
    struct scenario *scenario; /* of who begins; of `answer` of who answers */
    struct scenario *answer;   /* of who is called: NULL: somebody else */
    struct scenario *enrol;    /* by which who is called registers first; NULL: he does not */
    struct users *users;
    struct rand rand; /* that readers of files take */
    char password[PASSWORD_MAX];
    char domain[512], user[256], caller[sizeof "sip:[user]@" + 512], callee[1100];
    struct load_net net;
    struct load *load;   /* of `scenario`; NULL until it is made */
    struct load *called; /* of `answer` */
    struct load_voice voice;
};

/* LOAD_DONE, or the exit status once what is wrong was said. load_plan_fini in any case. */
MUST_USE int load_plan_init(struct load_plan *, const struct load_options *);
void load_plan_fini(struct load_plan *);
/* The registrations of who is called. NULL: no memory. */
MUST_USE struct load *load_plan_enrolment(struct load_plan *);
/* The scenario's text, of our own or of the file. NULL: that was said. The caller frees it. */
char *load_plan_text(const struct load_options *, size_t *len);

#endif
