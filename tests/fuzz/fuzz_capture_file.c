/* Any bytes as a capture file: whatever portions they come in, the same frames and keys come out,
 * and what waits never exceeds its bound. */
#include "fuzz.h"

#include "base/limits.h"
#include "base/siphash.h"
#include "capture/file.h"

struct outcome {
    uint64_t digest;
    unsigned n_frames, n_keys;
    bool is_bad;
};

static void add(struct outcome *o, enum capture_read r, const struct capture_frame *f)
{
    struct hash_key key = {o->digest, (uint64_t)f->at ^ f->link ^ (uint64_t)r};

    o->digest = siphash13(&key, f->bytes);
    o->n_frames += r == CAPTURE_READ_FRAME;
    o->n_keys += r == CAPTURE_READ_KEYS;
}

static struct outcome run(struct str all, size_t portion)
{
    static struct capture_file f;
    struct outcome o = {0};
    size_t at = 0, end = 0, used;

    capture_file_init(&f);
    while (!o.is_bad) {
        struct str pending = exact_copy(str_slice(all, at, end - at));
        struct capture_frame frame = {0};
        enum capture_read r = capture_file_next(&f, pending, &used, &frame);

        assert(used <= pending.len);
        at += used;
        o.is_bad = r == CAPTURE_READ_BAD;
        if (r == CAPTURE_READ_FRAME || r == CAPTURE_READ_KEYS) {
            assert_inside(pending, frame.bytes);
            assert(used > 0);
            add(&o, r, &frame);
        }
        exact_free(pending);
        if (r != CAPTURE_READ_MORE)
            continue;
        assert(end - at <= LIMIT_CAPTURE_FRAME_BYTES + 64);
        if (end == all.len)
            break;
        end = all.len - end < portion ? all.len : end + portion;
    }
    return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str all = {(const char *)data, size};

    if (size > 4096)
        return 0;
    struct outcome whole = run(all, size + 1), few = run(all, 13), single = run(all, 1);

    assert(whole.digest == few.digest && few.digest == single.digest);
    assert(whole.n_frames == single.n_frames && whole.n_keys == single.n_keys);
    assert(whole.is_bad == few.is_bad && few.is_bad == single.is_bad);
    return 0;
}
