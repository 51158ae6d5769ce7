/* The rules of the configuration that say what becomes of a request, compiled once and never
 * changed then. They are tried in their order. A rule whose conditions all hold changes what it
 * says it changes, for the rules behind it, too; the first of these that says where the request
 * goes takes it. A rule may leave that to a function of a script (hook/hook.h). Knows no
 * transaction, no clock and no proxy: whoever asks says what the request is, and does what is
 * decided. docs/guide/routing.md has it for users. */
#ifndef TANDEM_ROUTE_ROUTE_H
#define TANDEM_ROUTE_ROUTE_H

#include "base/attr.h"
#include "base/limits.h"
#include "base/mem.h"
#include "config/entries.h"
#include "hook/hook.h"
#include "msg/msg.h"

struct routes;

/* What is wrong with a rule beyond its form. */
struct route_fault {
    unsigned rule;   /* from 0; n of the rules: no memory */
    const char *key; /* of data/config_entries.def */
    char what[200];  /* what is to be written instead. Printable */
};

/* Compiles them; nothing of the arguments is kept. `sets` are the names that set:NAME may have; a
 * decision has their index. `lua` are the scripts whose functions rules call, loaded where one
 * does; NULL: none. NULL: fault is filled. */
struct routes *routes_new(struct mem *, const struct config_route_list *,
                          const struct config_set_list *sets, const struct config_lua *lua,
                          struct route_fault *);
/* Who keeps a decision keeps a reference: texts of decisions are views into the rules. */
struct routes *routes_ref(struct routes *);
void routes_unref(struct routes *); /* NULL is legal */
/* hook_count_all */
void routes_count_all(struct routes *);
unsigned routes_count(const struct routes *);
/* The name of a rule, from 0, at most ROUTE_NAME_MAX bytes; empty: it has none. */
#define ROUTE_NAME_MAX 64
struct str routes_name(const struct routes *, unsigned rule);
/* Does a rule let in who has not said who he is? Then they are asked before he is, too. */
bool routes_any_open(const struct routes *);

enum route_sender {
    ROUTE_STRANGER,
    ROUTE_PEER,
    ROUTE_ACCOUNT,
    ROUTE_ANY_SENDER /* not to be known, as with an ACK: conditions on the sender hold */
};

/* Is this the URI of a domain or listener of ours? */
typedef bool route_is_ours(void *arg, const struct uri *);

/* Does a peer of this set take one call more? */
typedef bool route_has_room(void *arg, unsigned set);

/* A request, as the rules see it. */
struct route_request {
    struct msg *msg;
    const struct uri *uri; /* the Request-URI after RFC 3261 16.4 */
    enum route_sender sender;
    struct str account, account_domain; /* of ROUTE_ACCOUNT, where it is known */
    const struct addr *listener;        /* that it came to; NULL: not known */
    unsigned minute;                    /* of the day by the wall clock, 0 to 1439 */
    unsigned weekday;                   /* 0 is Monday */
    route_is_ours *is_ours;
    route_has_room *has_room;
    void *arg;
};

enum route_action {
    ROUTE_DEFAULT, /* no rule took it, or one that says so */
    ROUTE_REPLY,
    ROUTE_REGISTER,
    ROUTE_LOOKUP,
    ROUTE_FORWARD,
    ROUTE_REDIRECT
};

/* One place of `forward` or `redirect`. */
struct route_target {
    enum { ROUTE_TO_URI, ROUTE_TO_SET, ROUTE_TO_LOCATION } kind;
    struct str uri; /* ROUTE_TO_URI */
    bool has_user;  /* it has one: else the request's comes in */
    unsigned set;   /* ROUTE_TO_SET */
};

#define ROUTE_URI_MAX 600   /* the longest rewritten Request-URI */
#define ROUTE_CHANGES 16    /* the most rules that change the headers of one request */
#define ROUTE_SAID_MAX 2048 /* of header lines, and of places, that scripts give back */
#define ROUTE_FAILURE_MAX 320

struct route_decision {
    enum route_action action;
    unsigned rule; /* that took it, from 0; routes_count: none did */
    unsigned status;
    struct str reason; /* ROUTE_REPLY; may be empty */
    const struct route_target *targets;
    unsigned n_targets; /* ROUTE_FORWARD, ROUTE_REDIRECT */
    unsigned order;     /* as the entry has it */
    time_ns ring_time;
    unsigned redirect_status;
    enum config_mode mode;
    enum config_switch record_route;
    enum config_switch join; /* may phones that come meanwhile join? … */
    time_ns wait;            /* … and how long is a first one waited for */
    enum config_allow allow;
    bool rewritten; /* `uri` is not the request's own any more */
    struct uri uri; /* views into uri_text or the request */
    unsigned n_changes;
    uint16_t changes[ROUTE_CHANGES]; /* rules that change headers, in order */
    struct buf said;                 /* … and what scripts change of them; views into this */
    struct str failure; /* a script failed, and this is why: to be logged. Empty: none did */
    char uri_text[ROUTE_URI_MAX], said_text[ROUTE_SAID_MAX], kept_text[ROUTE_SAID_MAX];
    char failure_text[ROUTE_FAILURE_MAX];
    struct buf kept; /* what scripts name: places, reasons */
    struct route_target said_targets[LIMIT_ROUTE_TARGETS];
};

/* What became of one rule: for who wants to see it. */
struct route_step {
    enum { ROUTE_MISSED, ROUTE_CHANGED, ROUTE_TOOK, ROUTE_FAILED } kind;
    unsigned rule, line;              /* from 0; of the file */
    struct str name;                  /* may be empty */
    const char *key;                  /* ROUTE_MISSED: the condition that did not hold */
    struct str found;                 /* … and what the request has there; may be empty */
    const struct hook_answer *answer; /* of its function; NULL: it has none. ROUTE_FAILED: what it
                                         gave back may be good as words, and mean nothing */
    struct str failure; /* ROUTE_FAILED; on_error says whether the next one is tried */
};
/* A function that takes steps as they are made; the texts are borrowed for the call. */
typedef void route_tell(void *arg, const struct route_step *);

/* Decides; `tell` may be NULL. `out` must not be moved: it has views into itself. */
void route_decide(const struct routes *, const struct route_request *, struct route_decision *out,
                  route_tell *tell, void *tell_arg);

/* The changes of headers by these rules, and by what scripts said, as edits of the message and as
 * lines to be put in (whole, with CRLF), the latter appended to `lines`. False: they do not fit. */
struct edits;
MUST_USE bool route_edit_headers(const struct routes *, const uint16_t *changes, unsigned n_changes,
                                 struct str said, const struct msg *, struct edits *,
                                 struct buf *lines);

/* A target's URI for this decision: with the user of the request where it has none of its own; a
 * tel URI's number then comes with user=phone. `to` is ROUTE_TO_URI's text, or that of a peer. */
void route_put_target(struct buf *, const struct route_decision *, struct str to, bool has_user);

#endif
