/* The hash of a list of texts, at all lengths about those of its run: nothing is written beyond it,
 * and a text counts as its length and its bytes do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "proxy/gather.h"

#define RUN sizeof((struct gather *)NULL)->at

static const struct hash_key key = {1, 2};
static char bytes[3 * RUN];

static struct str text_of(size_t len)
{
    return (struct str){bytes, len};
}

static uint64_t by_parts(size_t first, size_t second)
{
    struct gather g;
    gather_init(&g, &key);
    for (size_t i = 0; i < 2; i++) {
        struct str s = text_of(i == 0 ? first : second);
        uint32_t len = (uint32_t)s.len;
        gather_bytes(&g, &len, sizeof len);
        gather_bytes(&g, s.at, s.len);
    }
    return gather_hash(&g);
}

static uint64_t by_texts(size_t first, size_t second)
{
    struct {
        struct gather g;
        char beyond[sizeof bytes];
    } guarded;
    memset(guarded.beyond, 'x', sizeof guarded.beyond);
    gather_init(&guarded.g, &key);
    gather_text(&guarded.g, text_of(first));
    gather_text(&guarded.g, text_of(second));
    uint64_t hash = gather_hash(&guarded.g);
    for (size_t i = 0; i < sizeof guarded.beyond; i++)
        assert_int_equal(guarded.beyond[i], 'x');
    return hash;
}

static void a_text_is_its_length_and_its_bytes(void **state)
{
    (void)state;
    static const size_t seconds[] = {0, 1, 3, 100, RUN - 5, RUN - 4, RUN, 2 * RUN};
    for (size_t first = 0; first < 2 * RUN; first++)
        for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++)
            assert_true(by_texts(first, seconds[i]) == by_parts(first, seconds[i]));
}

static void other_lists_have_other_hashes(void **state)
{
    (void)state;
    assert_true(by_texts(1, 2) != by_texts(2, 1));
    assert_true(by_texts(RUN, 0) != by_texts(RUN - 1, 1));
}

int main(void)
{
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 7);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_its_length_and_its_bytes),
        cmocka_unit_test(other_lists_have_other_hashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
