/* Keeps what passes a worker. Judges nothing: check_tapes.c does. */
#include "sim/tape.h"

#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"
#include "msg/msg.h"

#define NOISY 4  /* one tape in so many */
#define BROKE 16 /* … has no memory for its recorder */

void tape_begin(struct tape *t, struct node *n, uint64_t which)
{
    *t = (struct tape){.node = n, .refused = n->w->elements_heap.refused};
    const struct rand_seed seed = rand_seed_from(n->w->seed ^ which << 32 ^ n->index);
    rand_init(&t->rand, &seed);
    sim_heap_init(&t->memory, &t->rand);
    t->noisy = rand_below(&t->rand, NOISY) == 0;
    if (rand_below(&t->rand, BROKE) == 0)
        t->memory.failures = 1000;
    t->recorder = recorder_new(&t->memory.mem, TAPE_BYTES);
}

static void forget_streams(struct tape *t)
{
    for (size_t i = 0; i < t->n_streams; i++)
        free(t->streams[i].bytes);
    free(t->streams);
}

void tape_end(struct tape *t)
{
    recorder_free(t->recorder);
    assert(t->memory.live_bytes == 0);
    for (size_t i = 0; i < t->n; i++)
        free(t->list[i].text);
    free(t->list);
    forget_streams(t);
    *t = (struct tape){0};
}

bool tape_had_memory(const struct tape *t)
{
    return t->node->w->elements_heap.refused == t->refused;
}

static void add(struct tape *t, enum record_kind kind, const struct flow *f, struct str text)
{
    if (text.len < RECORD_TEXT_LEAST)
        return;
    if (t->n == t->cap) {
        t->cap = t->cap ? 2 * t->cap : 64;
        t->list = realloc(t->list, t->cap * sizeof(*t->list));
        assert(t->list);
    }
    struct taped *m = &t->list[t->n++];
    *m = (struct taped){.kind = kind,
                        .transport = f->transport,
                        .at = node_now(t->node),
                        .remote = f->remote,
                        .len = text.len,
                        .text = malloc(text.len + 1)};
    assert(m->text);
    memcpy(m->text, text.at, text.len);
}

/* Others are told of, too, and leave less room. */
static void noise(struct tape *t)
{
    static const char text[RECORD_TEXT_MOST];
    size_t len = (size_t)rand_below(&t->rand, sizeof(text) + 1);
    if (t->noisy && len % 2)
        recorder_put(
            t->recorder,
            &(struct record){.kind = RECORD_WHY, .at = node_now(t->node), .text = {text, len}});
}

/* --- what comes --- */

static bool is_ours(const struct tape *t, struct msg *m)
{
    const struct hash_key key = NODE_CALL_KEY;
    unsigned n = t->node->n_workers;
    return n <= 1 || msg_check_essential(m) ||
           siphash13(&key, msg_call_id(m)) % n == t->node->worker;
}

/* One message, unless it is another worker's; `whole`: whatever its faults, it is nobody else's. */
static void came(struct tape *t, const struct flow *f, struct str bytes, enum msg_framing framing,
                 bool whole)
{
    struct msg m;
    size_t len = (msg_space(bytes.len) + 15) / 16 * 16;
    void *space = aligned_alloc(16, len ? len : 16);
    assert(space);
    (void)msg_parse(&m, bytes, framing, space, len);
    if (!whole || is_ours(t, &m))
        add(t, RECORD_CAME, f, m.bytes);
    free(space);
}

void tape_datagram(struct tape *t, const struct flow *f, struct str bytes)
{
    noise(t);
    if (str_trim(bytes).len > 0)
        came(t, f, bytes, MSG_DATAGRAM, true);
}

void tape_adopt(struct tape *t, const struct flow *f, struct str bytes)
{
    add(t, RECORD_CAME, f, bytes);
}

void tape_take_back(struct tape *t)
{
    free(t->list[--t->n].text);
}

void tape_doubt(struct tape *t, size_t n)
{
    for (; n < t->n; n++)
        t->list[n].doubtful = true;
}

static struct tape_stream *stream_of(struct tape *t, conn_id conn)
{
    for (size_t i = 0; i < t->n_streams; i++)
        if (t->streams[i].conn == conn)
            return &t->streams[i];
    t->streams = realloc(t->streams, (t->n_streams + 1) * sizeof(*t->streams));
    assert(t->streams);
    struct tape_stream *s = &t->streams[t->n_streams++];
    *s = (struct tape_stream){.conn = conn};
    frame_init(&s->frame, LIMIT_MSG_BYTES);
    return s;
}

/* What is at the front. False: it is no whole message yet, or the stream cannot go on. */
static bool cut(struct tape *t, struct tape_stream *s, const struct flow *f)
{
    size_t skip, len;
    unsigned status;
    struct str data = {s->bytes, s->len};
    enum frame_result r = frame_next(&s->frame, data, &skip, &len, &status);
    struct str part = str_slice(data, skip, len);
    if (r == FRAME_MESSAGE || r == FRAME_BAD)
        came(t, f, part, MSG_STREAM, r == FRAME_MESSAGE);
    s->over = r == FRAME_BAD;
    s->len -= skip + len;
    memmove(s->bytes, s->bytes + skip + len, s->len);
    return r == FRAME_MESSAGE || r == FRAME_PING;
}

void tape_stream(struct tape *t, conn_id conn, const struct flow *f, struct str bytes)
{
    struct tape_stream *s = stream_of(t, conn);
    noise(t);
    if (s->over)
        return;
    s->bytes = realloc(s->bytes, s->len + bytes.len + 1);
    assert(s->bytes);
    memcpy(s->bytes + s->len, bytes.at, bytes.len);
    s->len += bytes.len;
    while (cut(t, s, f))
        ;
}

/* --- what goes --- */

void tape_record_sent(struct tape *t, const struct flow *f, struct str bytes)
{
    recorder_put_message(t->recorder, RECORD_SENT, f, bytes, node_now(t->node));
}

void tape_sent(struct tape *t, const struct flow *f, struct str bytes)
{
    add(t, RECORD_SENT, f, bytes);
    noise(t);
}
