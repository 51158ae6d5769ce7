/* Tells the log when a worker's tables were full, and log and guard which handshakes failed. */
#include "server/worker.h"
#include "server/worker_guard.h"

static void tell(struct worker *w, enum worker_limit limit, const char *table, uint64_t refused,
                 time_ns now)
{
    uint64_t more = refused - w->refused[limit];

    if (more == 0)
        return;
    w->refused[limit] = refused;
    log_event_gated(w->log, &w->limit_gates[limit], now, EV_LIMIT_REACHED,
                    LOG_TEXT("table", str_from(table)), LOG_NUMBER("worker", w->index),
                    LOG_NUMBER("refused", more));
}

void worker_tell_limits(struct worker *w, time_ns now)
{
    uint64_t behind = engine_stats(w->engine)->refused_behind;
    uint64_t overload = engine_stats(w->engine)->refused_overload - behind;

    if (w->drained) /* refused for another reason */
        w->refused[WORKER_LIMIT_TRANSACTIONS] = overload;
    tell(w, WORKER_LIMIT_TRANSACTIONS, "transactions", overload, now);
    tell(w, WORKER_LIMIT_DESCRIPTORS, "descriptors", w->tcp.refused, now);
    tell(w, WORKER_LIMIT_RING, "worker_ring", w->lost_handovers, now);
    tell(w, WORKER_LIMIT_INPUT, "udp_input", behind, now);
}

/* Those that came to us are strangers' doing, those that we made ours: neither hides the other. */
void worker_tell_failures(struct worker *w, time_ns now)
{
    struct tcp_failure f;

    while (tcp_failure(&w->tcp, &f)) {
        worker_weigh_handshake(w, &f, now);
        log_event_gated(w->log, &w->tls_gates[f.accepted], now, EV_TLS_FAILED,
                        LOG_ADDR(f.accepted ? "from" : "to", &f.remote),
                        LOG_TEXT("name", str_from(f.name)), LOG_TEXT("why", str_from(f.why)));
    }
}
