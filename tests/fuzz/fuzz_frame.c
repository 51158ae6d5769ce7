/* Any bytes as a stream: however they are split, the same messages and keep-alives come out (RFC
 * 3261 18.3). */
#include "fuzz.h"

#include "base/siphash.h"
#include "msg/frame.h"

#define LIMIT_BYTES 4096

struct outcome {
    uint64_t digest; /* of all events and the bytes that they name */
    size_t n_messages;
    bool bad;
};

static void add_event(struct outcome *o, enum frame_result result, struct str bytes)
{
    struct hash_key key = {o->digest, (uint64_t)result};
    o->digest = siphash13(&key, bytes);
    o->n_messages += result == FRAME_MESSAGE;
    o->bad = result == FRAME_BAD;
}

/* Takes what is whole out of `pending`; the number of bytes that may be dropped. */
static size_t drain(struct frame *f, struct str pending, struct outcome *o)
{
    size_t dropped = 0;
    for (;;) {
        size_t skip = 0, len = 0;
        unsigned status = 0;
        struct str rest = str_slice(pending, dropped, pending.len);
        enum frame_result result = frame_next(f, rest, &skip, &len, &status);
        assert(skip <= rest.len && len <= rest.len - skip);
        if (result == FRAME_MORE)
            return dropped + skip;
        if (result == FRAME_BAD) {
            assert(status >= 400 && status < 600);
            add_event(o, result, STR_NONE);
            return dropped;
        }
        assert(skip + len > 0);
        add_event(o, result, result == FRAME_MESSAGE ? str_slice(rest, skip, len) : STR_NONE);
        dropped += skip + len;
    }
}

/* Hands the bytes over in portions of 1 to `most`; what is pending ends where its memory ends. */
static struct outcome run(const uint8_t *data, size_t size, size_t most)
{
    struct outcome o = {0};
    struct frame f;
    size_t from = 0, end = 0;
    char *room = malloc(size);
    assert(room);
    frame_init(&f, LIMIT_BYTES);
    while (end < size && !o.bad) {
        size_t portion = 1 + data[end] % most;
        end += portion < size - end ? portion : size - end;
        struct str pending = {room + size - (end - from), end - from};
        memcpy(room + size - pending.len, data + from, pending.len);
        from += drain(&f, pending, &o);
    }
    free(room);
    return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > 4 * LIMIT_BYTES)
        return 0;
    struct outcome few = run(data, size, 256);
    struct outcome many = run(data, size, 7);
    struct outcome single = run(data, size, 1);
    assert(few.n_messages == single.n_messages && many.n_messages == single.n_messages);
    assert(few.digest == single.digest && many.digest == single.digest);
    assert(few.bad == single.bad && many.bad == single.bad);
    return 0;
}
