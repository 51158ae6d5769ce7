/* Texts become runs and fields; what is no field stays text; what is unknown is said. */
#include "rig.h"

static struct mem_counting heap;
static char what[200];

static int variable(void *arg, struct str name)
{
    (void)arg;
    return name.len == 1 ? name.at[0] - 'a' : -1;
}

static bool key(void *arg, struct str name, struct str *value)
{
    (void)arg;
    *value = STR("VALUE");
    return str_equal(name, STR("mine"));
}

static const struct template_names names = {variable, NULL, key, NULL};

static struct template *message(const char *text)
{
    heap = mem_counting();
    return template_message(&heap.mem, str_from(text), &names, what, sizeof what);
}

static void done(struct template *t)
{
    template_free(t);
    assert_int_equal(heap.n_live, 0);
}

static void test_lines_lose_their_indent(void **state)
{
    struct template *t = message("\n   A b SIP/2.0\r\n\t X: y \n\n   v=0\n ");
    (void)state;
    assert_non_null(t);
    assert_int_equal(t->len, strlen("A b SIP/2.0\r\nX: y \r\n\r\nv=0\r\n"));
    assert_int_equal(t->n, 2);
    assert_int_equal(t->body, 1);
    assert_true(str_equal(t->pieces[1].text, STR("v=0\r\n")));
    done(t);
}

static void test_a_head_ends_whether_it_is_written_or_not(void **state)
{
    struct template *t = message("A b SIP/2.0\nX: y");
    (void)state;
    assert_true(str_equal(t->pieces[0].text, STR("A b SIP/2.0\r\nX: y\r\n\r\n")));
    assert_int_equal(t->body, t->n);
    done(t);
}

static void test_fields(void **state)
{
    static const struct {
        const char *text;
        enum field field;
        int number;
    } rows[] = {
        {"[call_id]", FIELD_CALL_ID, 0},
        {"[cseq+3]", FIELD_CSEQ, 3},
        {"[branch-5]", FIELD_BRANCH, -5},
        {"[last_Via:]", FIELD_LAST, HDR_VIA},
        {"[last_v:]", FIELD_LAST, HDR_VIA},
        {"[last_Mine:]", FIELD_LAST, HDR_NONE},
        {"[last_To]", FIELD_LAST_VALUE, HDR_TO},
        {"[field3]", FIELD_USER_FIELD, 3},
        {"[$c]", FIELD_VARIABLE, 2},
        {"[mine]", FIELD_TEXT, 0},
        {"[Local_IP]", FIELD_LOCAL_IP, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        heap = mem_counting();
        struct template *t =
            template_text(&heap.mem, str_from(rows[i].text), &names, what, sizeof what);
        assert_non_null(t);
        assert_int_equal(t->n, 1);
        assert_int_equal(t->pieces[0].field, rows[i].field);
        assert_int_equal(t->pieces[0].number, rows[i].number);
        done(t);
    }
}

static void test_what_is_no_field_is_text(void **state)
{
    static const char *const texts[] = {"[::1]", "[2001:db8::1]", "[fe80::1]", "[",
                                        "[]",    "[call_id",      "[1]",       "a]b"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        heap = mem_counting();
        struct template *t =
            template_text(&heap.mem, str_from(texts[i]), &names, what, sizeof what);
        assert_non_null(t);
        assert_int_equal(t->n, 1);
        assert_true(str_equal(t->pieces[0].text, str_from(texts[i])));
        done(t);
    }
}

static void test_alone_on_a_line(void **state)
{
    struct template *t = message("A b SIP/2.0\n[routes]\nTo: [last_To:]\n[call_id]\n\n");
    (void)state;
    assert_int_equal(t->pieces[1].field, FIELD_ROUTES);
    assert_true(t->pieces[1].alone);
    assert_true(str_starts(t->pieces[2].text, STR("To: ")));
    assert_false(t->pieces[3].alone);
    assert_false(t->pieces[5].alone); /* a Call-ID is never nothing */
    assert_true(t->has_last);
    done(t);
}

static void test_credentials(void **state)
{
    struct template *t = message("A b SIP/2.0\n[authentication username=[field0] password=x]\n\n");
    const struct piece *p = &t->pieces[1];
    (void)state;
    assert_int_equal(p->field, FIELD_AUTHENTICATION);
    assert_int_equal(p->user->pieces[0].field, FIELD_USER_FIELD);
    assert_true(str_equal(p->password->pieces[0].text, STR("x")));
    done(t);
}

static void test_refused(void **state)
{
    static const char *const texts[] = {"A [nonsense] SIP/2.0",
                                        "A [cseq+x] SIP/2.0",
                                        "A [$long] SIP/2.0",
                                        "A [field99] SIP/2.0",
                                        " \n ",
                                        "A [authentication username=[nonsense]]"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        what[0] = '\0';
        assert_null(message(texts[i]));
        assert_true(what[0] != '\0');
        assert_int_equal(heap.n_live, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_lose_their_indent),
        cmocka_unit_test(test_a_head_ends_whether_it_is_written_or_not),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_what_is_no_field_is_text),
        cmocka_unit_test(test_alone_on_a_line),
        cmocka_unit_test(test_credentials),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
