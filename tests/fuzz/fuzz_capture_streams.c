/* Any segments of one TCP connection, with any key log: nothing breaks and memory is bounded. And a
 * stream gives the same messages in order and in reverse. The input is a key log behind its length,
 * then segments, each behind a byte of what it is, its place and its length. */
#include "capture/capture.h"
#include "fuzz.h"
#include "heap.h"

#define HEADS 40
#define SEGMENTS 64

struct segment {
    unsigned what; /* bit 0: which side; bit 1: SYN; the others: time that passes */
    uint32_t at;
    struct str data;
};

static unsigned take(struct capture *c, const struct segment *s, int64_t *now)
{
    struct str data = str_slice(s->data, 0, 60000);
    size_t len = HEADS + data.len;
    char *at = calloc(1, len);
    struct capture_event e;
    unsigned n = 0, i = s->what & 1;

    assert(at);
    at[0] = 0x45;
    at[2] = (char)(len >> 8);
    at[3] = (char)len;
    at[9] = 6;
    at[15] = (char)(1 + i);
    at[19] = (char)(2 - i);
    at[21] = (char)(1 + i);
    at[23] = (char)(2 - i);
    for (unsigned k = 0; k < 4; k++)
        at[24 + k] = (char)(s->at >> (24 - 8 * k));
    at[32] = 0x50;
    at[33] = (char)(s->what & 2);
    if (data.len > 0)
        memcpy(at + HEADS, data.at, data.len);
    *now += (int64_t)(s->what >> 2) * 10000000;
    capture_take(c, &(struct capture_frame){*now, LINK_RAW, (uint32_t)len, {at, len}});
    while (capture_next(c, &e)) {
        assert(e.kind == CAPTURE_MESSAGE && e.bytes.len > 0);
        n++;
    }
    free(at);
    return n;
}

static void any(struct capture *c, struct str rest)
{
    int64_t now = 0;

    while (rest.len > 0) {
        struct segment s = {.what = draw_byte(&rest), .at = (uint32_t)draw_uint(&rest, 2)};
        size_t len = draw_uint(&rest, 2);

        s.data = str_slice(rest, 0, len);
        rest = str_slice(rest, s.data.len, rest.len);
        (void)take(c, &s, &now);
    }
    capture_end(c);
}

/* All of `bytes` from one side, in SEGMENTS portions, backwards or not. */
static unsigned in_order(struct capture *c, struct str bytes, bool backwards)
{
    const unsigned n = SEGMENTS;
    size_t portion = bytes.len / n + 1;
    unsigned found = 0;
    int64_t now = 0;

    found += take(c, &(struct segment){2, 99, STR_NONE}, &now);
    for (unsigned i = 0; i < n; i++) {
        size_t at = (backwards ? n - 1 - i : i) * portion;

        if (at < bytes.len)
            found += take(
                c, &(struct segment){0, 100 + (uint32_t)at, str_slice(bytes, at, portion)}, &now);
    }
    return found;
}

static struct capture *begin(struct fuzz_heap *heap)
{
    struct hash_key key = {1, 2};

    fuzz_heap_init(heap);
    struct capture *c = capture_new(&heap->mem, &key);

    assert(c);
    return c;
}

static void end(struct capture *c, const struct fuzz_heap *heap)
{
    capture_free(c);
    fuzz_heap_check(heap);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = {(const char *)data, size};
    struct fuzz_heap heap;
    struct capture *c = begin(&heap);
    size_t keys = draw_uint(&rest, 2);

    (void)capture_keys(c, str_slice(rest, 0, keys));
    rest = str_slice(rest, keys, rest.len);
    any(c, rest);
    end(c, &heap);
    if (rest.len > 20000)
        return 0;
    c = begin(&heap);
    unsigned backwards = in_order(c, rest, true);

    end(c, &heap);
    c = begin(&heap);
    /* all early portions are handed on with the first: the same portions */
    assert(in_order(c, rest, false) == backwards);
    end(c, &heap);
    return 0;
}
