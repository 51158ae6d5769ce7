/* Any keys on any size, while calls come and are forgotten, with memory and without. */
#include "show.h"

#include <stdio.h>

#include "base/err.h"

static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(*seed >> 33);
}

static uint32_t any_key(uint64_t *seed)
{
    static const char usual[] =
        "\r\r\r\033\033q  jjkk//fhirRsxXmdwDtTAZz<>pcC90+-SS\001\004\005\t\177y4x";
    uint32_t r = next_random(seed);
    if (r % 4 == 0)
        return SCREEN_UP + r / 4 % 8;
    if (r % 16 == 1)
        return SCREEN_F0 + 1 + r / 16 % 12;
    return r % 97 == 2 ? r % 0x120000 : (uint8_t)usual[r / 16 % (sizeof usual - 1)];
}

static void any_event(struct show *h, uint64_t *seed, unsigned ms)
{
    char id[16];
    (void)snprintf(id, sizeof id, "%u", next_random(seed) % 3000);
    struct said s = {ms,
                     next_random(seed) % 2 ? "10.0.0.1:5060" : "[2001:db8::1]:5062",
                     next_random(seed) % 2 ? "10.0.0.1:5060" : "10.0.0.2:5060",
                     next_random(seed) % 2 ? "200 \033[2J\xe6\xbc\xa2" : "INVITE sip:b@x",
                     id,
                     "\"\033]0;\a\" <sip:a@x>;tag=a",
                     "<sip:b@x>",
                     "1 INVITE",
                     1,
                     next_random(seed) % 2 ? "Replaces: 7;from-tag=a;to-tag=b\r\n" : NULL,
                     next_random(seed) % 2 ? "v=0\r\n" : NULL};
    int error = rig_say(&h->rig, &s);
    assert_true(error == OK || error == ERR_NOMEM);
}

static void play(uint64_t seed, unsigned turns, bool memory_fails)
{
    struct show h;
    uint64_t first = seed;
    show_init(&h, &(struct screen_options){.source = "x", .is_ascii = first % 2, .is_live = true});
    for (unsigned i = 0; i < turns; i++) {
        uint32_t r = next_random(&seed);
        h.rig.spare = memory_fails && r % 3 == 0 ? 0 : -1;
        if (r % 5 == 0) {
            any_event(&h, &seed, i);
            screen_update(h.s);
        }
        if (r % 31 == 1)
            (void)!screen_resize(h.s, (int)(r / 31 % 30), (int)(r / 1024 % 120));
        if (screen_key(h.s, any_key(&seed)) == SCREEN_SAVES)
            screen_saved(h.s, r % 2 ? NULL : "no");
        (void)show_find(&h, "");
    }
    show_fini(&h);
}

static void any_keys_do_no_harm(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++)
        play(seed, 1500, false);
}

static void nor_do_they_without_memory(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++)
        play(seed, 1500, true);
}

/* The table forgets its oldest calls while they are looked at. */
static void calls_may_be_forgotten_while_they_are_shown(void **state)
{
    struct show h;
    char id[16];
    (void)state;
    show_init(&h, NULL);
    tell_short_call(&h, 0, "first", "anna", "486 Busy Here");
    show_type(&h, "\r R");
    for (unsigned i = 0; i < 20000; i++) {
        (void)snprintf(id, sizeof id, "%u", i);
        tell_short_call(&h, 1000 + i, id, "zoe", "200 OK");
        if (trace_calls_counts(h.rig.calls).forgotten > 2)
            break;
    }
    assert_true(trace_calls_counts(h.rig.calls).forgotten > 0);
    assert_false(show_has(&h, "486 Busy Here"));
    show_type(&h, "q j q");
    assert_true(show_has(&h, "zoe@"));
    assert_true(show_has(&h, "forgotten"));
    show_fini(&h);
}

static void the_smallest_screens_show_something(void **state)
{
    struct show h;
    (void)state;
    show_init(&h, NULL);
    rig_tell(&h.rig, plain_call, n_plain_call);
    screen_update(h.s);
    for (int rows = 1; rows < 12; rows++)
        for (int cols = 1; cols < 60; cols++) {
            assert_int_equal(screen_resize(h.s, rows, cols), OK);
            (void)show_find(&h, "");
            show_type(&h, "\r");
            (void)show_find(&h, "");
            show_type(&h, " j ");
            (void)show_find(&h, "");
            show_type(&h, "qqR");
            (void)show_find(&h, "");
            show_type(&h, "qqi");
            (void)show_find(&h, "");
            show_type(&h, "qh");
            (void)show_find(&h, "");
            show_type(&h, "qf");
            (void)show_find(&h, "");
            show_type(&h, "\033s");
            (void)show_find(&h, "");
            show_type(&h, "\033");
        }
    show_fini(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_keys_do_no_harm),
        cmocka_unit_test(nor_do_they_without_memory),
        cmocka_unit_test(calls_may_be_forgotten_while_they_are_shown),
        cmocka_unit_test(the_smallest_screens_show_something),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
