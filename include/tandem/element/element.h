/* One element: an engine and the roles that it plays, in the order in which they look at a request.
 * A server's worker, and each node of a simulated network, is one of these. Its inputs and outputs
 * are the engine's; the roles act on each input before it returns. The engine's contract holds here
 * word for word. */
#ifndef TANDEM_ELEMENT_ELEMENT_H
#define TANDEM_ELEMENT_ELEMENT_H

#include "engine/engine.h"
#include "proxy/proxy.h"
#include "registrar/registrar.h"

struct element;

struct element_config {
    struct engine_config engine;
    struct registrar_config registrar; /* owner is set by the element */
    struct proxy_config proxy;         /* likewise */
    const struct str *domains; /* whose users these are; copied. Listeners' addresses count too */
    size_t n_domains;
    bool relay_loopback; /* requests from this machine to other addresses of this machine are
                            relayed */
};

void element_config_default(struct element_config *);
struct element *element_new(const struct element_config *);
void element_free(struct element *);
struct engine *
element_engine(struct element *); /* for listeners, block pool, statistics; not for inputs */

int element_datagram(struct element *, const struct flow *, struct str bytes, time_ns now);
conn_id element_accepted(struct element *, const struct flow *, time_ns now);
int element_connected(struct element *, conn_id, const struct addr *local, time_ns now);
int element_stream(struct element *, conn_id, struct str bytes, time_ns now);
int element_closed(struct element *, conn_id, time_ns now);
int element_unreachable(struct element *, const struct flow *, time_ns now);
int element_adopt(struct element *, struct msg *, time_ns now);
int element_resolved(struct element *, uint64_t query, const struct addr *, size_t n, time_ns now);
int element_store_answered(struct element *, const struct store_answer *, time_ns now);
int element_time(struct element *, time_ns now);
time_ns element_deadline(const struct element *);
bool element_output(struct element *, struct engine_output *);
/* Nothing under way: no transaction, no context, no question. */
bool element_is_idle(const struct element *);

#endif
