/* The generator: published ChaCha8 bytes, replay, bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/rand.h"

/* ChaCha8, 256-bit key of zeros, nonce 0: test vector 1 of draft-strombergson-chacha-test-vectors.
 */
static void gives_the_published_bytes(void **state)
{
    (void)state;
    static const uint8_t expected[64] = {
        0x3e, 0x00, 0xef, 0x2f, 0x89, 0x5f, 0x40, 0xd6, 0x7f, 0x5b, 0xb8, 0xe8, 0x1f,
        0x09, 0xa5, 0xa1, 0x2c, 0x84, 0x0e, 0xc3, 0xce, 0x9a, 0x7f, 0x3b, 0x18, 0x1b,
        0xe1, 0x88, 0xef, 0x71, 0x1a, 0x1e, 0x98, 0x4c, 0xe1, 0x72, 0xb9, 0x21, 0x6f,
        0x41, 0x9f, 0x44, 0x53, 0x67, 0x45, 0x6d, 0x56, 0x19, 0x31, 0x4a, 0x42, 0xa3,
        0xda, 0x86, 0xb0, 0x01, 0x38, 0x7b, 0xfd, 0xb8, 0x0e, 0x0c, 0xfe, 0x42};
    struct rand_seed seed = {{0}};
    struct rand r;
    uint8_t got[64];
    rand_init(&r, &seed);
    rand_bytes(&r, got, sizeof got);
    assert_memory_equal(got, expected, sizeof got);
    rand_init(&r, &seed);
    assert_true(rand_u64(&r) == UINT64_C(0xd6405f892fef003e));
}

static void the_same_seed_gives_the_same_numbers_in_any_portions(void **state)
{
    (void)state;
    struct rand_seed seed = rand_seed_from(42);
    struct rand a, b;
    uint8_t whole[1000], parts[1000];
    rand_init(&a, &seed);
    rand_init(&b, &seed);
    rand_bytes(&a, whole, sizeof whole);
    for (size_t at = 0, n = 1; at < sizeof parts; at += n, n = n * 2 % 127) {
        if (n > sizeof parts - at)
            n = sizeof parts - at;
        rand_bytes(&b, parts + at, n);
    }
    assert_memory_equal(whole, parts, sizeof whole);
    assert_true(memcmp(whole, whole + 64, 64) != 0);
}

static void unlike_seeds_differ(void **state)
{
    (void)state;
    struct rand_seed seeds[2] = {rand_seed_from(1), rand_seed_from(2)};
    struct rand a, b;
    rand_init(&a, &seeds[0]);
    rand_init(&b, &seeds[1]);
    assert_true(rand_u64(&a) != rand_u64(&b));
}

static void numbers_stay_below_their_bound_and_reach_all(void **state)
{
    (void)state;
    struct rand_seed seed = rand_seed_from(7);
    struct rand r;
    unsigned seen[6] = {0};
    rand_init(&r, &seed);
    for (unsigned i = 0; i < 6000; i++) {
        uint64_t n = rand_below(&r, 6);
        assert_in_range(n, 0, 5);
        seen[n]++;
    }
    for (unsigned i = 0; i < 6; i++)
        assert_in_range(seen[i], 850, 1150);
    assert_true(rand_below(&r, 1) == 0);
    uint64_t bound = (UINT64_C(1) << 63) + 1;
    for (unsigned i = 0; i < 100; i++)
        assert_true(rand_below(&r, bound) < bound);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_published_bytes),
        cmocka_unit_test(the_same_seed_gives_the_same_numbers_in_any_portions),
        cmocka_unit_test(unlike_seeds_differ),
        cmocka_unit_test(numbers_stay_below_their_bound_and_reach_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
