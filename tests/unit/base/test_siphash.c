/* SipHash against published vectors, and the case-blind one against the plain one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/siphash.h"

/* SipHash: a fast short-input PRF, appendix A and its vectors: key 00 01 … 0f, input 00 01 … n-1.
 */
static void siphash24_gives_the_published_vectors(void **state)
{
    (void)state;
    static const uint64_t expected[] = {
        0x726fdb47dd0e0e31, 0x74f839c593dc67fd, 0x0d6c8009d9a94f5a, 0x85676696d7fb7e2d,
        0xcf2794e0277187b7, 0x18765564cd99a68d, 0xcbc9466e58fee3ce, 0xab0200f58b01d137,
        0x93f5f5799a932462, 0x9e0082df0ba9e4b0, 0x7a5dbbc594ddb9f3, 0xf4b32f46226bada7,
        0x751e8fbc860ee5fb, 0x14ea5627c0843d90, 0xf723ca908e7af2ee, 0xa129ca6149be45e5};
    const struct hash_key key = {0x0706050403020100, 0x0f0e0d0c0b0a0908};
    char input[16];
    for (size_t n = 0; n < sizeof input; n++) {
        input[n] = (char)n;
        assert_true(siphash24(&key, (struct str){input, n}) == expected[n]);
    }
}

/* Values of an independent implementation (the bytes hash of CPython 3.11 with hash seed 0): key 0,
 * input 00 01 … n. */
static void siphash13_agrees_with_another_implementation(void **state)
{
    (void)state;
    static const uint64_t expected[] = {
        0x68a914128e01e473, 0x010bac45c41e3669, 0x4d4c9a4a8ef6e0ad, 0x7cc43f98813e4dbd,
        0x5abe2169dff36275, 0xe3c25f87624f1cdb, 0x2f098ab0c751325a, 0xead411e67ebe2eea,
        0x75927f9d95124362, 0xaf9f77a65ab51a1d, 0xfe64ce8b6617fcff, 0xa6baf4fb0f9fe1c2,
        0xa0cf3211850f8e0d, 0x7f86049379fbfe67, 0xf30eb725bb91c9ea, 0x8972188433a5c5b7,
    };
    const struct hash_key key = {0, 0};
    char input[16];
    for (size_t n = 0; n < sizeof input; n++) {
        input[n] = (char)n;
        assert_true(siphash13(&key, (struct str){input, n + 1}) == expected[n]);
    }
}

static void nocase_hashes_as_lower_case(void **state)
{
    (void)state;
    static const struct {
        struct str text, lower;
    } cases[] = {{STR_INIT("Bob@Example.COM"), STR_INIT("bob@example.com")},
                 {STR_INIT("ABCDEFGH"), STR_INIT("abcdefgh")},
                 {STR_INIT("Z"), STR_INIT("z")},
                 {STR_INIT("@[`{\xc3\x84\xdf@[`"), STR_INIT("@[`{\xc3\x84\xdf@[`")},
                 {STR_INIT(""), STR_INIT("")}};
    const struct hash_key key = {1, 2}, other = {1, 3};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(siphash13_nocase(&key, cases[i].text) == siphash13(&key, cases[i].lower));
        assert_true(siphash13(&other, cases[i].lower) != siphash13(&key, cases[i].lower));
    }
    assert_true(siphash13(&key, STR("Z")) != siphash13(&key, STR("z")));
}

/* All bytes are 0, so that only the lengths tell texts apart. */
static uint64_t hash_of(size_t first, size_t second)
{
    static char bytes[1024];
    const struct hash_key key = {1, 2};
    struct siphash h;
    assert_true(first <= sizeof bytes && second <= sizeof bytes);
    siphash_init(&h, &key);
    siphash_text(&h, (struct str){bytes, first});
    siphash_text(&h, (struct str){bytes, second});
    return siphash_end(&h);
}

static void texts_do_not_run_together(void **state)
{
    (void)state;
    static const size_t lens[] = {0, 1, 7, 8, 9, 16, 254, 255, 256, 263, 264, 511, 512, 767, 1023};
    const size_t n = sizeof lens / sizeof *lens;
    for (size_t i = 0; i < n * n; i++)
        for (size_t j = 0; j < i; j++)
            assert_true(hash_of(lens[i / n], lens[i % n]) != hash_of(lens[j / n], lens[j % n]));
}

/* Eight bytes that are the last word of a shorter text, and the length of a long one. */
static void no_text_passes_for_the_end_of_another(void **state)
{
    (void)state;
    const struct hash_key key = {1, 2};
    static const struct {
        struct str texts[2];
    } lists[] = {{{STR_INIT("a"), STR_INIT("bcdefgh")}},
                 {{STR_INIT("a\0\0\0\0\0\0\1bcdefgh"), STR_INIT("")}},
                 {{STR_INIT(""), STR_INIT("a\0\0\0\0\0\0\1bcdefgh")}}};
    uint64_t hashes[3];
    for (size_t i = 0; i < 3; i++) {
        struct siphash h;
        siphash_init(&h, &key);
        siphash_text(&h, lists[i].texts[0]);
        siphash_text(&h, lists[i].texts[1]);
        hashes[i] = siphash_end(&h);
    }
    assert_true(hashes[0] != hashes[1] && hashes[0] != hashes[2] && hashes[1] != hashes[2]);
}

/* A list of one text, up to where its length takes a word of its own, is that text. */
static void one_short_text_hashes_as_itself(void **state)
{
    (void)state;
    const struct hash_key key = {3, 4};
    char text[254];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('A' + i % 60);
    for (size_t len = 0; len <= sizeof text; len++) {
        struct siphash h, nocase;
        siphash_init(&h, &key);
        siphash_text(&h, (struct str){text, len});
        assert_true(siphash_end(&h) == siphash13(&key, (struct str){text, len}));
        siphash_init(&nocase, &key);
        siphash_text_nocase(&nocase, (struct str){text, len});
        assert_true(siphash_end(&nocase) == siphash13_nocase(&key, (struct str){text, len}));
    }
}

static uint64_t hash_of_pair(struct str one, struct str other)
{
    const struct hash_key key = {7, 8};
    struct siphash h;
    siphash_init(&h, &key);
    siphash_pair(&h, one, other);
    return siphash_end(&h);
}

static void of_a_pair_neither_is_the_first(void **state)
{
    (void)state;
    assert_true(hash_of_pair(STR("a"), STR("b")) == hash_of_pair(STR("b"), STR("a")));
    assert_true(hash_of_pair(STR("a"), STR("")) == hash_of_pair(STR(""), STR("a")));
    assert_true(hash_of_pair(STR("a"), STR("b")) != hash_of_pair(STR("a"), STR("a")));
    assert_true(hash_of_pair(STR("a"), STR("")) != hash_of_pair(STR("a"), STR("a")));
}

static void numbers_count(void **state)
{
    (void)state;
    const struct hash_key key = {5, 6};
    uint64_t last = 0;
    for (uint64_t n = 1; n != 0; n <<= 1) {
        struct siphash h;
        siphash_init(&h, &key);
        siphash_number(&h, n);
        uint64_t hash = siphash_end(&h);
        assert_true(hash != last);
        last = hash;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(siphash24_gives_the_published_vectors),
        cmocka_unit_test(siphash13_agrees_with_another_implementation),
        cmocka_unit_test(nocase_hashes_as_lower_case),
        cmocka_unit_test(texts_do_not_run_together),
        cmocka_unit_test(no_text_passes_for_the_end_of_another),
        cmocka_unit_test(one_short_text_hashes_as_itself),
        cmocka_unit_test(of_a_pair_neither_is_the_first),
        cmocka_unit_test(numbers_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
