/* Responses that did not arrive where their request came from: they go to where sent-by leads (RFC
 * 3261 18.2.2, RFC 3263 5). All that it takes stands in the response. */
#include "engine/state.h"

/* A certificate has to be for the name that led there. */
static int find(struct engine *e, struct block *response, const struct flow *failed,
                const struct via *v, tx_id tx, time_ns now)
{
    struct hop hop;
    struct parcel p = {.bytes = response, .flow = *failed};
    int err = hop_of_sent_by(e, v, &hop);
    if (!err && !hop.numeric)
        err = hop_expect(e, &p, hop.transport, hop.domain);
    err = err ? err : places_find(e, QUERY_RESPONSE, &hop, rand_u64(&e->rand), &p, tx, now);
    block_unref(&e->blocks, p.domain);
    return err;
}

void sent_by_go(struct engine *e, struct block *response, const struct flow *failed, tx_id tx,
                time_ns now)
{
    struct msg *m = msg_new(&e->blocks, block_str(response), MSG_DATAGRAM);
    const struct via *v = m ? msg_via(m) : NULL;
    int err = v ? find(e, response, failed, v, tx, now) : ERR_NOMEM;
    msg_unref(&e->blocks, m);
    if (err)
        places_failed(e, tx, now);
}
