/* A message around one header line, for the tests of decoders. */
#ifndef TANDEM_TESTS_MSG_GIVEN_H
#define TANDEM_TESTS_MSG_GIVEN_H

#include "base/buf.h"
#include "msg/msg.h"

#define GIVEN_START "OPTIONS sip:a@example.com SIP/2.0\r\n"

struct given {
    struct msg m;
    char text[4096];
    _Alignas(16) char space[16384];
};

/* Parses a request with `lines` ("Name: value", CRLF between several). Mandatory headers are
 * missing; the faults noted for that are forgotten. */
static inline struct msg *given(struct given *g, const char *lines)
{
    struct buf b;
    buf_init(&b, g->text, sizeof g->text);
    buf_put_lit(&b, GIVEN_START);
    buf_put(&b, str_from(lines));
    buf_put_lit(&b, "\r\n\r\n");
    msg_parse(&g->m, buf_str(&b), MSG_DATAGRAM, g->space, sizeof g->space);
    g->m.n_errors = 0;
    return &g->m;
}

/* The only line's header. */
static inline struct hdr *given_line(struct msg *m)
{
    return &m->headers[0];
}

/* The offset of the first fault within the value of the line that it stands in; -1: none. */
static inline long given_fault(const struct msg *m)
{
    return m->n_errors ? (long)m->errors[0].offset - (long)m->headers[0].value_at : -1;
}

#endif
