/* The whole configuration of a server as one immutable value. Every key, its type, range, default
 * and sentence stand in data/config.def, from which reading, checking and docs/configuration.md
 * come. Knows no file, socket or thread: what only the machine can tell (a port that is taken, a
 * folder that cannot be written) its user checks. */
#ifndef TANDEM_CONFIG_CONFIG_H
#define TANDEM_CONFIG_CONFIG_H

#include "base/addr_block.h"
#include "base/attr.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "config/entries.h"

enum config_auth { CONFIG_AUTH_AUTO, CONFIG_AUTH_REQUIRED, CONFIG_AUTH_NONE };
enum config_clients { CONFIG_CLIENTS_NO, CONFIG_CLIENTS_ASK, CONFIG_CLIENTS_REQUIRE };
enum config_tls { CONFIG_TLS_1_2, CONFIG_TLS_1_3 };
enum config_log_format { CONFIG_LOG_TEXT, CONFIG_LOG_LOGFMT, CONFIG_LOG_JSON };

struct config {
    struct str_list domains; /* empty: localhost and the listeners' addresses */
    struct str_list listen;  /* "udp:HOST:PORT"; empty: the loopback addresses, port 5060 */
    struct str advertise;    /* what Via and Record-Route call us; empty: each listener's address */
    unsigned workers;        /* 0: one a core */
    struct str data;         /* folder; empty: nothing outlives the process */
    struct str user;         /* whose rights are taken once all is open; empty: as started */
    bool sandbox, gather, merge_datagrams;
    unsigned drain_s;

    struct {
        enum config_auth auth; /* AUTO: required where an account exists or a listener is not on
                                  loopback */
        bool foreign_callers, auth_int;
        unsigned algorithms; /* a bit for each enum digest_algorithm */
        unsigned nonce_life_s;
    } accounts;
    struct addr_block_list peers; /* trusted by address */
    struct config_route_list routes;
    struct config_set_list sets;
    struct config_lua lua;
    struct config_group_list groups;
    struct feature_codes features;

    struct {
        struct str_list certificates; /* "FILE" or "CHAIN:KEY" */
        struct str ca;                /* file or folder; empty: the system's */
        struct str crl;               /* file or folder; empty: nothing is revoked */
        bool verify;
        enum config_clients client_certificate;
        struct str_list peers; /* trusted by the name in their certificates */
        enum config_tls min_version;
        struct str ciphers; /* of TLS 1.2; empty: OpenSSL's choice */
    } tls;

    struct {
        unsigned min_expires_s, max_expires_s, default_expires_s, max_contacts, flow_timer_s;
        unsigned ping_s;    /* 0: never */
        unsigned ping_with; /* enum ping_by */
        struct str_list service_route;
    } registrar;
    struct {
        struct str_list origins; /* "https://HOST:PORT"; "*": every page */
        struct str path;         /* empty: any */
        unsigned ping_s;         /* 0: none */
    } websocket;
    struct {
        bool record_route;
        enum config_mode mode;
        unsigned timer_c_s;
        unsigned fork; /* enum fork_order */
        unsigned ring_time_s;
        bool recurse, join;
        unsigned wait_s;                             /* for a first phone */
        unsigned call_time_s, calls, calls_per_user; /* 0: no limit */
        unsigned session_expires_s, min_se_s;
        bool session_end;
    } proxy;
    struct {
        struct str_list servers; /* "ADDRESS[:PORT]"; empty: those of resolv.conf */
        unsigned timeout_ms, tries;
        struct str hosts; /* path; empty: none */
        struct str_list suffixes;
    } dns;
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
    unsigned trace_mb;
    struct str metrics; /* "HOST:PORT" of the HTTP listener; empty: none */
    struct str control; /* path of the control socket; empty: DATA/control, or none without data */

    const unsigned *lines; /* where each row of config_row stands in the file; 0: it does not */
    /* Where the texts and lists are, given back by config_free. Each text is followed by a NUL that
     * is not part of it and holds no other. */
    struct shelf *shelf;
    struct mem *mem;
};

/* What is wrong with a configuration: where, and what to write instead. */
struct config_fault {
    const char *file; /* NULL: an option of the command line */
    unsigned line;    /* 0: none in particular */
    char key[128];    /* "accounts.nonce_life" or "--workers"; may be empty. Printable */
    char what[256];   /* a sentence that says what is expected. Printable */
    bool warning;     /* the configuration is taken all the same */
};

/* A function that takes faults as they are found; borrowed for the call. */
typedef void config_tell(void *arg, const struct config_fault *);

/* A value given beside the file, which takes the place of what the file says. Those of one list's
 * key stand for its entries. */
struct config_override {
    const char *key;    /* of data/config.def */
    const char *option; /* how faults name it: "--workers" */
    struct str value;
};

struct config_source {
    struct str text;  /* of the file, any bytes; empty: the defaults */
    const char *file; /* only named */
    const struct config_override *overrides;
    size_t n_overrides;
};

/* Reads all of it: every fault is told, to LIMIT_CONFIG_FAULTS. NULL where there is one, or no
 * memory, which is told likewise. Nothing of the source is kept. */
struct config *config_parse(struct mem *, const struct config_source *, config_tell *tell,
                            void *arg);
/* NULL is legal. */
void config_free(struct config *);

/* The domains whose users these are: those that are named, else localhost. Borrowed. */
struct str_list config_domains(const struct config *);
/* The same of one name, in any case. */
bool config_has_domain(const struct config *, struct str name);

/* What a key is, for people: a row of data/config.def or data/config_entries.def. */
struct config_row {
    const char *key, *preset, *what, *example;
    bool restart; /* a change takes effect at the next start alone */
    bool needed;  /* an entry is none without it */
};
/* NULL: there are no more. */
const struct config_row *config_row(size_t i);
/* The line of a key, by its name; 0: it stands nowhere. */
unsigned config_line(const struct config *, const char *key);
/* A row of a table of data/config_entries.def, by the table's name. NULL: there are no more. */
const struct config_row *config_entry_row(const char *table, unsigned i);
/* The line of a key of a routing rule, a set or a member, by its name; where the entry begins, if
 * it is not there. */
unsigned config_entry_line(const char *table, const struct config_entry *, const char *key);
/* Whether both have the same in that row. */
bool config_same(const struct config *, const struct config *, size_t row);

#endif
