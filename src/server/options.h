/* The options of `tandem serve`. */
#ifndef TANDEM_SERVER_OPTIONS_H
#define TANDEM_SERVER_OPTIONS_H

#include "server/listen.h"

struct server_options {
    struct listen_list listen;
    struct str domains[LIMIT_DOMAINS]; /* views of argv */
    unsigned n_domains;
    const char *data;    /* NULL: none */
    const char *control; /* path of the control socket; NULL: in the data folder, if there is one */
    const char *user;    /* NULL: whose rights it was started with */
    bool no_sandbox;
    unsigned workers;
    unsigned drain_s; /* how long calls in progress may take to end once the server is told to */
    bool json;
    bool no_auth; /* anybody who reaches a listener may use the server */
    bool verbose;
    bool help;
};

/* Reads argv[1] on. 0, or 2 once what is wrong was said on standard error. */
MUST_USE int server_options_read(struct server_options *o, int argc, char **argv);

#endif
