/* The outputs: pushed inside a mutation, taken by the caller after it. Knows no transaction. */
#include "engine/state.h"

bool engine_room(struct engine *e, size_t events, size_t outputs)
{
    return ring_room(&e->events, events) && ring_room(&e->outputs, outputs);
}

static struct output *push(struct engine *e, enum engine_output_kind kind)
{
    struct output *o = ring_push(&e->outputs);
    *o = (struct output){.kind = kind};
    return o;
}

void output_send(struct engine *e, const struct flow *flow, struct block *bytes)
{
    struct output *o = push(e, OUTPUT_SEND);
    o->flow = *flow;
    o->bytes = block_ref(bytes);
    count_sent(e, flow->transport, block_str(bytes));
}

int engine_keep_alive(struct engine *e, const struct flow *flow)
{
    struct block *b = engine_room(e, 0, 1) ? block_new(&e->blocks, 4) : NULL;
    if (!b)
        return ERR_NOMEM;
    memcpy(b->bytes, "\r\n\r\n", 4);
    b->len = 4;
    output_send(e, flow, b);
    block_unref(&e->blocks, b);
    return OK;
}

void output_connect(struct engine *e, const struct conn *c)
{
    struct output *o = push(e, OUTPUT_CONNECT);
    o->flow = c->flow;
    o->conn = c->id;
}

void output_close(struct engine *e, const struct conn *c)
{
    struct output *o = push(e, OUTPUT_CLOSE);
    o->flow = c->flow;
    o->conn = c->id;
}

void output_question(struct engine *e, pool_id question)
{
    push(e, OUTPUT_STORE)->query = question;
}

void output_handover(struct engine *e, struct msg *m, unsigned worker)
{
    struct output *o = push(e, OUTPUT_HANDOVER);
    o->msg = m;
    o->worker = worker;
}

/* A question whose asker is gone is not asked. */
static bool fill_question(const struct engine *e, struct engine_output *out)
{
    const struct question *q = pool_get(&e->questions, out->query);
    if (!q)
        return false;
    out->ask = q->ask;
    return true;
}

static bool ask_name(struct engine *e, struct engine_output *out)
{
    uint64_t query;
    struct dns_question q;
    if (!resolver_question(e->resolver, &query, &q))
        return false;
    *out = (struct engine_output){
        .kind = OUTPUT_RESOLVE, .query = query, .name = q.name, .type = q.type};
    return true;
}

static void fill_domain(const struct engine *e, struct engine_output *out)
{
    const struct conn *c = out->kind == OUTPUT_CONNECT ? conn_get(e, out->conn) : NULL;
    if (c && c->domain)
        out->domain = block_str(c->domain);
}

bool engine_output(struct engine *e, struct engine_output *out)
{
    const struct output *o;
    while ((o = ring_pop(&e->outputs)) != NULL) {
        *out = (struct engine_output){.kind = o->kind,
                                      .flow = o->flow,
                                      .conn = o->conn,
                                      .bytes = o->bytes,
                                      .query = o->query,
                                      .msg = o->msg,
                                      .worker = o->worker};
        fill_domain(e, out);
        if (o->query == 0 || fill_question(e, out))
            return true;
    }
    return ask_name(e, out);
}

void output_drop_all(struct engine *e)
{
    const struct output *o;
    while ((o = ring_pop(&e->outputs)) != NULL) {
        block_unref(&e->blocks, o->bytes);
        if (o->msg) {
            block_enter(&e->blocks, o->msg->block);
            msg_unref(&e->blocks, o->msg);
        }
    }
}
