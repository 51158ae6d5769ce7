/* Provisional responses of theirs, and the PRACK of those that are reliable (RFC 3262 4). */
#include "ua/call_parts.h"

static bool is_reliable(const struct call *call, struct msg *m)
{
    return call->reliability != CALL_RELIABLE_NEVER &&
           msg_has_token(m, HDR_REQUIRE, STR("100rel")) && msg_single(m, HDR_RSEQ);
}

static void put_rack(struct buf *b, uint32_t rseq, struct msg *m)
{
    buf_put_lit(b, "RAck: ");
    buf_put_u64(b, rseq);
    buf_put_char(b, ' ');
    buf_put_u64(b, msg_cseq(m)->number);
    buf_put_lit(b, " INVITE\r\n");
}

static int send(struct ua *ua, struct leg *leg, uint32_t rseq, struct msg *m,
                const struct draft *draft, time_ns now)
{
    char space[UA_HEADERS_BYTES];
    struct buf b;
    struct ask *ask;
    buf_init(&b, space, sizeof space);
    put_rack(&b, rseq, m);
    if (draft->text)
        buf_put_lit(&b, "Content-Type: application/sdp\r\n");
    const struct ask_start start = {.use = ASK_PRACK,
                                    .user = leg->id,
                                    .account = leg->call->account,
                                    .dialog = leg->dialog,
                                    .method = STR("PRACK"),
                                    .headers = buf_str(&b),
                                    .body = draft->text ? block_str(draft->text) : STR_NONE};
    int err = ask_new(ua, &start, now, &ask);
    if (err)
        return err;
    ask_free(ua, leg->prack);
    leg->prack = ask;
    leg->rseq = rseq;
    return OK;
}

/* Of an offer an answer goes with the PRACK, though it refuses everything (RFC 3261 13.2.1). */
static enum heard acknowledge(struct ua *ua, struct leg *leg, uint32_t rseq, struct msg *m,
                              const struct body *body, enum heard heard, time_ns now)
{
    struct draft draft = {0};
    int err = OK;
    if (heard == HEARD_OFFER)
        err = draft_answer(ua, &leg->media, m, body->sdp, true, &draft);
    if (!err)
        err = send(ua, leg, rseq, m, &draft, now);
    if (err) {
        draft_drop(ua, &draft);
        return err == ERR_NOMEM ? HEARD_NO_MEMORY : HEARD_BAD;
    }
    if (!draft.text)
        return heard;
    bool live = draft_is_live(&draft);
    leg_agreed(ua, leg, SDP_PRACK, &draft);
    /* RFC 3312 8: answered, and given up */
    return live && media_readiness(&leg->media) != SDP_IMPOSSIBLE ? HEARD_ANSWER : HEARD_BAD;
}

enum heard prack_hear(struct ua *ua, struct leg *leg, struct msg *m, const struct body *body,
                      time_ns now)
{
    struct sdp_exchange before = leg->exchange;
    if (!is_reliable(leg->call, m))
        return leg_hear(ua, leg, SDP_PROVISIONAL, m, body);
    const struct number *rseq = msg_single(m, HDR_RSEQ);
    /* RFC 3262 4: in order, each once; what is missing comes again. */
    if (leg->rseq && rseq->value != (uint64_t)leg->rseq + 1)
        return HEARD_AGAIN;
    enum heard heard = leg_hear(ua, leg, SDP_RELIABLE, m, body);
    if (heard == HEARD_NO_MEMORY)
        return HEARD_AGAIN;
    heard = acknowledge(ua, leg, (uint32_t)rseq->value, m, body, heard, now);
    if (heard != HEARD_NO_MEMORY)
        return heard;
    if (leg->exchange.turn == SDP_THEIRS)
        leg->exchange = before;
    return HEARD_AGAIN;
}

void prack_answered(struct ua *ua, struct leg *leg, enum ask_news news,
                    const struct ask_answer *answer, time_ns now)
{
    struct body body;
    if (news != ASK_FINAL)
        return;
    ask_free(ua, leg->prack);
    leg->prack = NULL;
    if (!answer->msg || answer->status > 299)
        return;
    body_read(answer->msg, &body);
    (void)leg_hear(ua, leg, SDP_PRACK_SUCCESS, answer->msg, &body);
    modify_advance(ua, leg, now);
}
