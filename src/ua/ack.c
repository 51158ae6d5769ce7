/* The ACK to a 2xx (RFC 3261 13.2.2.4): made once, sent as often as the 2xx comes. */
#include "ua/call_parts.h"

static int transmit(struct ua *ua, struct leg *leg, time_ns now)
{
    struct uri hop;
    struct msg_error err;
    struct str text = {leg->ack->bytes, leg->ack_len};
    struct str target = {leg->ack->bytes + leg->ack_len, leg->ack->len - leg->ack_len};
    if (!uri_parse(target, &hop, &err))
        return ERR_INVALID;
    struct outgoing o = {.text = text, .hop = &hop};
    int result = engine_send_stateless(ua->engine, &o, now);
    leg->ack_owed = result == ERR_NOMEM;
    return result;
}

static int print(struct ua *ua, struct leg *leg, uint32_t cseq, struct str answer,
                 const struct block *credentials, struct buf *b, struct uri *hop)
{
    char space[UA_HEADERS_BYTES];
    struct buf lines;
    buf_init(&lines, space, sizeof space);
    if (credentials)
        buf_put(&lines, block_str(credentials));
    if (answer.len > 0)
        buf_put_lit(&lines, "Content-Type: application/sdp\r\n");
    struct dialog_request r = {STR("ACK"), buf_str(&lines), answer, cseq};
    buf_init(b, ua->scratch, sizeof ua->scratch);
    return lines.over ? ERR_LIMIT : dialog_print_request(leg->dialog, &r, b, hop);
}

int ack_send(struct ua *ua, struct leg *leg, struct msg *m, struct str answer,
             const struct block *credentials, time_ns now)
{
    struct buf b;
    struct uri hop;
    uint32_t cseq = msg_cseq(m)->number;
    int err = print(ua, leg, cseq, answer, credentials, &b, &hop);
    if (err)
        return err;
    size_t len = b.len;
    buf_put(&b, hop.text);
    struct block *ack = text_block(ua, &b);
    if (!ack)
        return ERR_NOMEM;
    block_unref(ua->blocks, leg->ack);
    leg->ack = ack;
    leg->ack_len = (uint32_t)len;
    leg->ack_cseq = cseq;
    err = transmit(ua, leg, now);
    return leg->ack_owed ? OK : err;
}

void ack_again(struct ua *ua, struct leg *leg, struct msg *m, time_ns now)
{
    const struct cseq *cseq = msg_cseq(m);
    if (!cseq)
        return;
    if (leg->ack && cseq->number == leg->ack_cseq)
        (void)transmit(ua, leg, now);
    else
        (void)!ack_send(ua, leg, m, STR_NONE, NULL, now);
}

int ack_settle(struct ua *ua, struct leg *leg, time_ns now)
{
    return leg->ack_owed ? transmit(ua, leg, now) : OK;
}
