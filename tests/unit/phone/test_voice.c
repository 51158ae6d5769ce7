/* The voice of a call, before anything is agreed on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "phone/voice.h"

#define NOW (5 * NS_PER_S)

/* Without a sound card the phone would be awake all the time that it rings. */
static void a_tone_that_nobody_hears_wakes_nobody(void **state)
{
    (void)state;
    struct voice v = {.port.fds = {-1, -1}, .next = TIME_NEVER, .digits_at = TIME_NEVER};
    voice_ring(&v, NOW);
    assert_int_equal(voice_deadline(&v), NOW + VOICE_FRAME);
    voice_time(&v, NULL, NOW + VOICE_FRAME);
    assert_int_equal(voice_deadline(&v), TIME_NEVER);
    voice_end(&v, NOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tone_that_nobody_hears_wakes_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
