/* Any bytes as frames of any link type: what comes out lies within what came in, memory is bounded
 * and all of it is given back, also where there is none. The input is frames, each behind its link
 * type's place in a list, how much time has passed, its length, and an allocation that fails. */
#include "capture/capture.h"
#include "fuzz.h"
#include "heap.h"

static const uint32_t links[] = {LINK_ETHERNET, LINK_RAW, LINK_SLL,   LINK_SLL2,
                                 LINK_NULL,     LINK_PPP, LINK_PPPOE, 105};

static void drain(struct capture *c, struct str frame)
{
    struct capture_event e;

    while (capture_next(c, &e)) {
        assert(e.bytes.len > 0);
        assert(e.from.family == e.to.family && e.from.family != ADDR_NONE);
        if (e.frame)
            assert_inside(frame, e.bytes);
        if (e.kind == CAPTURE_RTP && e.rtp.payload.len > 0)
            assert_inside(e.bytes, e.rtp.payload);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = {(const char *)data, size};
    struct hash_key key = {1, 2};
    struct fuzz_heap heap;
    int64_t now = 0;

    fuzz_heap_init(&heap);
    struct capture *c = capture_new(&heap.mem, &key);

    assert(c);
    while (rest.len > 0) {
        uint32_t link = links[draw_byte(&rest) % (sizeof links / sizeof links[0])];
        unsigned wait = draw_byte(&rest), fails = draw_byte(&rest);
        size_t len = draw_uint(&rest, 2);
        struct str bytes = exact_copy(str_slice(rest, 0, len));

        rest = str_slice(rest, bytes.len, rest.len);
        now += (int64_t)wait * 100000000;
        fuzz_heap_fail(&heap, fails, fails > 0);
        capture_take(c, &(struct capture_frame){now, link, (uint32_t)len, bytes});
        drain(c, bytes);
        exact_free(bytes);
    }
    capture_end(c);
    drain(c, STR_NONE);
    capture_free(c);
    fuzz_heap_check(&heap);
    return 0;
}
