/* REGISTER requests for tests: text from its variable parts, and the message parsed. */
#ifndef TANDEM_TESTS_REGISTER_TEXT_H
#define TANDEM_TESTS_REGISTER_TEXT_H

#include <stdio.h>

#include "msg/msg.h"

#define REGISTER_MAX 8192

/* `lines`: whole header lines. */
static inline struct str register_text(char *space, const char *to, const char *call_id,
                                       unsigned cseq, const char *lines)
{
    int n = snprintf(space, REGISTER_MAX,
                     "REGISTER sip:example.com SIP/2.0\r\n"
                     "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK%s%u\r\n"
                     "Max-Forwards: 70\r\n"
                     "From: <sip:alice@example.com>;tag=1\r\n"
                     "To: %s\r\n"
                     "Call-ID: %s\r\n"
                     "CSeq: %u REGISTER\r\n"
                     "%s"
                     "Content-Length: 0\r\n\r\n",
                     call_id, cseq, to, call_id, cseq, lines);
    return (struct str){space, (size_t)n};
}

static inline struct flow flow_from(const char *remote)
{
    struct flow f = {.transport = TRANSPORT_UDP};
    addr_parse(STR("192.0.2.100:5060"), &f.local);
    addr_parse(str_from(remote), &f.remote);
    return f;
}

static inline struct msg *register_msg(struct block_pool *pool, const char *call_id, unsigned cseq,
                                       const char *lines)
{
    char space[REGISTER_MAX];
    struct str text = register_text(space, "<sip:alice@example.com>", call_id, cseq, lines);
    struct msg *m = msg_new(pool, text, MSG_DATAGRAM);
    if (m)
        m->flow = flow_from("192.0.2.1:5060");
    return m;
}

#endif
