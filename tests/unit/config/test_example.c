/* The example is a configuration: as it is the defaults, and with each of its lines brought to life
 * still one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "config/example.h"
#include "given.h"

static char *printed(void)
{
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);

    assert_non_null(f);
    config_print_example(f);
    assert_int_equal(fclose(f), 0);
    return text;
}

static void it_is_the_defaults(void **state)
{
    struct told t;
    char *text = printed();
    struct config *c = given(text, &t), *other = given("", &t);

    (void)state;
    assert_non_null(c);
    for (size_t k = 0; config_row(k); k++)
        assert_true(config_same(c, other, k));
    config_free(c);
    config_free(other);
    free(text);
}

/* A line of a key begins with '#' and no space behind it. */
static unsigned enliven(char *text)
{
    unsigned n = 0;

    for (char *at = text; (at = strchr(at, '#')); at++)
        if (at[1] != ' ') {
            memmove(at, at + 1, strlen(at));
            n++;
        }
    return n;
}

static void every_line_may_be_brought_to_life(void **state)
{
    struct told t;
    char *text = printed();
    unsigned n = 0;

    (void)state;
    while (config_row(n))
        n++;
    assert_int_equal(enliven(text), n);
    struct config *c = given(text, &t);
    if (!c)
        fail_msg("%s", t.text);
    config_free(c);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_the_defaults),
        cmocka_unit_test(every_line_may_be_brought_to_life),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
