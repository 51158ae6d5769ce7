/* Bytes of connections: gathered, cut into messages, worked on one by one. RFC 3261 18.3, RFC
 * 5626 4.4.1. */
#include "engine/state.h"

/* Memory failed in the middle of a stream: the rest waits for a moment. */
static void stall(struct engine *e, struct conn *c, time_ns now)
{
    c->stalled = true;
    wheel_set(&e->wheel, &c->alarm.timer, time_add(now, 10 * NS_PER_MS));
}

static int append(struct engine *e, struct conn *c, struct str bytes)
{
    size_t have = c->in ? c->in->len : 0;
    if (!c->in || have + bytes.len > c->in->cap) {
        size_t cap = have + bytes.len;
        if (have && cap < 2 * have)
            cap = 2 * have;
        struct block *b = block_new(&e->blocks, cap);
        if (!b)
            return ERR_NOMEM;
        if (have)
            memcpy(b->bytes, c->in->bytes, have);
        block_unref(&e->blocks, c->in);
        c->in = b;
    }
    memcpy(c->in->bytes + have, bytes.at, bytes.len);
    c->in->len = (uint32_t)(have + bytes.len);
    return OK;
}

/* RFC 5626 3.5.1: a double CRLF is answered with one. */
static bool pong(struct engine *e, struct conn *c)
{
    struct block *b = block_new(&e->blocks, 2);
    if (!b)
        return false;
    memcpy(b->bytes, "\r\n", 2);
    b->len = 2;
    int err = conn_send(e, c, b, NULL);
    block_unref(&e->blocks, b);
    return err == OK;
}

static struct msg *read_message(struct engine *e, struct conn *c, struct str bytes)
{
    struct msg *m = msg_new(&e->blocks, bytes, MSG_STREAM);
    if (!m)
        return NULL;
    m->flow = c->flow;
    alias_note(e, c, m);
    count_received(e, m);
    return m;
}

/* RFC 3261 18.3: the stream cannot go on: its last request is answered, then it is closed. */
static void give_up(struct engine *e, struct conn *c, struct str head, unsigned status, time_ns now)
{
    struct msg *m = read_message(e, c, head);
    if (m) {
        m->received_at = now;
        engine_record(e, m, now);
        enum msg_error_code fault = m->n_errors ? m->errors[0].code : MSG_OK;
        if (status == 400 && fault && msg_error_answer(fault)) {
            engine_reject(e, m, fault);
        } else {
            engine_report(e, m, status_reason(status));
            e->stats.bad_requests += m->is_request;
            e->stats.bad_responses += !m->is_request;
            (void)stateless_answer(e, m, status, STR_NONE, STR_NONE);
        }
        msg_unref(&e->blocks, m);
    }
    conn_close(e, c, now);
}

enum step { STEP_ON, STEP_MORE, STEP_STALL, STEP_CLOSED };

/* One message, keep-alive or fault at the front of `data`; *used bytes are done. */
static enum step step(struct engine *e, struct conn *c, struct str data, size_t *used, time_ns now)
{
    struct frame before = c->frame;
    uint64_t mark = recorder_mark(e->config.recorder);
    size_t skip, len;
    unsigned status;
    enum frame_result r = frame_next(&c->frame, data, &skip, &len, &status);
    struct str part = str_slice(data, skip, len);
    struct msg *m = NULL;
    bool done = true;
    if (r == FRAME_MESSAGE)
        done = (m = read_message(e, c, part)) != NULL && engine_take(e, m, now) != ERR_NOMEM;
    else if (r == FRAME_PING)
        done = pong(e, c);
    if (!done) {
        c->frame = before;
        recorder_take_back(e->config.recorder, mark);
        return STEP_STALL;
    }
    *used = skip + len;
    if (r == FRAME_BAD) {
        give_up(e, c, part, status, now);
        return STEP_CLOSED;
    }
    if (r == FRAME_MORE)
        return STEP_MORE;
    if (m)
        conn_proven(e, c);
    return STEP_ON;
}

static void keep_rest(struct engine *e, struct conn *c, size_t done, time_ns now)
{
    size_t rest = c->in->len - done;
    if (rest == 0) {
        block_unref(&e->blocks, c->in);
        c->in = NULL;
        c->partial = false;
        return;
    }
    if (done)
        memmove(c->in->bytes, c->in->bytes + done, rest);
    c->in->len = (uint32_t)rest;
    if (!c->partial || done)
        c->partial_at = now;
    c->partial = true;
}

void stream_run(struct engine *e, struct conn *c, time_ns now)
{
    size_t done = 0;
    enum step r = STEP_ON;
    while (c->in && r == STEP_ON) {
        size_t used = 0;
        if (!engine_room(e, 4 + 2 * c->n_jobs, 8 + 2 * c->n_jobs + c->n_pending))
            r = STEP_STALL;
        else
            r = step(e, c, str_slice(block_str(c->in), done, c->in->len), &used, now);
        if (r == STEP_CLOSED)
            return;
        done += used;
    }
    if (c->in)
        keep_rest(e, c, done, now);
    if (r == STEP_STALL)
        stall(e, c, now);
    else
        conn_arm(e, c);
}

/* The connection has lost what cannot be had again. */
static void break_off(struct engine *e, struct conn *c, time_ns now)
{
    c->broken = true;
    wheel_set(&e->wheel, &c->alarm.timer, now);
}

int engine_stream(struct engine *e, conn_id id, struct str bytes, time_ns now)
{
    struct conn *c = conn_get(e, id);
    if (!c || c->state == CONN_FOREIGN)
        return ERR_STALE;
    if (c->state != CONN_OPEN)
        return ERR_INVALID;
    if (bytes.len == 0)
        return OK;
    if (c->broken)
        return OK;
    if (append(e, c, bytes)) {
        break_off(e, c, now);
        return OK;
    }
    e->stats.bytes_in += bytes.len;
    if (!c->silent)
        c->active_at = now;
    if (!c->stalled)
        stream_run(e, c, now);
    return OK;
}

/* RFC 5626 3.5.1, RFC 7118 6 */
static bool take_line_ends(struct engine *e, struct conn *c, struct str bytes)
{
    return !str_equal(bytes, STR("\r\n\r\n")) || pong(e, c);
}

static bool take_whole(struct engine *e, struct conn *c, struct str bytes, time_ns now)
{
    if (!engine_room(e, 4, 8))
        return false;
    if (str_trim(bytes).len == 0)
        return take_line_ends(e, c, bytes);
    struct msg *m = msg_new(&e->blocks, bytes, MSG_DATAGRAM);
    if (!m)
        return false;
    m->flow = c->flow;
    count_received(e, m);
    conn_proven(e, c);
    return engine_take(e, m, now) != ERR_NOMEM;
}

int engine_message(struct engine *e, conn_id id, struct str bytes, time_ns now)
{
    struct conn *c = conn_get(e, id);
    if (!c || c->state == CONN_FOREIGN)
        return ERR_STALE;
    if (c->state != CONN_OPEN || !transport_is_web(c->flow.transport))
        return ERR_INVALID;
    if (c->broken)
        return OK;
    e->stats.bytes_in += bytes.len;
    if (!take_whole(e, c, bytes, now)) {
        break_off(e, c, now);
        return OK;
    }
    if (!c->silent)
        c->active_at = now;
    conn_arm(e, c);
    return OK;
}
