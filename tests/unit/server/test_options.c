/* The command line of `tandem serve`: what stands for values of the configuration, and what is
 * refused before any value is looked at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "server/options.h"

#define ARGS_MAX (LIMIT_OPTIONS + 8)

static struct server_options o;

/* Words apart by spaces; what is said goes nowhere. */
static int read_words(const char *text)
{
    static char words[200];
    static char name[] = "serve";
    char *argv[16] = {name}, *at = words;
    FILE *terminal = stderr;
    int argc = 1;

    snprintf(words, sizeof words, "%s", text);
    for (char *word; (word = strsep(&at, " ")) && argc < 15;)
        if (*word)
            argv[argc++] = word;
    stderr = fopen("/dev/null", "w");
    int status = server_options_read(&o, argc, argv);
    fclose(stderr);
    stderr = terminal;
    return status;
}

static void options_stand_for_values(void **state)
{
    static const struct {
        const char *words, *key, *value;
    } rows[] = {
        {"--listen udp:x:1", "listen", "udp:x:1"},
        {"--domain a", "domains", "a"},
        {"--data /d", "data", "/d"},
        {"--workers 3", "workers", "3"},
        {"--control /c", "control.socket", "/c"},
        {"--user u", "user", "u"},
        {"--no-sandbox", "sandbox", "false"},
        {"--json", "log.format", "json"},
        {"--no-auth", "accounts.auth", "none"},
        {"-v", "log.level", "debug"},
        {"--verbose", "log.level", "debug"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(read_words(rows[i].words), 0);
        assert_int_equal(o.n_overrides, 1);
        assert_string_equal(o.overrides[0].key, rows[i].key);
        assert_true(str_equal(o.overrides[0].value, str_from(rows[i].value)));
        assert_int_equal(o.json, strcmp(rows[i].words, "--json") == 0);
        assert_null(o.file);
    }
    assert_int_equal(read_words("--config f.yaml --listen a --listen b"), 0);
    assert_string_equal(o.file, "f.yaml");
    assert_int_equal(o.n_overrides, 2);
    assert_int_equal(read_words("--help"), 0);
    assert_true(o.help);
}

static void what_is_no_option_is_refused(void **state)
{
    static const char *const rows[] = {"--lisen x", "-x",       "file",
                                       "--workers", "--json=1", "--config"};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (read_words(rows[i]) != 2)
            fail_msg("%s", rows[i]);
}

static int read_many(int n)
{
    static char name[] = "serve", option[] = "-v";
    static char *argv[ARGS_MAX];
    FILE *terminal = stderr;

    argv[0] = name;
    for (int i = 1; i <= n; i++)
        argv[i] = option;
    argv[n + 1] = NULL;
    stderr = fopen("/dev/null", "w");
    int status = server_options_read(&o, n + 1, argv);
    fclose(stderr);
    stderr = terminal;
    return status;
}

static void their_number_has_an_end(void **state)
{
    (void)state;
    assert_int_equal(read_many(LIMIT_OPTIONS), 0);
    assert_int_equal(read_many(LIMIT_OPTIONS + 1), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_stand_for_values),
        cmocka_unit_test(what_is_no_option_is_refused),
        cmocka_unit_test(their_number_has_an_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
