/* Texts side by side. */
#include "../trace/rig.h"

#include "../../../src/screen/differ.h"

/* "=" both, "<>" each its own, "<" and ">" one alone. */
static void assert_differ(const char *left, const char *right, const char *expected)
{
    struct rig r;
    char got[512] = "";
    size_t n = 0;
    rig_heap(&r);
    struct differ *d = differ_new(&r.mem, str_from(left), str_from(right));
    assert_non_null(d);
    for (size_t i = 0; i < d->n && n < sizeof got - 4; i++) {
        struct differ_pair p = d->pairs[i];
        bool has_left = p.left != DIFFER_NONE, has_right = p.right != DIFFER_NONE;
        if (has_left && has_right && str_equal(d->left.lines[p.left], d->right.lines[p.right])) {
            got[n++] = '=';
            continue;
        }
        if (has_left)
            got[n++] = '<';
        if (has_right)
            got[n++] = '>';
        got[n++] = ' ';
    }
    got[n] = 0;
    assert_string_equal(got, expected);
    differ_free(&r.mem, d);
    assert_int_equal(r.live, 0);
}

static void lines_in_common_stand_side_by_side(void **state)
{
    (void)state;
    assert_differ("a\r\nb\r\nc\r\n", "a\nb\nc", "===");
    assert_differ("a\nb\nc\n", "a\nx\nc\n", "=<> =");
    assert_differ("a\nb\nc\n", "a\nc\n", "=< =");
    assert_differ("a\nc\n", "a\nb\nb\nc\n", "=> > =");
    assert_differ("x\na\ny\nz\n", "a\nw\n", "< =<> < ");
    assert_differ("", "a\n", "> ");
    assert_differ("", "", "");
}

static void long_texts_are_compared_as_far_as_it_goes(void **state)
{
    struct rig r;
    static char text[3 * DIFFER_LINES];
    (void)state;
    for (size_t i = 0; i + 1 < sizeof text; i++)
        text[i] = i % 2 ? '\n' : 'a';
    rig_heap(&r);
    struct differ *d = differ_new(&r.mem, str_from(text), str_from(text));
    assert_non_null(d);
    assert_int_equal(d->n, DIFFER_LINES);
    assert_true(d->left.is_cut && d->right.is_cut);
    differ_free(&r.mem, d);
    r.spare = 1;
    assert_null(differ_new(&r.mem, str_from(text), str_from(text)));
    assert_int_equal(r.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_in_common_stand_side_by_side),
        cmocka_unit_test(long_texts_are_compared_as_far_as_it_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
