/* Which users are registered over which connection, so that its end ends what was reached by it
 * (RFC 5626 7). Knows no message; changes records by the store's leave. */
#ifndef TANDEM_SRC_REGISTRAR_FLOWS_H
#define TANDEM_SRC_REGISTRAR_FLOWS_H

#include "base/list.h"
#include "base/map.h"
#include "base/pool.h"
#include "engine/engine.h"

/* In what our store questions carry: it is one of these, not of a REGISTER. */
#define FLOW_BIT (UINT64_C(1) << 31)

struct flows {
    struct engine *engine;
    uint8_t owner;
    bool by_conn_made;
    struct pool pool;
    struct map by_conn;
    struct list ended; /* their records have not been asked for */
    size_t n_asked;
};

/* ERR_NOMEM: not initialised. */
MUST_USE int flows_init(struct flows *, struct engine *, uint8_t owner);
/* Legal where flows_init failed on zeroed storage. */
void flows_fini(struct flows *);

/* A REGISTER for this key came by the connection. False: there is no room for it: what it makes
 * stays when the connection ends. */
bool flows_watch(struct flows *, conn_id, struct str key);
/* Its bindings stand now: if the connection has ended since flows_watch, they end, too. */
void flows_made(struct flows *, conn_id, struct str key);
/* Legal for one that nobody registered by. */
void flows_ended(struct flows *, conn_id);
/* Nobody answers there any more: the binding with this flow and this end is taken out. */
void flows_failed(struct flows *, struct str key, const struct flow *, time_ns expires);
/* An answer to a question whose number has the FLOW_BIT. */
void flows_stored(struct flows *, const struct engine_event *, time_ns now);

#endif
