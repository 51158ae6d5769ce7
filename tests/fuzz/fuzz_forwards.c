/* Any bytes as the record of a user's forwards: an error, or forwards that are written and read
 * again as the same; and what it adds to a user's phones is bounded. */
#include "fuzz.h"

#include "base/limits.h"
#include "element/forwards.h"

static void check_again(const struct forwards *f)
{
    char text[FORWARDS_BYTES];
    struct forwards again;
    struct buf b;

    buf_init(&b, text, sizeof text);
    forwards_write(&b, f);
    assert(!b.over);
    assert(forwards_read(buf_str(&b), &again));
    for (unsigned i = 0; i < N_FORWARDS; i++)
        assert(str_equal(again.to[i], f->to[i]));
    assert(again.no_answer_s == f->no_answer_s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str record = {(const char *)data, size};
    struct target targets[2 + N_FORWARDS] = {{.q = 1000}, {.q = 500}};
    struct forwards f;
    bool good = forwards_read(record, &f);
    size_t phones = size % 3, n = forwards_apply(record, targets, phones, size % 2);

    assert(n <= phones + N_FORWARDS && (good || n == phones));
    for (unsigned i = 0; i < N_FORWARDS; i++) {
        assert(good || f.to[i].len == 0);
        if (f.to[i].len > 0)
            assert_inside(record, f.to[i]);
    }
    if (good)
        check_again(&f);
    return 0;
}
