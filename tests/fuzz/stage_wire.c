/* The wire of the stage: messages in with their faults, messages out into memory. */
#include "base/limits.h"
#include "base/siphash.h"
#include "fuzz.h"
#include "stage_parts.h"

/* --- memory --- */
const struct kept *memory_at(const struct memory *m, unsigned back)
{
    if (back >= m->n || back >= MEMORY_KEPT)
        return NULL;
    return &m->kept[(m->n - 1 - back) % MEMORY_KEPT];
}

void memory_keep(struct memory *m, const struct flow *flow, unsigned party, struct str text)
{
    if (text.len > STAGE_TEXT)
        return;
    struct kept *k = &m->kept[m->n++ % MEMORY_KEPT];
    k->flow = *flow;
    k->party = party;
    k->len = text.len;
    memcpy(k->text, text.at, text.len);
}

#define SPACE (LIMIT_MSG_SPACE + LIMIT_MSG_SPACE_PER_BYTE * STAGE_TEXT)

struct msg *kept_parse(const struct kept *k)
{
    static _Alignas(16) char space[SPACE];
    static struct msg m;
    (void)msg_parse(&m, (struct str){k->text, k->len}, MSG_DATAGRAM, space, sizeof(space));
    m.flow = k->flow;
    return m.n_headers > 0 ? &m : NULL;
}

/* --- in --- */
static void replace(struct buf *b, struct str text, size_t at, size_t end, struct str by)
{
    buf_put(b, str_slice(text, 0, at));
    buf_put(b, by);
    buf_put(b, str_slice(text, end, text.len));
}

/* Writes over, puts in, takes out, or doubles what stands there up to the line's end. */
static struct str edited(const struct stage_edit *e, struct str text, char *at, size_t cap)
{
    struct buf b;
    size_t from = text.len ? e->where % text.len : 0;
    struct str rest = str_slice(text, from, text.len);
    size_t line = str_find(rest, '\n') + from, over = from + e->text.len;
    buf_init(&b, at, cap);
    line = line < text.len ? line + 1 : line;
    if (e->kind == 0)
        replace(&b, text, from, over < text.len ? over : text.len, e->text);
    else if (e->kind == 1)
        replace(&b, text, from, from, e->text);
    else if (e->kind == 2)
        replace(&b, text, from, over < line ? over : line, STR_NONE);
    else
        replace(&b, text, line, line, str_slice(text, from, line - from));
    return b.over ? text : buf_str(&b);
}

static struct str with_faults(struct stage *s, struct str text)
{
    static char room[STAGE_EDITS][3 * STAGE_TEXT];
    for (unsigned i = 0; i < s->n_edits; i++)
        text = edited(&s->edits[i], text, room[i], sizeof(room[i]));
    s->n_edits = 0;
    return text;
}

static int give(struct stage *s, const struct flow *flow, struct str part)
{
    struct str exact = exact_copy(part);
    int err = flow->conn ? s->face->stream(s->on, flow->conn, exact, s->now)
                         : s->face->datagram(s->on, flow, exact, s->now);
    exact_free(exact);
    return err;
}

static void give_portions(struct stage *s, const struct flow *flow, struct str text)
{
    size_t portion = flow->conn && s->portion ? s->portion : text.len;
    for (size_t at = 0; at < text.len; at += portion) {
        struct engine_stats before = stage_begin(s);
        int err = give(s, flow, str_slice(text, at, portion));
        assert(err == OK || err == ERR_NOMEM || (flow->conn && err == ERR_STALE));
        stage_done(s, err, &before);
    }
}

static void bring(struct stage *s, const struct flow *flow, unsigned party, struct str text)
{
    bool faulty = s->n_edits > 0;
    text = with_faults(s, text);
    s->uneven |= (flow->conn && faulty) || text.len > STAGE_TEXT;
    bool response = str_starts(text, STR("SIP/2.0 "));
    memory_keep(response ? &s->responses_in : &s->requests_in, flow, party, text);
    give_portions(s, flow, text);
}

void stage_deliver(struct stage *s, unsigned party, struct str text)
{
    struct flow flow = party_flow(s, party);
    bring(s, &flow, party, text);
}

void stage_answer(struct stage *s, const struct flow *flow, unsigned party, struct str text)
{
    struct flow back = *flow;
    bool stands = !transport_is_reliable(flow->transport);
    for (unsigned i = 0; i < s->n_conns; i++)
        stands |= flow->conn && s->conns[i].flow.conn == flow->conn && s->conns[i].open;
    if (stands)
        bring(s, &back, party, text);
    else
        stage_deliver(s, party, text);
}

/* --- out --- */
static void digest(struct stage *s, uint64_t n, struct str text)
{
    struct hash_key key = {s->digest, n};
    s->digest = siphash13(&key, text);
}

#define WIDE_SPACE (LIMIT_MSG_SPACE + LIMIT_MSG_SPACE_PER_BYTE * (LIMIT_MSG_BYTES + 4096))

/* What leaves by a stream is framed by its Content-Length; what leaves at all has a whole start
 * line and every header that RFC 3261 8.1.1 and 8.2.6.2 ask for. */
static void see_message(struct stage *s, const struct flow *flow, struct str text)
{
    static _Alignas(16) char space[WIDE_SPACE];
    struct msg m;
    if (str_equal(text, STR("\r\n")))
        return;
    bool stream = transport_is_reliable(flow->transport);
    (void)msg_parse(&m, text, stream ? MSG_STREAM : MSG_DATAGRAM, space, sizeof(space));
    assert(m.bytes.len == text.len);
    m.flow = *flow;
    if (m.is_request)
        assert(msg_check_essential(&m) == MSG_OK);
    else
        assert(m.status >= 100 && m.status <= 699);
    assert(!stream || msg_header(&m, HDR_CONTENT_LENGTH));
    s->face->sent(s->on, flow, &m);
    memory_keep(m.is_request ? &s->requests_out : &s->responses_out, flow, 0, text);
}

static void on_send(struct stage *s, const struct engine_output *out)
{
    struct str text = block_str(out->bytes);
    char far[64];
    struct buf b;
    buf_init(&b, far, sizeof(far));
    addr_print(&b, &out->flow.remote);
    digest(s, s->now, text);
    digest(s, out->flow.transport, buf_str(&b));
    assert(out->flow.remote.port != 0 && !addr_is_any(&out->flow.remote));
    assert(transport_is_reliable(out->flow.transport) == (out->flow.conn != 0));
    s->n_sent++;
    see_message(s, &out->flow, text);
    block_unref(engine_blocks(s->engine), out->bytes);
}

static void on_connect(struct stage *s, const struct engine_output *out)
{
    assert(out->conn && out->flow.transport == TRANSPORT_TCP);
    assert(s->n_conns < STAGE_CONNS);
    s->conns[s->n_conns] = (struct stage_conn){out->flow, false};
    s->conns[s->n_conns++].flow.conn = out->conn;
}

static void on_handover(struct stage *s, const struct engine_output *out)
{
    if (s->n_handed < STAGE_HANDED) {
        s->handed[s->n_handed++] = out->msg;
        return;
    }
    block_enter(engine_blocks(s->engine), out->msg->block);
    msg_unref(engine_blocks(s->engine), out->msg);
}

static void on_question(struct stage *s, const struct engine_output *out)
{
    digest(s, out->type, out->name);
    assert(dns_is_name(out->name));
    if (s->n_names == STAGE_QUERIES)
        return;
    s->names[s->n_names].query = out->query;
    s->names[s->n_names].type = out->type;
    s->names[s->n_names].len = (uint8_t)out->name.len;
    memcpy(s->names[s->n_names++].name, out->name.at, out->name.len);
}

static void on_output(struct stage *s, const struct engine_output *out)
{
    switch (out->kind) {
    case OUTPUT_SEND:
        on_send(s, out);
        break;
    case OUTPUT_CONNECT:
        on_connect(s, out);
        break;
    case OUTPUT_CLOSE:
        if (!stage_forget_conn(s, out->conn))
            assert(false);
        break;
    case OUTPUT_RESOLVE:
        on_question(s, out);
        break;
    case OUTPUT_STORE:
        digest(s, out->ask.version, out->ask.value);
        s->face->asked(s->on, out->query, &out->ask);
        break;
    case OUTPUT_HANDOVER:
        on_handover(s, out);
        break;
    }
}

void stage_settle(struct stage *s)
{
    struct engine_output out;
    s->face->settle(s->on);
    while (s->face->output(s->on, &out))
        on_output(s, &out);
}
