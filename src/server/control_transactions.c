/* The verbs that show what is under way: asked of one worker after the other, a portion at a time.
 */
#include "server/control_client.h"

#include "tx/tx.h"

static const char *const transports[] = {"", "udp", "tcp", "tls", "ws", "wss", "sctp"};

static double age_of(const struct control_client *c, const struct shown_tx *tx)
{
    time_ns now = net_clock_now(&c->control->shared->clock);

    return now > tx->since ? (double)(now - tx->since) / NS_PER_S : 0;
}

static void put_peer(FILE *f, const struct shown_tx *tx)
{
    fprintf(f, ",\"transport\":\"%s\"",
            tx->transport <= TRANSPORT_SCTP ? transports[tx->transport] : "");
    control_put_addr(f, "peer", &tx->remote);
}

static void tell_transaction(struct control_client *c, const struct shown_tx *tx)
{
    bool server = tx->kind == TX_INVITE_SERVER || tx->kind == TX_NON_INVITE_SERVER;
    FILE *f = control_row(c);

    fprintf(f, "{\"id\":\"%u:%llx\",\"side\":\"%s\"", c->progress.worker,
            (unsigned long long)tx->id, server ? "server" : "client");
    control_put_text(f, "method", shown_text_str(&tx->method_name));
    fprintf(f, ",\"state\":\"%s\"", tx_state_name((enum tx_state)tx->state));
    if (tx->status > 0)
        fprintf(f, ",\"answered\":%u", tx->status);
    fprintf(f, ",\"age_s\":%.3f", age_of(c, tx));
    put_peer(f, tx);
    control_put_text(f, "call_id", shown_text_str(&tx->call_id));
    putc('}', f);
    control_tell(c);
}

/* What the caller was told last (RFC 3261 21.1). */
static const char *call_state(unsigned status)
{
    return status < 180    ? "trying"
           : status == 180 ? "ringing"
           : status == 182 ? "queued"
                           : "progress";
}

static void tell_call(struct control_client *c, const struct shown_tx *tx)
{
    FILE *f = control_row(c);

    fprintf(f, "{\"state\":\"%s\",\"age_s\":%.3f", call_state(tx->status), age_of(c, tx));
    control_put_text(f, "from", shown_text_str(&tx->from));
    control_put_text(f, "to", shown_text_str(&tx->to));
    put_peer(f, tx);
    control_put_text(f, "call_id", shown_text_str(&tx->call_id));
    fprintf(f, ",\"worker\":%u}", c->progress.worker);
    control_tell(c);
}

static bool is_over(const struct control_client *c)
{
    return c->progress.worker == c->control->shared->n_workers ||
           c->progress.told >= c->progress.limit;
}

static void take_answer(struct control_client *c,
                        void (*tell)(struct control_client *, const struct shown_tx *))
{
    const struct inquiry *q = c->inquiry;

    for (unsigned i = 0; i < q->n && !is_over(c); i++)
        tell(c, &q->txs[i]);
    if (q->cursor == 0)
        c->progress.worker++;
}

static enum control_step list(struct control_client *c, enum inquiry_kind kind,
                              void (*tell)(struct control_client *, const struct shown_tx *))
{
    const char *what = "no pattern is taken here";

    if (!c->progress.begun) {
        if (!control_read_list(c, 1, &what) || c->progress.pattern.len > 0)
            return control_end(c, 2, what);
        c->progress.begun = true;
        c->inquiry->cursor = 0;
    }
    if (is_over(c))
        return CONTROL_DONE;
    switch (control_ask(c, kind, c->progress.worker)) {
    case CONTROL_PENDING:
        return CONTROL_WAIT;
    case CONTROL_UNANSWERED:
        return control_unanswered(c);
    case CONTROL_ANSWERED:
        take_answer(c, tell);
        break;
    }
    return CONTROL_AGAIN;
}

enum control_step control_transactions(struct control_client *c)
{
    return list(c, INQUIRY_TRANSACTIONS, tell_transaction);
}

enum control_step control_calls(struct control_client *c)
{
    return list(c, INQUIRY_CALLS, tell_call);
}
