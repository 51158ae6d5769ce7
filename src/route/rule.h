/* What the files of this folder share: a rule as it is matched. */
#ifndef TANDEM_SRC_ROUTE_RULE_H
#define TANDEM_SRC_ROUTE_RULE_H

#include "base/regexp.h"
#include "base/shelf.h"
#include "route/route.h"

enum header_test { HEADER_PRESENT, HEADER_ABSENT, HEADER_EQUALS, HEADER_CONTAINS };

struct header_condition {
    enum header_test test;
    struct str name, text;
};

struct span {
    unsigned from, to; /* minutes of the day; from > to: over midnight */
};

struct listener_condition {
    bool any_address;
    struct addr addr; /* the port alone where any_address */
};

struct caller_condition {
    struct str user, host; /* user.at == NULL: any of the domain */
};

struct room_condition {
    struct str name; /* of the set … */
    unsigned set;    /* … and its place */
};

/* A list that stands in the rules' own memory. */
#define LIST(type)  \
    struct {        \
        type *list; \
        unsigned n; \
    }

struct rule {
    struct str name;
    unsigned line;
    /* conditions */
    struct str_list methods, domains, users, user_prefixes, numbers;
    LIST(struct regexp *) patterns;
    struct addr_block_list sources;
    unsigned transports, days, senders; /* bits; 0: no condition */
    LIST(struct listener_condition) listeners;
    LIST(struct header_condition) headers;
    LIST(struct span) times;
    LIST(struct caller_condition) callers;
    struct str_list tags;
    LIST(struct room_condition) rooms;
    /* where it goes */
    bool takes; /* else it only changes something */
    enum route_action action;
    unsigned status;
    struct str reason;
    LIST(struct route_target) targets;
    unsigned redirect_status, order;
    time_ns ring_time;
    bool asks; /* this function of the scripts */
    int function;
    bool goes_on; /* where it fails; else `status` and `reason` */
    /* what is changed */
    unsigned strip;
    struct str prefix, set_user, set_domain;
    struct str_list remove_headers, add_headers, set_headers;
    enum config_mode mode;
    enum config_switch record_route, join;
    time_ns wait;
    enum config_allow allow;
};

struct routes {
    unsigned refs;       /* of one worker's thread */
    struct shelf *shelf; /* its mem is that of the rules, too */
    struct mem *mem;
    unsigned n;
    bool any_open;
    struct config_set_list sets; /* their names alone */
    struct hook *hook;           /* NULL: no rule asks a script */
    struct rule rules[];
};

#define SEEN_TAG_MAX 32

/* What scripts change of headers: lines of a sign and what it is about, each with an LF. */
enum said_sign { SAID_REMOVE = '-', SAID_SET = '=', SAID_ADD = '+' };

/* What a request is, worked out once for all rules. */
struct seen {
    const struct route_request *request;
    const struct uri *uri; /* as it is by now */
    struct str method;
    struct str user;   /* unescaped, without its own parameters */
    struct str number; /* without separators; empty: it is none */
    char user_text[LIMIT_AOR_BYTES], number_text[LIMIT_AOR_BYTES];
    unsigned n_tags;
    struct str tags[LIMIT_ROUTE_TAGS];
    char tag_text[LIMIT_ROUTE_TAGS][SEEN_TAG_MAX];
};

/* see.c */
void see_request(struct seen *, const struct route_request *);
struct str sender_name(enum route_sender);
/* One more; those over the limit are left out. */
void see_tag(struct seen *, struct str tag);
/* The URI has become another one. */
void see_uri(struct seen *, const struct uri *);
/* match.c: NULL: all conditions hold; else the key of one that does not, and what was there. */
const char *rule_missed(const struct rule *, const struct seen *, struct str *found);
/* rewrite.c: the rule's changes of the URI. One that becomes too long or illegal stays as it was.
 */
void rule_rewrite(const struct rule *, struct seen *, struct route_decision *);
/* condition.c: read one text of a condition. NULL, or what is expected. */
const char *rule_header_condition(struct str text, struct header_condition *);
const char *rule_span(struct str text, struct span *);
const char *rule_days(struct str text, unsigned *days);
const char *rule_listener_condition(struct str text, struct listener_condition *);
const char *rule_caller(struct str text, struct caller_condition *);
/* action.c: likewise of what is done. */
const char *rule_reply(struct str text, unsigned *status, struct str *reason);
const char *rule_header_line(struct str text, struct str *name);
const char *rule_header_name(struct str name);
const char *rule_header_removable(struct str name);
const char *rule_target(struct str text, const struct config_set_list *, bool redirects,
                        struct route_target *);
const char *rule_user(struct str text);
/* The place of the set of this name. */
const char *rule_set(struct str name, const struct config_set_list *, unsigned *set);

#endif
