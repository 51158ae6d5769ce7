/* What `tandem load` is told on its command line. */
#ifndef TANDEM_TOOLS_LOAD_OPTIONS_H
#define TANDEM_TOOLS_LOAD_OPTIONS_H

#include "base/attr.h"
#include "base/flow.h"
#include "base/time.h"
#include "msg/uri.h"

enum load_kind {
    LOAD_CALL,
    LOAD_ANSWER,
    LOAD_REGISTER,
    LOAD_OPTIONS,
    LOAD_MESSAGE,
    LOAD_SUBSCRIBE,
    LOAD_RUN,
    N_LOAD_KINDS
};

/* The exit status. */
enum {
    LOAD_DONE = 0,
    LOAD_FAILED = 1,    /* not all that was asked for was reached: the far end's doing */
    LOAD_BAD_USAGE = 2, /* the command line, a file */
    LOAD_SILENCE = 3,   /* nothing was ever answered, or there is no way there */
    LOAD_OUR_FAULT = 4  /* not all that was asked for was offered */
};

#define LOAD_KEYS 32

struct load_key {
    struct str name, value;
};

struct load_options {
    enum load_kind kind;
    const char *kind_name;
    const char *uri_text, *file; /* who the load is for; the scenario of `run` */
    struct uri uri;
    uint8_t transport;  /* to the server; where there is none, that we listen by */
    struct addr server; /* where everything is sent */
    struct addr local;  /* family ADDR_NONE: the machine chooses */
    uint8_t local_transport;
    double rate; /* a second; 0: not given */
    unsigned given_count;
    uint64_t count;      /* sessions, given or by rate and time; 0: neither says */
    unsigned concurrent; /* sessions at once; 0: not given */
    unsigned users, first, ports;
    time_ns duration, hold, ring, timeout, every, step;
    double max_fail;     /* of all sessions, 0 to 1 */
    double ramp;         /* the factor from step to step; 0: no ramp */
    time_ns max_latency; /* of a ramp's steps, of 99 of 100 sessions; 0: any */
    unsigned expires_s;
    const char *rtp; /* what calls say; NULL: they have no media */
    unsigned rtp_ports;
    double max_loss; /* of their packets, 0 to 1 */
    bool poisson, answer, enrol, json, help, trust_all, separate, show, has_count, rfc7502;
    const char *auth_user, *password_file, *table, *ca, *certificate, *path;
    struct load_key keys[LOAD_KEYS];
    unsigned n_keys;
};

/* Reads argv[1] on; views of argv. LOAD_DONE, or the exit status once what is wrong was said. */
MUST_USE int load_options_read(struct load_options *, int argc, char **argv);
/* "tandem: load: WHERE: WHAT" on standard error; returns `status`. */
int load_complain(const char *where, const char *what, int status);

#endif
