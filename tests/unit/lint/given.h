/* Messages of our own in pieces, and what is found of them. */
#ifndef TANDEM_TESTS_LINT_GIVEN_H
#define TANDEM_TESTS_LINT_GIVEN_H

#include "lint/lint.h"

#define VIA "Via: SIP/2.0/UDP a.example.com;branch=z9hG4bK1\r\n"
#define PARTIES "From: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>\r\n"
#define TAGGED "From: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>;tag=2\r\n"
#define NUMBER(method) "Call-ID: 1@example.com\r\nCSeq: 1 " method "\r\n"
#define HOPS "Max-Forwards: 70\r\n"
#define CONTACT "Contact: <sip:a@a.example.com>\r\n"
#define BARE "Content-Length: 0\r\n\r\n"

#define START(method) method " sip:b@example.com SIP/2.0\r\n"
#define REQUEST(method, more)                \
    START(method) VIA PARTIES NUMBER(method) \
    HOPS more BARE
#define WITHIN(method, more)                \
    START(method) VIA TAGGED NUMBER(method) \
    HOPS more BARE
#define RESPONSE(status, method, more)                 \
    "SIP/2.0 " status "\r\n" VIA TAGGED NUMBER(method) \
    more BARE
#define REGISTER(more) \
    "REGISTER sip:example.com SIP/2.0\r\n" VIA PARTIES NUMBER("REGISTER") HOPS more BARE

#define SDP_HEAD "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
#define DESCRIBED(more) \
    START("INVITE")     \
    VIA PARTIES NUMBER("INVITE") HOPS CONTACT "Content-Type: application/sdp\r\n\r\n" more
#define OFFER(more) DESCRIBED(SDP_HEAD more)

/* How often the code was found. */
unsigned count(const struct lint *l, enum lint_code code);
/* The message judged by itself; *n_errors (may be NULL): what makes it invalid. */
struct lint judge(const char *text, unsigned *n_errors);

#endif
