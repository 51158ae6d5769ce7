/* The bounded queue of a stream: partial writes, growth, limits, references given back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/limits.h"
#include "net/outq.h"

static struct block_pool pool;

static struct block *block_of(const char *text)
{
    struct block *b = block_new(&pool, 512);

    assert_non_null(b);
    b->len = (uint32_t)strlen(text);
    memcpy(b->bytes, text, b->len);
    return b;
}

static void read_out(const struct outq *q, char *out)
{
    struct iovec v[64];
    int n = outq_peek(q, v, 64);
    size_t len = 0;

    for (int i = 0; i < n; i++) {
        memcpy(out + len, v[i].iov_base, v[i].iov_len);
        len += v[i].iov_len;
    }
    out[len] = '\0';
}

static void any_split_of_writes_gives_the_same_bytes(void **state)
{
    (void)state;
    for (size_t step = 1; step <= 12; step++) {
        struct outq q;
        char text[64];
        size_t done = 0;

        outq_init(&q);
        for (unsigned i = 0; i < 6; i++)
            assert_int_equal(outq_push(&q, &mem_libc, block_of(i % 2 ? "cd" : "abe")), OK);
        assert_int_equal(q.bytes, 15);
        while (q.bytes > 0) {
            size_t n = step < q.bytes ? step : q.bytes;

            read_out(&q, text);
            assert_string_equal(text, &"abecdabecdabecd"[done]);
            outq_consume(&q, &pool, n);
            done += n;
        }
        assert_int_equal(q.n, 0);
        outq_fini(&q, &mem_libc, &pool);
    }
    assert_int_equal(pool.live, 0);
}

static void refuses_what_a_silent_reader_would_pile_up(void **state)
{
    struct outq q;
    struct block *b = block_of("x");
    unsigned n = 0;

    (void)state;
    outq_init(&q);
    while (outq_push(&q, &mem_libc, b) == OK) {
        block_ref(b);
        n++;
    }
    assert_int_equal(n, LIMIT_TCP_QUEUE_BLOCKS);
    block_unref(&pool, b);
    outq_fini(&q, &mem_libc, &pool);

    b = block_new(&pool, 65536);
    b->len = 65536;
    for (n = 0; outq_push(&q, &mem_libc, b) == OK; n++)
        block_ref(b);
    assert_int_equal(n, LIMIT_TCP_QUEUE_BYTES / 65536);
    block_unref(&pool, b);
    outq_fini(&q, &mem_libc, &pool);
    assert_int_equal(pool.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_split_of_writes_gives_the_same_bytes),
        cmocka_unit_test(refuses_what_a_silent_reader_would_pile_up),
    };

    block_pool_init(&pool, &mem_libc, 16);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    block_pool_fini(&pool);
    return failed;
}
