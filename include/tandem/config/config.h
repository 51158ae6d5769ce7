/* The whole configuration of a server as one immutable value. Every key, its type, range, default
 * and sentence stand in data/config.def, from which reading, checking and docs/configuration.md
 * come. Knows no socket and no thread: what only the machine can tell (a port that is taken, a
 * folder that cannot be written) its user checks. */
#ifndef TANDEM_CONFIG_CONFIG_H
#define TANDEM_CONFIG_CONFIG_H

#include "base/addr_block.h"
#include "base/attr.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"

struct str_list {
    struct str *list;
    unsigned n;
};

struct addr_block_list {
    struct addr_block *list;
    unsigned n;
};

enum config_auth { CONFIG_AUTH_AUTO, CONFIG_AUTH_REQUIRED, CONFIG_AUTH_NONE };
enum config_log_format { CONFIG_LOG_TEXT, CONFIG_LOG_LOGFMT, CONFIG_LOG_JSON };

struct config {
    struct str_list domains; /* empty: localhost and the listeners' addresses */
    struct str_list listen;  /* "udp:HOST:PORT"; empty: the loopback addresses, port 5060 */
    struct str advertise;    /* what Via and Record-Route call us; empty: each listener's address */
    unsigned workers;        /* 0: one a core */
    struct str data;         /* folder; empty: nothing outlives the process */
    struct str user;         /* whose rights are taken once all is open; empty: as started */
    bool sandbox;
    unsigned drain_s;

    struct {
        enum config_auth auth; /* AUTO: required where an account exists or a listener is not on
                                  loopback */
        bool foreign_callers, auth_int;
        unsigned algorithms; /* a bit for each enum digest_algorithm */
        unsigned nonce_life_s;
    } accounts;
    struct addr_block_list peers; /* trusted by address */

    struct {
        unsigned min_expires_s, max_expires_s, default_expires_s, max_contacts;
    } registrar;
    struct {
        bool record_route;
        unsigned timer_c_s;
    } proxy;
    struct {
        unsigned t1_ms, t2_ms, t4_ms; /* RFC 3261 table 4 */
    } timers;
    struct {
        unsigned transactions;                           /* of one worker */
        unsigned sources, packets_per_s, strikes, ban_s; /* struct guard_config */
    } limits;
    struct addr_block_list trusted; /* never limited nor banned */

    struct {
        enum log_level level;
        enum config_log_format format;
    } log;
    struct str metrics; /* "HOST:PORT" of the HTTP listener; empty: none */
    struct str control; /* path of the control socket; empty: DATA/control, or none without data */

    struct mem *mem; /* the texts and lists are one allocation each, given back by config_free */
    void *texts;
};

/* What is wrong with a configuration: where, and what to write instead. */
struct config_fault {
    const char *file;
    unsigned line;  /* 0: none in particular */
    char key[128];  /* "accounts.nonce_life"; may be empty */
    char what[256]; /* a sentence that says what is expected */
};

/* A function that takes faults as they are found; borrowed for the call. */
typedef void config_tell(void *arg, const struct config_fault *);

/* The defaults, as if an empty file had been read. NULL: no memory. */
struct config *config_default(struct mem *);
/* Reads a file whole: every fault is told. NULL where there is one. */
struct config *config_read(struct mem *, const char *file, config_tell *tell, void *arg);
/* The same of bytes; `file` is only named. Takes any bytes. */
struct config *config_parse(struct mem *, struct str text, const char *file, config_tell *tell,
                            void *arg);
/* NULL is legal. */
void config_free(struct config *);

#endif
