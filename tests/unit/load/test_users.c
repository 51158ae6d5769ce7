/* The table of users: what counts as one, and what its fields are. */
#include "rig.h"

static struct mem_counting heap;

static struct users *read_users(const char *text)
{
    char what[200];
    heap = mem_counting();
    return users_read(&heap.mem, str_from(text), what, sizeof what);
}

static void assert_field(const struct users *u, unsigned user, unsigned n, const char *text)
{
    assert_true(str_equal(users_field(u, user, n), str_from(text)));
}

static void test_fields(void **state)
{
    struct users *u =
        read_users("SEQUENTIAL\r\n# nobody\nann;secret;9\r\n\nbob;;[authentication]\n");
    (void)state;
    assert_non_null(u);
    assert_int_equal(users_count(u), 2);
    assert_false(users_are_random(u));
    assert_field(u, 0, 0, "ann");
    assert_field(u, 0, 2, "9");
    assert_field(u, 0, 3, "");
    assert_field(u, 1, 1, "");
    assert_field(u, 1, 2, "[authentication]");
    assert_field(u, 3, 0, "bob");
    users_free(u);
    assert_int_equal(heap.n_live, 0);
}

static void test_order(void **state)
{
    struct users *u = read_users("RANDOM\nx");
    (void)state;
    assert_true(users_are_random(u));
    users_free(u);
}

static void test_refused(void **state)
{
    static const char *const texts[] = {"", "ann;secret\n", "SEQUENTIAL\n", "SEQUENTIAL\n#x\n\n"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_null(read_users(texts[i]));
        assert_int_equal(heap.n_live, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
