/* URIs: sip, sips and tel decoded, others carried whole (RFC 3261 19.1, RFC 3966). Views into the
 * text that was parsed. */
#ifndef TANDEM_MSG_URI_H
#define TANDEM_MSG_URI_H

#include "base/addr.h"
#include "msg/error.h"

enum uri_scheme { URI_NONE, URI_SIP, URI_SIPS, URI_TEL, URI_OTHER };

struct uri {
    enum uri_scheme scheme;
    struct str text; /* the whole URI */
    struct str scheme_name;
    struct str user;     /* sip: escaped as it came, no password; tel: the number. at == NULL: no
                            userinfo at all */
    struct str password; /* at == NULL: none */
    struct str host;     /* sip: a name, an IPv4 address, or an IPv6 reference with its brackets */
    uint16_t port;       /* 0: none given */
    struct str params;   /* after the host or number: ";transport=udp;lr", with the first ';' */
    struct str headers;  /* "?a=b&c=d", with the '?' */
};

/* Reads all of `s` as a URI. On a fault *err has the code and the offset within `s`, and false
 * comes back. Spaces, "<>" and controls are never legal inside. A scheme that is not sip, sips or
 * tel gives URI_OTHER with text, scheme_name only. */
bool uri_parse(struct str s, struct uri *out, struct msg_error *err);

/* The parameter's value: names compare without case. True where it is present; *value is empty, at
 * == NULL where it has none. */
bool uri_param(const struct uri *u, struct str name, struct str *value);
/* RFC 3261 19.1.1: the URI's headers as they stand, escapes kept: start with *at = 0. False: no
 * more. */
bool uri_header_next(const struct uri *u, size_t *at, struct str *name, struct str *value);
bool uri_has_param(const struct uri *u, struct str name);

/* enum transport that the URI asks for: transport= parameter, else TRANSPORT_NONE. Unknown: 255. */
unsigned uri_transport(const struct uri *u);
/* 5061 for sips, else 5060, where none is given (RFC 3261 19.1.2). */
uint16_t uri_port(const struct uri *u);
/* The host as an address. False: it is a name. */
bool uri_host_addr(const struct uri *u, struct addr *out);

/* RFC 3261 19.1.4 for sip and sips, RFC 3966 section 4 for tel; other schemes compare bytewise
 * after the scheme. */
bool uri_equal(const struct uri *a, const struct uri *b);
/* A hash that is equal for equal URIs (so it covers only what must match always). */
struct hash_key;
uint64_t uri_hash(const struct uri *u, const struct hash_key *key);

/* The canonical address-of-record (RFC 3261 10.3 step 5): "sip:user@host" with the host in lower
 * case, the user unescaped where escaping is needless and escaped alike elsewhere, no parameters,
 * no headers, no password, port kept where given and not the default. sips becomes sip: both name
 * the same user. A tel URI becomes "tel:+1555…" without visual separators. Others are written
 * whole. */
void uri_print_aor(struct buf *b, const struct uri *u);
/* Undoes %HH once, anywhere. */
void uri_unescape(struct buf *b, struct str s);

#endif
