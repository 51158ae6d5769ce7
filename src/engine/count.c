/* Counts messages by direction, method, status and transport; decides nothing by them. */
#include "engine/state.h"

#include "msg/types.h"

#define STATUS_LINE "SIP/2.0 200"

static void count_status(uint64_t *counters, unsigned status)
{
    if (status >= 100 && status - 100 < ENGINE_STATUSES)
        counters[status - 100]++;
}

void count_received(struct engine *e, const struct msg *m)
{
    e->stats.received++;
    e->stats.messages_in[m->flow.transport]++;
    if (m->is_request)
        e->stats.requests_in[m->method]++;
    else
        count_status(e->stats.responses_in, m->status);
}

static unsigned digit(char c)
{
    return (unsigned)(c - '0');
}

/* 0: it is no response. What we send is well formed. */
static unsigned status_of(struct str bytes)
{
    if (bytes.len < sizeof STATUS_LINE || memcmp(bytes.at, STATUS_LINE, 8) != 0)
        return 0;
    return 100 * digit(bytes.at[8]) + 10 * digit(bytes.at[9]) + digit(bytes.at[10]);
}

void count_sent(struct engine *e, unsigned transport, struct str bytes)
{
    unsigned status = status_of(bytes);

    e->stats.bytes_out += bytes.len;
    if (bytes.len > 0 && bytes.at[0] == '\r')
        return; /* a keep-alive is no message */
    e->stats.sent++;
    e->stats.messages_out[transport]++;
    if (status)
        count_status(e->stats.responses_out, status);
    else
        e->stats.requests_out[method_of(str_slice(bytes, 0, str_find(bytes, ' ')))]++;
}
