/* Any bytes as a WebSocket connection, of ours as a server or as a client, its handshake among them
 * or behind it: however they are split, the same messages and answers come out, within bounds (RFC
 * 6455). */
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

enum before { OPENS = 1, CLIENT = 2 }; /* bits of the first byte */

/* What opens a client's is made for the key that it has asked with. */
static void begin_client(struct ws *ws, struct rand *rand, struct buf *answer)
{
    char request[WS_REQUEST_MAX];
    struct rand_seed seed = rand_seed_from(1);
    struct buf b;

    rand_init(rand, &seed);
    buf_init(&b, request, sizeof(request));
    ws_init_client(ws, rand, &(struct ws_place){STR("h"), STR_NONE}, &b);
    assert(!b.over);
    buf_put_lit(answer, "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Protocol: sip\r\nSec-WebSocket-Accept: ");
    http_accept(answer, (struct str){ws->key, HTTP_KEY_LEN});
    buf_put_lit(answer, "\r\n\r\n");
}

static struct outcome run(unsigned before, const uint8_t *data, size_t size, size_t most)
{
    struct outcome o = {0};
    struct block_pool blocks;
    struct rand rand;
    struct ws ws;
    char space[512];
    struct buf opening;

    block_pool_init(&blocks, &mem_libc, 4);
    buf_init(&opening, space, sizeof(space));
    ws_init(&ws);
    if (before & CLIENT)
        begin_client(&ws, &rand, &opening);
    else
        buf_put(&opening, STR(handshake));
    if (before & OPENS)
        read_portion(&ws, &blocks, buf_str(&opening), &o);
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
    unsigned before = data[0];
    struct outcome few = run(before, data + 1, size - 1, 256);
    struct outcome many = run(before, data + 1, size - 1, 7);
    struct outcome single = run(before, data + 1, size - 1, 1);

    assert(few.n_messages == single.n_messages && many.n_messages == single.n_messages);
    assert(few.digest == single.digest && many.digest == single.digest);
    assert(few.over == single.over && many.over == single.over);
    return 0;
}
