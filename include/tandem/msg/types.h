/* The typed values of headers: what each decoder yields. All text is a view into the message;
 * nothing is copied. The values of one header line are linked in the order in which they stand;
 * msg_via_next and its kin go on to the next line of that name. */
#ifndef TANDEM_MSG_TYPES_H
#define TANDEM_MSG_TYPES_H

#include "base/flow.h"
#include "msg/uri.h"

/* ";name=value" pairs, read on demand. `text` starts at the first ';' or is empty. */
struct params {
    struct str text;
};
/* The value as it stands (quotes kept); at == NULL where the parameter has none. Names compare
 * without case. */
bool params_get(struct params p, struct str name, struct str *value);
/* Iterates: start with *at = 0. */
bool params_next(struct params p, size_t *at, struct str *name, struct str *value);
/* The content of a quoted string without quotes, escapes undone; other text unchanged. */
void quoted_unescape(struct buf *b, struct str s);

/* RFC 3261 25.1 qvalue as thousandths. False: it is none. */
bool qvalue_parse(struct str s, uint16_t *q);

/* RFC 3261 20.42 */
struct via {
    struct str text;     /* this value, without surrounding white space */
    uint8_t transport;   /* enum transport; TRANSPORT_NONE: an unknown one */
    struct str protocol; /* "SIP/2.0/UDP" as it stands */
    struct str transport_name;
    struct str host; /* IPv6 with brackets */
    uint16_t port;   /* 0: none */
    struct params params;
    struct str branch;   /* empty: none */
    struct str received; /* empty: none; brackets (RFC 5118 4.5) are taken off */
    struct str maddr;    /* empty: none */
    bool has_rport;
    bool asks_keep; /* "keep" without a value (RFC 6223 4.3) */
    uint16_t rport; /* 0: without a value */
    struct str own; /* the beginning of `text`, up to the first parameter that its receiver sets:
                       received, rport, or the value of keep */
    struct via *next;
};

/* From, To, Contact, Route, Record-Route, Path, Service-Route, Refer-To, Referred-By, Reply-To,
 * P-Asserted-Identity, P-Preferred-Identity, History-Info, Diversion, Alert-Info, Call-Info,
 * Error-Info … */
struct nameaddr {
    struct str text;    /* this value, without surrounding white space */
    struct str display; /* as it stands: a quoted string with its quotes, or tokens; empty: none */
    struct str uri_text;
    struct uri uri;
    struct params
        params;     /* the header's own, after '>' (or after the addr-spec without brackets) */
    struct str tag; /* From, To: empty where absent */
    bool bracketed;
    bool star; /* Contact: * alone */
    struct nameaddr *next;
};

/* RFC 3261 20.16 */
struct cseq {
    uint32_t number;
    struct str method_name;
    int method; /* enum method */
};

/* A number with parameters: Expires, Max-Forwards, Content-Length, Min-Expires, Min-SE,
 * Session-Expires, Retry-After, RSeq, Flow-Timer, MIME… */
struct number {
    uint64_t value; /* at most 2^32-1; larger ones are a fault where the RFC says so and saturate
                       elsewhere */
    struct str comment; /* Retry-After's, without parentheses */
    struct params params;
};

/* RFC 3262 7.2 */
struct rack {
    uint32_t rseq, cseq;
    struct str method_name;
    int method;
};

/* A token with parameters: Supported, Require, Allow, Event, Subscription-State,
 * Content-Disposition, Privacy (';'-separated), Reason, Accept-Encoding, Security-*, … */
struct token {
    struct str text; /* with parameters */
    struct str name;
    struct params params;
    struct token *next;
};

/* Content-Type, Accept */
struct media_type {
    struct str text;
    struct str type, subtype;
    struct params params;
    struct media_type *next;
};

/* Call-ID with parameters: Replaces, Join, Target-Dialog; In-Reply-To has only ids. */
struct callid {
    struct str id;
    struct params params; /* to-tag, from-tag, early-only */
    struct callid *next;
};

/* WWW-Authenticate, Authorization and their proxy forms, Authentication-Info (scheme empty),
 * Identity is a struct token with params. */
struct auth {
    struct str scheme;
    struct str text; /* everything behind the scheme: comma separated name=value */
};
bool auth_param(const struct auth *a, struct str name,
                struct str *value); /* quotes taken off, escapes kept */
/* Iterates over name and value as they stand, quotes kept: start with *at = 0. */
bool auth_param_next(const struct auth *a, size_t *at, struct str *name, struct str *value);

/* RFC 3261 20.17: only GMT. Seconds since 1970. */
struct date {
    int64_t unix_s;
};

/* RFC 3261 20.43 */
struct warning {
    unsigned code;
    struct str agent, text; /* text without quotes, escapes kept */
    struct warning *next;
};

/* MIME-Version, Timestamp: digits [. digits] [LWS digits[. digits]] */
struct decimal {
    struct str value, second;
};

#endif
