/* The verb that shows transactions: asked of one worker after the other, a portion at a time. */
#include "server/control_client.h"

#include "tx/tx.h"

static const char *const transports[] = {"", "udp", "tcp", "tls", "ws", "wss", "sctp"};

double control_age(const struct control_client *c, time_ns since)
{
    time_ns now = net_clock_now(&c->control->shared->clock);

    return now > since ? (double)(now - since) / NS_PER_S : 0;
}

void control_put_peer(FILE *f, const struct shown_tx *tx)
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
    fprintf(f, ",\"age_s\":%.3f", control_age(c, tx->since));
    control_put_peer(f, tx);
    control_put_text(f, "call_id", shown_text_str(&tx->call_id));
    putc('}', f);
    control_tell(c);
}

static bool is_over(const struct control_client *c)
{
    return c->progress.worker == c->control->shared->n_workers ||
           c->progress.told >= c->progress.limit;
}

static void take_answer(struct control_client *c)
{
    const struct inquiry *q = c->inquiry;

    for (unsigned i = 0; i < q->n && !is_over(c); i++)
        tell_transaction(c, &q->txs[i]);
    if (q->cursor == 0)
        c->progress.worker++;
}

enum control_step control_transactions(struct control_client *c)
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
    switch (control_ask(c, INQUIRY_TRANSACTIONS, c->progress.worker)) {
    case CONTROL_PENDING:
        return CONTROL_WAIT;
    case CONTROL_UNANSWERED:
        return control_unanswered(c);
    case CONTROL_ANSWERED:
        take_answer(c);
        break;
    }
    return CONTROL_AGAIN;
}
