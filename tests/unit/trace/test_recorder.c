/* The recorder: what was put is read back as it was, the oldest is forgotten first, and whoever
 * reads slowly loses records, never halves of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/rand.h"
#include "trace/recorder.h"

static char copied[RECORDER_LEAST];

static void put(struct recorder *r, unsigned number, size_t len)
{
    static char text[RECORDER_LEAST];
    memset(text, 'a' + (int)(number % 26), len);
    recorder_put(r, &(struct record){.kind = RECORD_CAME, .at = number, .text = {text, len}});
}

/* How many records there are from *cursor on, each whole; *first, *last: their numbers. */
static unsigned take(struct recorder *r, uint64_t *cursor, time_ns *first, time_ns *last)
{
    unsigned n = 0;
    size_t len;
    while ((len = recorder_copy(r, cursor, copied, RECORD_MOST)) > 0) {
        struct str all = {copied, len};
        struct record got;
        for (; record_next(&all, &got); n++) {
            if (n == 0)
                *first = got.at;
            else
                assert_int_equal(got.at, *last + 1);
            *last = got.at;
            for (size_t i = 0; i < got.text.len; i++)
                assert_int_equal(got.text.at[i], 'a' + (int)(got.at % 26));
        }
        assert_int_equal(all.len, 0);
    }
    return n;
}

static void a_record_is_read_as_it_was(void **state)
{
    struct recorder *r = recorder_new(&mem_libc, 0);
    struct record why = {.kind = RECORD_WHY,
                         .reason = REASON_RULE,
                         .at = 7,
                         .call_id = STR("a@b"),
                         .text = STR("\"office\"")};
    struct record came = {
        .kind = RECORD_CAME, .transport = TRANSPORT_UDP, .at = 9, .text = STR("x")};
    struct record got;
    uint64_t cursor = 0;

    (void)state;
    assert_true(addr_parse(STR("[2001:db8::1]:5060"), &came.remote));
    recorder_put(r, &why);
    recorder_put(r, &came);
    struct str all = {copied, recorder_copy(r, &cursor, copied, sizeof copied)};
    assert_true(record_next(&all, &got));
    assert_int_equal(got.kind, RECORD_WHY);
    assert_string_equal(reason_name((enum reason)got.reason), "rule");
    assert_true(str_equal(got.call_id, why.call_id) && str_equal(got.text, why.text));
    assert_true(record_next(&all, &got));
    assert_true(got.kind == RECORD_CAME && got.transport == TRANSPORT_UDP && got.at == 9);
    assert_true(addr_equal(&got.remote, &came.remote) && str_equal(got.text, STR("x")));
    assert_false(record_next(&all, &got));
    assert_int_equal(recorder_copy(r, &cursor, copied, sizeof copied), 0);
    put(r, 10, 3);
    assert_true(recorder_copy(r, &cursor, copied, sizeof copied) > 0);
    recorder_free(r);
}

/* A request that another worker read came earlier than what this one has done meanwhile. */
static void times_do_not_go_back(void **state)
{
    struct recorder *r = recorder_new(&mem_libc, 0);
    struct record got;
    uint64_t cursor = 0;

    (void)state;
    put(r, 5, 10);
    put(r, 3, 10);
    struct str all = {copied, recorder_copy(r, &cursor, copied, RECORD_MOST)};
    assert_true(record_next(&all, &got) && record_next(&all, &got));
    assert_int_equal(got.at, 5);
    recorder_free(r);
}

static void the_oldest_are_forgotten(void **state)
{
    struct recorder *r = recorder_new(&mem_libc, 0);
    time_ns first, last;
    unsigned number = 0;
    struct rand_seed seed = rand_seed_from(1);
    struct rand rand;

    (void)state;
    rand_init(&rand, &seed);
    for (unsigned round = 0; round < 300; round++) {
        uint64_t cursor = 0;
        size_t sum = 0;
        for (unsigned i = 0; i < 100; i++) {
            size_t len = (size_t)rand_below(&rand, round % 7 == 0 ? RECORD_TEXT_MOST : 1500);
            put(r, ++number, len);
            sum += len;
        }
        unsigned n = take(r, &cursor, &first, &last);
        assert_int_equal(last, number);
        assert_true(n > 4 && (n >= 100 || sum > RECORDER_LEAST / 2));
    }
    recorder_free(r);
}

static void a_reader_that_is_slow_loses_the_oldest(void **state)
{
    struct recorder *r = recorder_new(&mem_libc, 0);
    uint64_t cursor = 0;
    time_ns first, last;

    (void)state;
    put(r, 1, 100);
    assert_int_equal(take(r, &cursor, &first, &last), 1);
    for (unsigned i = 2; i < 2000; i++)
        put(r, i, 1000);
    unsigned n = take(r, &cursor, &first, &last);
    assert_true(n > 200 && n < 1998);
    assert_int_equal(last, 1999);
    put(r, 2000, 10);
    assert_int_equal(take(r, &cursor, &first, &last), 1);
    assert_int_equal(first, 2000);
    recorder_free(r);
}

static void of_what_is_too_long_the_beginning_is_kept(void **state)
{
    struct recorder *r = recorder_new(&mem_libc, 0);
    struct record got;
    uint64_t cursor = 0;

    (void)state;
    put(r, 1, RECORD_TEXT_MOST + 1);
    recorder_put(
        r, &(struct record){.kind = RECORD_WHY, .call_id = {copied, RECORD_CALL_ID_MOST + 1}});
    struct str all = {copied, recorder_copy(r, &cursor, copied, RECORD_MOST)};
    assert_true(record_next(&all, &got));
    assert_int_equal(got.text.len, RECORD_TEXT_MOST);
    assert_false(record_next(&all, &got));
    recorder_free(r);
    put(NULL, 1, 1);
    recorder_free(NULL);
}

/* At whatever place in the ring, and where it made others forgotten. */
static void what_is_done_again_is_taken_back(void **state)
{
    struct recorder *r = recorder_new(&mem_libc, 0);
    struct rand_seed seed = rand_seed_from(2);
    struct rand rand;
    time_ns first, last;

    (void)state;
    rand_init(&rand, &seed);
    for (unsigned i = 1; i < 3000; i++) {
        put(r, i, (size_t)rand_below(&rand, 3000));
        uint64_t cursor = 0, mark = recorder_mark(r);
        unsigned before = take(r, &cursor, &first, &last);
        for (unsigned k = 0; k < i % 3; k++)
            put(r, i, i % 7 == 0 ? RECORD_TEXT_MOST : 100);
        recorder_take_back(r, mark);
        assert_int_equal(recorder_mark(r), mark);
        cursor = 0;
        assert_in_range(take(r, &cursor, &first, &last), 1, before);
        assert_int_equal(last, i);
    }
    recorder_free(r);
    recorder_take_back(NULL, recorder_mark(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_read_as_it_was),
        cmocka_unit_test(times_do_not_go_back),
        cmocka_unit_test(the_oldest_are_forgotten),
        cmocka_unit_test(a_reader_that_is_slow_loses_the_oldest),
        cmocka_unit_test(of_what_is_too_long_the_beginning_is_kept),
        cmocka_unit_test(what_is_done_again_is_taken_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
