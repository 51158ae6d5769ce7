/* The client commands' options: which command has which, and what is said of wrong ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "phone/options.h"

#define WORDS 12

static int read_words(struct phone_options *o, enum phone_command command,
                      const char *const words[WORDS])
{
    char *argv[WORDS + 2];
    int n = 0;
    argv[n++] = (char *)(uintptr_t) "tandem";
    for (unsigned i = 0; i < WORDS && words[i]; i++)
        argv[n++] = (char *)(uintptr_t)words[i];
    argv[n] = NULL;
    return phone_options_read(o, command, n, argv);
}

static void each_is_read(void **state)
{
    (void)state;
    struct phone_options o;
    const char *const words[WORDS] = {"sip:bob@example.com",
                                      "--as",
                                      "alice@example.com",
                                      "--for",
                                      "2.5",
                                      "--dtmf",
                                      "12,#",
                                      "--audio",
                                      "none",
                                      "--json"};
    assert_int_equal(read_words(&o, PHONE_CALL, words), PHONE_DONE);
    assert_string_equal(o.target, "sip:bob@example.com");
    assert_string_equal(o.as[0], "alice@example.com");
    assert_int_equal(o.for_ms, 2500);
    assert_true(o.has_for && o.json && !o.verbose && !o.has_after);
    assert_int_equal(o.audio, PHONE_AUDIO_NONE);
    assert_int_equal(o.calls, 1);
}

static bool begins(const char *word, int *status)
{
    struct phone_options o;
    char *argv[] = {(char *)(uintptr_t) "tandem", (char *)(uintptr_t)word, NULL};
    return phone_options_take(&o, PHONE_OPTIONS, 2, argv, "", status);
}

static void help_and_mistakes_end_a_command(void **state)
{
    (void)state;
    int status = -1;
    assert_true(begins("sip:bob@example.com", &status));
    assert_int_equal(status, PHONE_DONE);
    assert_false(begins("--help", &status));
    assert_int_equal(status, PHONE_DONE);
    assert_false(begins("--nonsense", &status));
    assert_int_equal(status, PHONE_BAD_USAGE);
}

static void what_stands_without_an_option(void **state)
{
    (void)state;
    struct phone_options o;
    assert_int_equal(read_words(&o, PHONE_REQUEST, (const char *const[WORDS]){"INFO", "sip:a@b"}),
                     PHONE_DONE);
    assert_string_equal(o.method, "INFO");
    assert_string_equal(o.target, "sip:a@b");
    assert_int_equal(read_words(&o, PHONE_MESSAGE, (const char *const[WORDS]){"sip:a@b", "hi"}),
                     PHONE_DONE);
    assert_string_equal(o.text, "hi");
    assert_int_equal(read_words(&o, PHONE_REGISTER, (const char *const[WORDS]){"alice@b"}),
                     PHONE_DONE);
    assert_string_equal(o.as[0], "alice@b");
    assert_int_equal(o.expires_s, 3600);
}

static void seconds_have_fractions(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int ms; /* -1: wrong */
    } cases[] = {{"3", 3000}, {"0.25", 250}, {"0.5", 500}, {"1.001", 1001}, {"0", 0},
                 {"", -1},    {"x", -1},     {"1.", -1},   {"1.0001", -1},  {"-1", -1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct phone_options o;
        const char *const words[WORDS] = {"sip:a@b", "--for", cases[i].text};
        int status = read_words(&o, PHONE_CALL, words);
        if (cases[i].ms < 0 ? status != PHONE_BAD_USAGE : (int)o.for_ms != cases[i].ms || status)
            fail_msg("%s: %d, %u ms", cases[i].text, status, o.for_ms);
    }
}

static void wrong_ones_are_usage_errors(void **state)
{
    (void)state;
    static const struct {
        enum phone_command command;
        const char *words[WORDS];
    } bad[] = {
        {PHONE_OPTIONS, {NULL}},
        {PHONE_MESSAGE, {"sip:a@b"}},
        {PHONE_REQUEST, {"INFO"}},
        {PHONE_REGISTER, {NULL}},
        {PHONE_ANSWER, {NULL}},
        {PHONE_OPTIONS, {"sip:a@b", "more"}},
        {PHONE_OPTIONS, {"sip:a@b", "--nonsense"}},
        {PHONE_OPTIONS, {"sip:a@b", "--as"}},
        {PHONE_OPTIONS, {"sip:a@b", "--play", "x.wav"}},
        {PHONE_OPTIONS, {"sip:a@b", "--header", "no colon"}},
        {PHONE_OPTIONS, {"sip:a@b", "--header", "A: b\nC: d"}},
        {PHONE_OPTIONS, {"sip:a@b", "--listen", "udp:nowhere:x"}},
        {PHONE_OPTIONS, {"sip:a@b", "--listen", "ws:127.0.0.1:0"}},
        {PHONE_OPTIONS, {"sip:a@b", "--via-server", "some"}},
        {PHONE_CALL, {"sip:a@b", "--dtmf", "12x"}},
        {PHONE_CALL, {"sip:a@b", "--audio", "loud"}},
        {PHONE_CALL, {"sip:a@b", "--transfer", "maybe"}},
        {PHONE_ANSWER, {"--as", "a@b", "--reject", "200"}},
        {PHONE_ANSWER, {"--as", "a@b", "--calls", "0"}},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct phone_options o;
        if (read_words(&o, bad[i].command, bad[i].words) != PHONE_BAD_USAGE)
            fail_msg("%zu", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_read),
        cmocka_unit_test(help_and_mistakes_end_a_command),
        cmocka_unit_test(what_stands_without_an_option),
        cmocka_unit_test(seconds_have_fractions),
        cmocka_unit_test(wrong_ones_are_usage_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
