/* Owns the test world of an element: memory that fails on order, datagrams, the store, virtual
 * time. Knows no test. */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/list.h"

static void *failing_alloc(struct mem *m, size_t size)
{
    struct world *w = CONTAINER_OF(m, struct world, mem);
    if (w->fail_in == 0)
        return NULL;
    w->fail_in -= w->fail_in > 0;
    w->bytes += size;
    return malloc(size);
}

static void counting_free(struct mem *m, void *at, size_t size)
{
    struct world *w = CONTAINER_OF(m, struct world, mem);
    if (!at)
        return;
    w->bytes -= size;
    free(at);
}

static struct addr addr_of(const char *text)
{
    struct addr a = {0};
    assert_true(addr_parse(str_from(text), &a));
    return a;
}

struct world *world_new(void (*change)(struct element_config *), long fail_in)
{
    static const struct str domains[] = {STR_INIT("example.com"), STR_INIT("example.org")};
    struct world *w = calloc(1, sizeof *w);
    struct element_config config;
    assert_non_null(w);
    w->mem = (struct mem){failing_alloc, counting_free};
    w->fail_in = fail_in;
    w->now = 1000 * NS_PER_S;
    element_config_default(&config);
    config.engine.mem = &w->mem;
    config.engine.seed = rand_seed_from(1);
    config.domains = domains;
    config.n_domains = 2;
    if (change)
        change(&config);
    w->element = element_new(&config);
    struct addr local = addr_of(SERVER), loopback = addr_of("127.0.0.1:5060");
    if (!w->element ||
        engine_listen(element_engine(w->element), TRANSPORT_UDP, &local, STR_NONE) < 0 ||
        engine_listen(element_engine(w->element), TRANSPORT_UDP, &loopback, STR_NONE) < 0) {
        world_free(w);
        return NULL;
    }
    return w;
}

void world_free(struct world *w)
{
    element_free(w->element);
    assert_int_equal(w->bytes, 0);
    free(w);
}

static void keep_sent(struct world *w, const struct engine_output *out)
{
    assert_true(w->n_sent < WORLD_SENT);
    assert_true(out->bytes->len < WORLD_TEXT);
    w->sent[w->n_sent].to = out->flow.remote;
    w->sent[w->n_sent].conn = out->flow.conn;
    memcpy(w->sent[w->n_sent].text, out->bytes->bytes, out->bytes->len);
    w->sent[w->n_sent].text[out->bytes->len] = 0;
    w->sent[w->n_sent++].len = out->bytes->len;
    block_unref(engine_blocks(element_engine(w->element)), out->bytes);
}

static struct scripted_store *store_of(struct world *w, const struct store_ask *ask)
{
    return ask->space == STORE_ACCOUNTS ? &w->accounts : &w->store;
}

static void on_store(struct world *w, const struct engine_output *out)
{
    char key[LIMIT_AOR_BYTES];
    static char value[LIMIT_RECORD_BYTES];
    struct store_ask ask = out->ask;
    memcpy(key, ask.key.at, ask.key.len);
    ask.key.at = key;
    if (ask.value.len > 0)
        memcpy(value, ask.value.at, ask.value.len);
    ask.value.at = value;
    if (w->hold) {
        memcpy(w->held_key, key, ask.key.len);
        w->held = out->query;
        w->held_ask = ask;
        w->held_ask.key.at = w->held_key;
        return;
    }
    struct store_answer a = scripted_answer(store_of(w, &ask), out->query, &ask);
    (void)element_store_answered(w->element, &a, w->now);
}

static void outputs(struct world *w)
{
    struct engine_output out;
    while (element_output(w->element, &out))
        if (out.kind == OUTPUT_SEND)
            keep_sent(w, &out);
        else if (out.kind == OUTPUT_STORE)
            on_store(w, &out);
        else if (out.kind == OUTPUT_RESOLVE)
            (void)element_resolved(w->element, out.query, STR_NONE, w->now);
        else if (out.kind == OUTPUT_CONNECT) /* nobody listens */
            (void)element_closed(w->element, out.conn, w->now);
        else
            assert_int_not_equal(out.kind, OUTPUT_HANDOVER);
}

void world_datagram(struct world *w, const char *from, struct str bytes)
{
    struct flow f = {.transport = TRANSPORT_UDP, .remote = addr_of(from)};
    f.local = addr_of(addr_is_loopback(&f.remote) ? "127.0.0.1:5060" : SERVER);
    f.listener = addr_is_loopback(&f.remote);
    (void)element_datagram(w->element, &f, bytes, w->now);
    outputs(w);
}

void world_send(struct world *w, const char *from, const char *text)
{
    world_datagram(w, from, str_from(text));
}

void world_adopt(struct world *w, const struct flow *f, const char *text)
{
    struct block_pool pool;
    block_pool_init(&pool, &w->mem, 0);
    struct msg *m = msg_new(&pool, str_from(text), MSG_STREAM);
    assert_non_null(m);
    m->flow = *f;
    block_leave(&pool, m->block);
    block_pool_fini(&pool);
    assert_int_equal(element_adopt(w->element, m, w->now), OK);
    outputs(w);
}

void world_gone(struct world *w, conn_id conn)
{
    (void)element_closed(w->element, conn, w->now);
    outputs(w);
}

void world_ping(struct world *w, struct str key, enum ping_by by)
{
    size_t i = scripted_find(&w->store, key);
    assert_true(i < w->store.n);
    struct str record = {w->store.list[i].value, w->store.list[i].value_len};
    assert_int_equal(element_ping(w->element, key, record, by, w->now), OK);
    outputs(w);
}

void world_sendf(struct world *w, const char *from, const char *fmt, ...)
{
    char text[WORLD_TEXT];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    assert_true(n > 0 && (size_t)n < sizeof text);
    world_send(w, from, text);
}

void world_release(struct world *w)
{
    w->hold = false;
    struct store_answer a = scripted_answer(store_of(w, &w->held_ask), w->held, &w->held_ask);
    (void)element_store_answered(w->element, &a, w->now);
    outputs(w);
}

void world_pass(struct world *w, unsigned seconds)
{
    time_ns end = w->now + seconds * NS_PER_S;
    for (unsigned turns = 0; element_deadline(w->element) <= end; turns++) {
        assert_true(turns < 100000);
        if (element_deadline(w->element) > w->now)
            w->now = element_deadline(w->element);
        (void)element_time(w->element, w->now);
        outputs(w);
    }
    w->now = end;
}

static size_t find_last(const struct world *w, const char *to)
{
    struct addr a = addr_of(to);
    size_t i = w->n_sent;
    while (i > 0 && !addr_equal(&w->sent[i - 1].to, &a))
        i--;
    return i;
}

const char *world_last(const struct world *w, const char *to)
{
    size_t i = find_last(w, to);
    return i > 0 ? w->sent[i - 1].text : NULL;
}

unsigned world_status(const struct world *w, const char *to)
{
    const char *text = world_last(w, to);
    uint64_t n;
    if (!text || strncmp(text, "SIP/2.0 ", 8) != 0)
        return 0;
    return str_to_u64((struct str){text + 8, 3}, 699, &n) ? (unsigned)n : 0;
}

unsigned world_count(const struct world *w, const char *to, const char *begins)
{
    struct addr a = addr_of(to);
    unsigned n = 0;
    for (size_t i = 0; i < w->n_sent; i++)
        n +=
            addr_equal(&w->sent[i].to, &a) && strncmp(w->sent[i].text, begins, strlen(begins)) == 0;
    return n;
}

void world_forget(struct world *w)
{
    w->n_sent = 0;
}

/* The last request to the phone, parsed; the caller gives it back. */
static struct msg *last_request(struct world *w, struct block_pool *pool, const char *at)
{
    struct addr a = addr_of(at);
    for (size_t i = w->n_sent; i > 0; i--) {
        if (!addr_equal(&w->sent[i - 1].to, &a) || !strncmp(w->sent[i - 1].text, "SIP/2.0", 7))
            continue;
        return msg_new(pool, (struct str){w->sent[i - 1].text, w->sent[i - 1].len}, MSG_DATAGRAM);
    }
    return NULL;
}

void world_answer(struct world *w, const char *at, unsigned status, const char *lines)
{
    struct block_pool pool;
    char text[WORLD_TEXT];
    struct buf b;
    block_pool_init(&pool, &mem_libc, 1);
    struct msg *m = last_request(w, &pool, at);
    if (m) {
        m->flow.transport = TRANSPORT_UDP;
        m->flow.remote = addr_of(SERVER);
        buf_init(&b, text, sizeof text - 1);
        msg_print_response_head(&b, m, status, STR_NONE, str_from(at), true);
        buf_put(&b, str_from(lines));
        buf_put_lit(&b, "Content-Length: 0\r\n\r\n");
        assert_false(b.over);
        text[b.len] = 0;
        msg_unref(&pool, m);
        world_send(w, at, text);
    }
    block_pool_fini(&pool);
}

void world_register(struct world *w, const char *at, const char *user, unsigned expires)
{
    unsigned cseq = ++w->n_registers;
    world_sendf(w, at,
                "REGISTER sip:example.com SIP/2.0\r\n"
                "Via: SIP/2.0/UDP %s;branch=z9hG4bKr%u\r\n"
                "Max-Forwards: 70\r\nFrom: <sip:%s@example.com>;tag=r\r\n"
                "To: <sip:%s@example.com>\r\nCall-ID: reg-%s\r\nCSeq: %u REGISTER\r\n"
                "Contact: <sip:%s@%s>\r\nExpires: %u\r\nContent-Length: 0\r\n\r\n",
                at, cseq, user, user, at, cseq, user, at, expires);
}

void world_request(struct world *w, const char *at, const char *method, const char *uri,
                   const char *from, const char *call_id, const char *lines)
{
    world_sendf(w, at,
                "%s %s SIP/2.0\r\n"
                "Via: SIP/2.0/UDP %s;branch=z9hG4bK%s%s\r\n"
                "From: <%s>;tag=f\r\nTo: <sip:bob@example.com>\r\nCall-ID: %s\r\n"
                "CSeq: 1 %s\r\n%sContact: <sip:x@%s>\r\nContent-Length: 0\r\n\r\n",
                method, uri, at, method, call_id, from, call_id, method, lines, at);
}
