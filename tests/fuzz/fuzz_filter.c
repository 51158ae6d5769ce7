/* Any text as a filter of packets: it is read or refused with a place within it, and whatever was
 * read can be asked of any frame. The input is the text's length, the text, and a frame. */
#include "capture/filter.h"
#include "fuzz.h"

/* Each term leaves one answer, and what joins them takes two: in the end there is one. */
static void check(const struct capture_filter *f)
{
    unsigned depth = 0;

    assert(f->n > 0 && f->n <= LIMIT_CAPTURE_FILTER_TERMS);
    for (unsigned i = 0; i < f->n; i++) {
        unsigned takes = f->terms[i].kind == CAPTURE_TERM  ? 0
                         : f->terms[i].kind == CAPTURE_NOT ? 1
                                                           : 2;

        assert(depth >= takes);
        depth += 1 - takes;
    }
    assert(depth == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = {(const char *)data, size};
    size_t len = draw_byte(&rest), at;
    struct str text = exact_copy(str_slice(rest, 0, len));
    struct str frame = exact_copy(str_slice(rest, text.len, rest.len));
    struct capture_filter f;

    if (capture_filter_read(&f, text, &at)) {
        assert(at <= text.len);
    } else {
        check(&f);
        (void)capture_filter_frame(
            &f, &(struct capture_frame){1, LINK_ETHERNET, (uint32_t)frame.len, frame});
        (void)capture_filter_frame(
            &f, &(struct capture_frame){1, LINK_RAW, (uint32_t)frame.len, frame});
    }
    exact_free(text);
    exact_free(frame);
    return 0;
}
