/* Counts messages by direction, method, status and transport; decides nothing by them. */
#include "engine/state.h"

#include "msg/types.h"

#define STATUS_AT 8 /* behind "SIP/2.0 " */

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

/* What we send is well formed. */
void count_sent(struct engine *e, unsigned transport, struct str bytes)
{
    uint64_t status;

    e->stats.bytes_out += bytes.len;
    if (bytes.len > 0 && bytes.at[0] == '\r')
        return; /* a keep-alive is no message */
    e->stats.sent++;
    e->stats.messages_out[transport]++;
    if (!str_starts(bytes, STR("SIP/2.0 ")))
        e->stats.requests_out[method_of(str_slice(bytes, 0, str_find(bytes, ' ')))]++;
    else if (str_to_u64(str_slice(bytes, STATUS_AT, 3), 999, &status))
        count_status(e->stats.responses_out, (unsigned)status);
}
