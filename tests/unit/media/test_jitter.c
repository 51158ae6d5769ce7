/* The order of packets, and which are missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../base/mem_counting.h"
#include "media/jitter.h"

static struct jitter jitter;

static int put(unsigned sequence, unsigned timestamp)
{
    struct jitter_packet p = {.payload = STR("x"), .codec = codec_at(0)};
    if (!jitter_see(&jitter, (uint16_t)sequence, &p.sequence))
        return ERR_STALE;
    p.timestamp = jitter_extend(&jitter, timestamp);
    return jitter_put(&jitter, &p);
}

static void test_order(void **state)
{
    struct mem_counting m = mem_counting();
    (void)state;
    jitter_begin(&jitter, &m.mem);
    assert_int_equal(put(65534, 0xffffff00), OK); /* both go round */
    assert_int_equal(put(0, 0x40), OK);
    assert_int_equal(put(65535, 0xffffffa0), OK);
    assert_int_equal(put(65535, 0xffffffa0), ERR_STALE);
    assert_int_equal(put(2, 0x180), OK);
    assert_int_equal(jitter.n, 4);
    for (unsigned i = 1; i < 4; i++) {
        assert_true(jitter.packets[i].sequence > jitter.packets[i - 1].sequence);
        assert_true(jitter.packets[i].timestamp > jitter.packets[i - 1].timestamp);
    }
    uint32_t first = jitter_first(&jitter)->sequence;
    assert_false(jitter_misses(&jitter, first, first + 2));
    assert_true(jitter_misses(&jitter, first + 2, first + 4));
    assert_false(jitter_misses(&jitter, first + 4, first + 4));
    jitter_clear(&jitter);
    assert_int_equal(m.n_live, 0);
}

/* The buffer is full: the first makes room; without memory a packet is not kept. */
static void test_full(void **state)
{
    struct mem_counting m = mem_counting();
    (void)state;
    jitter_begin(&jitter, &m.mem);
    for (unsigned i = 0; i < LIMIT_JITTER_PACKETS + 5; i++)
        assert_int_equal(put(i, i * 160), OK);
    assert_int_equal(jitter.n, LIMIT_JITTER_PACKETS);
    assert_int_equal((uint16_t)jitter_first(&jitter)->sequence, 5);
    m.refuse_after = 0;
    assert_int_equal(put(1000, 160000), ERR_NOMEM);
    jitter_clear(&jitter);
    assert_int_equal(m.n_live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_order), cmocka_unit_test(test_full)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
