/* Received messages: parsed, validated, counted, given to the worker that they belong to, then to
 * requests or responses. Knows no role. */
#include "engine/state.h"

#include <assert.h>

static const struct msg_error *find_error(const struct msg *m, enum msg_error_code code)
{
    for (unsigned i = 0; i < m->n_errors; i++)
        if (m->errors[i].code == code)
            return &m->errors[i];
    return NULL;
}

static bool mentions(struct str text, struct str name)
{
    for (size_t i = 0; i + name.len <= text.len; i++)
        if (str_equal_nocase(str_slice(text, i, name.len), name))
            return true;
    return false;
}

/* "Malformed CSeq at byte 231", "Contact: Malformed parameter at byte 512" */
static struct str reason_of(const struct msg *m, enum msg_error_code code, struct buf *b)
{
    const struct msg_error *err = find_error(m, code);
    struct str what = str_from(msg_error_what(code));
    if (err && err->header != HDR_NONE) {
        struct str name = str_from(hdr_name_of(err->header));
        if (!mentions(what, name)) {
            buf_put(b, name);
            buf_put_lit(b, ": ");
        }
    }
    buf_put(b, what);
    if (err && err->offset) {
        buf_put_lit(b, " at byte ");
        buf_put_u64(b, err->offset);
    }
    return b->over ? what : buf_str(b);
}

void engine_report(struct engine *e, const struct msg *m, struct str what)
{
    struct str head = m->is_request ? m->method_name : STR("response");

    log_event_gated(e->config.log, &e->log_gate, m->received_at, EV_BAD_MESSAGE,
                    LOG_TEXT("what", head), LOG_ADDR("from", &m->flow.remote),
                    LOG_TEXT("transport", str_from(transport_name(m->flow.transport))),
                    LOG_TEXT("why", what));
}

/* It began as SIP and does not end. */
static bool is_cut_short(const struct msg *m)
{
    bool cut = false;
    for (unsigned i = 0; i < m->n_errors; i++) {
        enum msg_error_code code = m->errors[i].code;
        if (code == MSG_E_BAD_START_LINE)
            return false;
        cut = cut || code == MSG_E_NO_EMPTY_LINE || code == MSG_E_CONTENT_LENGTH_TOO_LARGE;
    }
    return cut;
}

/* RFC 3261 8.2, 16.3 step 1, 18.3: a faulty request is answered without state, a faulty response
 * dropped. */
void engine_reject(struct engine *e, struct msg *m, enum msg_error_code code)
{
    char text[128];
    struct buf b;
    assert(code < MSG_N_ERRORS);
    e->stats.bad_by_code[code]++;
    e->stats.cut_short += is_cut_short(m);
    buf_init(&b, text, sizeof text);
    struct str reason = reason_of(m, code, &b);
    engine_report(e, m, reason);
    if (!m->is_request) {
        e->stats.bad_responses++;
        return;
    }
    e->stats.bad_requests++;
    unsigned status = msg_error_answer(code);
    if (status)
        (void)stateless_answer(e, m, status, reason, STR_NONE);
}

bool engine_owns_call_id(const struct engine *e, struct str call_id)
{
    return e->config.n_workers <= 1 ||
           siphash13(&e->config.call_key, call_id) % e->config.n_workers == e->config.worker;
}

static unsigned worker_of(const struct engine *e, const struct msg *m)
{
    if (e->config.n_workers <= 1)
        return e->config.worker;
    return (unsigned)(m->call_hash % e->config.n_workers);
}

void engine_record(const struct engine *e, const struct msg *m, time_ns now)
{
    recorder_put_message(e->config.recorder, RECORD_CAME, &m->flow, m->bytes, now);
}

static int dispatch(struct engine *e, struct msg *m, time_ns now)
{
    engine_record(e, m, now);
    return m->is_request ? engine_take_request(e, m, now) : engine_take_response(e, m, now);
}

/* What can be known of a message before its turn comes. Memory that its turn will look at is
 * fetched meanwhile. */
static void examine(const struct engine *e, struct msg *m)
{
    m->fault = msg_check_essential(m);
    if (m->is_request || e->config.n_workers > 1)
        m->call_hash = siphash13(&e->config.call_key, msg_call_id(m));
    if (m->is_request && !m->fault)
        map_prefetch(&e->by_key, tx_hash(m->call_hash, msg_cseq(m)->number));
}

static int take_examined(struct engine *e, struct msg *m, time_ns now)
{
    int err = OK;
    m->received_at = now;
    if (m->fault) {
        engine_record(e, m, now);
        engine_reject(e, m, m->fault);
    } else {
        unsigned worker = worker_of(e, m);
        if (worker != e->config.worker) {
            assert(m->refs == 1 && m->block->refs == 1);
            block_leave(&e->blocks, m->block);
            output_handover(e, m, worker);
            return OK;
        }
        err = dispatch(e, m, now);
    }
    msg_unref(&e->blocks, m);
    return err;
}

int engine_take(struct engine *e, struct msg *m, time_ns now)
{
    examine(e, m);
    return take_examined(e, m, now);
}

/* RFC 5626 4.4: line ends alone keep a NAT binding open. */
static bool is_keep_alive(struct str bytes)
{
    bool may_be = bytes.len == 0 || bytes.at[0] <= ' ';
    return may_be && str_trim(bytes).len == 0;
}

int engine_read(struct engine *e, const struct flow *flow, struct str bytes, struct msg **out)
{
    *out = NULL;
    if (is_keep_alive(bytes))
        return OK;
    struct msg *m = msg_new(&e->blocks, bytes, MSG_DATAGRAM);
    if (!m)
        return ERR_NOMEM;
    e->stats.bytes_in += bytes.len;
    m->flow = *flow;
    m->flow.conn = 0;
    count_received(e, m);
    examine(e, m);
    *out = m;
    return OK;
}

int engine_received(struct engine *e, struct msg *m, time_ns now)
{
    if (engine_room(e, 4, 8))
        return take_examined(e, m, now);
    msg_unref(&e->blocks, m);
    return ERR_NOMEM;
}

int engine_datagram(struct engine *e, const struct flow *flow, struct str bytes, time_ns now)
{
    struct msg *m;
    int err = engine_read(e, flow, bytes, &m);
    return m ? engine_received(e, m, now) : err;
}

int engine_adopt(struct engine *e, struct msg *m, time_ns now)
{
    uint64_t mark = recorder_mark(e->config.recorder);
    block_enter(&e->blocks, m->block);
    int err = engine_room(e, 4, 8) ? dispatch(e, m, now) : ERR_NOMEM;
    if (err == ERR_NOMEM) {
        recorder_take_back(e->config.recorder, mark); /* it comes again */
        block_leave(&e->blocks, m->block);
    } else {
        msg_unref(&e->blocks, m);
    }
    return err;
}
