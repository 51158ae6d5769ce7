/* Any bytes as a WebSocket connection, its handshake among them or behind it: however they are
 * split, the same messages and answers come out, within bounds (RFC 6455). */
#include "fuzz.h"

#include "base/limits.h"
#include "base/siphash.h"
#include "base/utf8.h"
#include "net/ws.h"

static const char handshake[] =
    "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: sip\r\n\r\n";

struct outcome {
    uint64_t digest; /* of all events and their bytes */
    size_t n_messages;
    bool over;
};

static void add(struct outcome *o, enum ws_result r, struct str bytes)
{
    struct hash_key key = {o->digest, (uint64_t)r};

    o->digest = siphash13(&key, bytes);
}

static void note(struct outcome *o, const struct ws *ws, enum ws_result r,
                 const struct ws_event *ev)
{
    assert(!o->over); /* nothing comes behind the end */
    add(o, r, ev->message);
    add(o, r, ev->send);
    assert(ev->message.len <= LIMIT_MSG_BYTES && ev->send.len <= WS_ANSWER_MAX);
    if (r == WS_MESSAGE) {
        o->n_messages++;
        assert(!ws->is_text || utf8_is_valid(ev->message));
    }
    o->over = r == WS_OVER;
    assert(o->over == (ws->state == WS_ENDED));
    assert(!ws->in || ws->in->len <= LIMIT_MSG_BYTES);
}

/* One portion in memory of exactly its length. */
static void read_portion(struct ws *ws, struct block_pool *blocks, struct str portion,
                         struct outcome *o)
{
    static const struct ws_policy policy = {.is_open = true};
    struct str copy = exact_copy(portion);
    struct ws_event ev;
    size_t at = 0, used;

    while (!o->over) {
        enum ws_result r = ws_read(ws, blocks, &policy, (char *)(uintptr_t)copy.at + at,
                                   copy.len - at, &used, &ev);

        assert(used <= copy.len - at);
        at += used;
        if (r == WS_MORE) {
            assert(at == copy.len);
            break;
        }
        note(o, ws, r, &ev);
    }
    exact_free(copy);
}

static struct outcome run(struct str before, const uint8_t *data, size_t size, size_t most)
{
    struct outcome o = {0};
    struct block_pool blocks;
    struct ws ws;

    block_pool_init(&blocks, &mem_libc, 4);
    ws_init(&ws);
    read_portion(&ws, &blocks, before, &o);
    for (size_t at = 0; at < size && !o.over;) {
        size_t portion = 1 + data[at] % most;

        portion = portion < size - at ? portion : size - at;
        read_portion(&ws, &blocks, (struct str){(const char *)data + at, portion}, &o);
        at += portion;
    }
    ws_fini(&ws, &blocks);
    assert(blocks.live == 0);
    block_pool_fini(&blocks);
    return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > 40000)
        return 0;
    struct str before = data[0] & 1 ? STR(handshake) : STR_NONE;
    struct outcome few = run(before, data + 1, size - 1, 256);
    struct outcome many = run(before, data + 1, size - 1, 7);
    struct outcome single = run(before, data + 1, size - 1, 1);

    assert(few.n_messages == single.n_messages && many.n_messages == single.n_messages);
    assert(few.digest == single.digest && many.digest == single.digest);
    assert(few.over == single.over && many.over == single.over);
    return 0;
}
