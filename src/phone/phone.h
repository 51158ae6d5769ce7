/* What every client command stands on: a host, a user agent with our accounts on it, the signals
 * that end it. Knows no command. */
#ifndef TANDEM_PHONE_PHONE_H
#define TANDEM_PHONE_PHONE_H

#include "host/host.h"
#include "phone/identity.h"
#include "phone/options.h"

/* Kinds of LOOP_TOKEN. */
enum { TOKEN_SIGNAL = HOST_KINDS, TOKEN_INPUT, TOKEN_MEDIA, TOKEN_SOUND };

struct phone {
    const struct phone_options *options;
    struct host *host;
    struct recorder *recorder; /* of --trace; NULL: none */
    struct ua *ua;
    struct identities who;
    ua_account account;    /* the first of them */
    struct address target; /* whom; uri.scheme is URI_NONE where nobody is named */
    struct address server;
    char routes[ADDRESS_BYTES + 16];
    struct str route_set; /* of the accounts, into `routes` */
    int signals;          /* descriptor */
    unsigned interrupted; /* how often SIGINT or SIGTERM came */
};

/* PHONE_DONE, or the exit status once what is wrong was said on standard error. phone_end is legal
 * then, too. */
MUST_USE int phone_begin(struct phone *, const struct phone_options *);
/* Frees it all. */
void phone_end(struct phone *);
time_ns phone_now(const struct phone *);

/* Waits until something is there or `until` has come, and brings it to the user agent. True: a
 * descriptor of the command's is ready, `other`; call phone_more until that is false, too. */
bool phone_wait(struct phone *, time_ns until, struct loop_event *other);
bool phone_more(struct phone *, struct loop_event *other);
/* After commands to the user agent. */
void phone_settle(struct phone *);

/* The far end wants a password of this account and there is none yet: asks for one where somebody
 * is there to answer. True: there is one now. */
MUST_USE bool phone_ask_password(struct phone *, ua_account);
/* Its AOR; empty: nobody's. */
struct str phone_aor(struct phone *, ua_account);

/* The lines of --header. An overflow sticks. */
void phone_put_headers(const struct phone *, struct buf *);

/* The exit status that a final answer deserves; `m` NULL: it is our own. */
int phone_status(unsigned status, const struct msg *m);
/* Its reason phrase, or what `status` means where nobody sent it. */
struct str phone_reason(unsigned status, const struct msg *m);

#endif
