/* Any bytes as HEP: what is read lies within them, and reads the same once it is written. */
#include "fuzz.h"

#include "capture/hep.h"

static void compare(const struct hep *a, const struct hep *b)
{
    assert(a->at == b->at && a->kind == b->kind && a->node == b->node);
    assert(addr_equal(&a->from, &b->from) && addr_equal(&a->to, &b->to));
    assert(str_equal(a->key, b->key) && str_equal(a->call_id, b->call_id));
    assert(str_equal(a->payload, b->payload));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = exact_copy((struct str){(const char *)data, size});
    static char at[70000];
    struct hep h, again;
    struct buf b;
    size_t len = hep_length(bytes);

    assert(len == SIZE_MAX || len <= size);
    if (hep_parse(bytes, &h)) {
        assert_inside(bytes, h.payload);
        assert_inside(bytes, h.key);
        assert_inside(bytes, h.call_id);
        buf_init(&b, at, sizeof at);
        hep_print(&b, &h);
        if (!b.over) {
            assert(hep_parse(buf_str(&b), &again));
            compare(&h, &again);
        }
    }
    exact_free(bytes);
    return 0;
}
