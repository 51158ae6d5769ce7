/* Measures Tandem's parser: the index with what a proxy reads, and with every header decoded. */
#include "measure.h"
#include "msg/msg.h"

static _Alignas(16) char space[65536];
static struct msg message;

static bool indexed(const char *bytes, size_t len)
{
    return msg_parse(&message, (struct str){bytes, len}, MSG_DATAGRAM, space, sizeof space) ==
           MSG_OK;
}

/* Start line, Via, From, To, Call-ID, CSeq, Max-Forwards, Route and Contact. */
static bool proxy_headers(const char *bytes, size_t len)
{
    struct msg *m = &message;
    if (!indexed(bytes, len))
        return false;
    if (!msg_via(m) || !msg_from(m) || !msg_to(m) || msg_call_id(m).len == 0 || !msg_cseq(m))
        return false;
    if (m->is_request && (!msg_uri(m) || msg_max_forwards(m) < 0))
        return false;
    msg_nameaddr_next(m, HDR_ROUTE, NULL);
    return msg_nameaddr_next(m, HDR_CONTACT, NULL) && m->n_errors == 0;
}

static bool every_header(const char *bytes, size_t len)
{
    struct msg *m = &message;
    if (!indexed(bytes, len))
        return false;
    for (unsigned i = 0; i < m->n_headers; i++)
        msg_typed(m, &m->headers[i]);
    return (!m->is_request || msg_uri(m)) && m->n_errors == 0;
}

int main(void)
{
    static const struct measured parsers[] = {
        {"tandem", "index", indexed},
        {"tandem", "index+proxy headers", proxy_headers},
        {"tandem", "index+all headers", every_header},
    };
    return measure_main(parsers, sizeof parsers / sizeof *parsers);
}
