/* SIPp's XML becomes steps; what is wrong with it is said with its line; the scenarios of many
 * projects are read. */
#include <stdio.h>

#include "../testfiles.h"
#include "rig.h"

static struct mem_counting heap;
static struct scenario_error error;

static struct rand *salts(void)
{
    static struct rand rand;
    struct rand_seed seed = rand_seed_from(1);
    rand_init(&rand, &seed);
    return &rand;
}

static struct scenario *read_xml(const char *xml)
{
    heap = mem_counting();
    return scenario_read(&heap.mem, str_from(xml), salts(), NULL, NULL, &error);
}

static void done(struct scenario *s)
{
    scenario_free(s);
    assert_int_equal(heap.n_live, 0);
}

#define INVITE "<send retrans=\"500\"><![CDATA[ INVITE a SIP/2.0\n\n]]></send>"

static void test_steps(void **state)
{
    struct scenario *s =
        read_xml("<scenario name='x'>" INVITE "<recv response='100' optional='true'/>"
                 "<recv response='401' auth='true' optional='true' next='1'/>"
                 "<recv response='200' rrs='true' timeout='700' ontimeout='1'/>"
                 "<pause milliseconds='20'/><label id='1'/>"
                 "<send><![CDATA[ ACK a SIP/2.0\n\n ]]></send></scenario>");
    (void)state;
    assert_non_null(s);
    assert_int_equal(s->n_steps, 6);
    assert_false(s->serves);
    assert_true(s->has_calls);
    assert_int_equal(s->steps[0].kind, STEP_SEND);
    assert_int_equal(s->steps[0].method, METHOD_INVITE);
    assert_int_equal(s->steps[0].retransmit, 500 * NS_PER_MS);
    assert_true(s->steps[1].optional);
    assert_true(s->steps[2].auth);
    assert_int_equal(s->steps[2].next, 5);
    assert_int_equal(s->steps[3].status, 200);
    assert_true(s->steps[3].routes);
    assert_int_equal(s->steps[3].timeout, 700 * NS_PER_MS);
    assert_int_equal(s->steps[3].on_timeout, 5);
    assert_int_equal(s->steps[4].from, 20 * NS_PER_MS);
    assert_string_equal(s->rows[s->steps[3].row].name, "INVITE 200");
    done(s);
}

static void test_who_serves(void **state)
{
    struct scenario *s = read_xml("<scenario><nop/><recv request='OPTIONS'/></scenario>");
    (void)state;
    assert_true(s->serves);
    done(s);
}

static void test_actions(void **state)
{
    struct scenario *s = read_xml(
        "<scenario><recv request='INVITE|MESSAGE' regexp_match='true'><action>"
        "<ereg regexp='t(a)g' search_in='hdr' header='From:' check_it='true' assign_to='1,2'/>"
        "<assignstr assign_to='x' value='[$1]'/>"
        "<test assign_to='y' variable='x' compare='less_than' value='-1.5'/>"
        "</action></recv></scenario>");
    (void)state;
    assert_non_null(s);
    const struct step *step = &s->steps[0];
    assert_non_null(step->names);
    assert_int_equal(step->n_actions, 3);
    assert_int_equal(step->actions[0].in, MATCH_HEADER);
    assert_true(str_equal(step->actions[0].header, STR("From")));
    assert_int_equal(step->actions[0].to[1], 1);
    assert_int_equal(step->actions[1].text->pieces[0].field, FIELD_VARIABLE);
    assert_int_equal(step->actions[2].compare, COMPARE_LESS);
    assert_true(step->actions[2].number == -1.5);
    assert_int_equal(s->n_variables, 4);
    done(s);
}

static void test_what_is_wrong_has_its_line(void **state)
{
    static const struct {
        const char *xml;
        unsigned line;
    } rows[] = {
        {"<scenario>\n<recv response='200'/></scenario>", 0},
        {"<scenario/>", 0},
        {"<scenario>\n" INVITE "\n<recv response='99'/></scenario>", 5},
        {"<scenario>\n<recv/></scenario>", 2},
        {"<scenario>\n<wait/></scenario>", 2},
        {"<scenario>\n<recv request='A' next='2'/></scenario>", 2},
        {"<scenario>\n<send>A [what] SIP/2.0</send></scenario>", 2},
        {"<scenario>\n<recv request='A'>\n<action><ereg regexp='(' "
         "assign_to='1'/></action></recv></scenario>",
         3},
        {"<scenario>\n<recv request='A' timeout='x'/></scenario>", 2},
        {"<scenario>\n<recv request='A'><action><exec command='ls'/></action></recv></scenario>",
         2},
        {"<scenario>\n<recv request='A'>", 2},
        {"", 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_null(read_xml(rows[i].xml));
        assert_int_equal(error.line, rows[i].line);
        assert_true(error.what[0] != '\0');
        assert_int_equal(heap.n_live, 0);
    }
}

static void test_media_are_left_out_and_said(void **state)
{
    struct scenario *s = read_xml("<scenario><recv request='A'/>\n<nop><action>"
                                  "<exec rtp_stream='a.wav'/></action></nop></scenario>");
    (void)state;
    assert_int_equal(s->n_left_out, 1);
    assert_int_equal(s->left_out[0].line, 2);
    done(s);
}

static void test_ours(void **state)
{
    static const char *const names[] = {"call",    "answer",  "register",
                                        "options", "message", "subscribe"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct scenario *s = read_xml(scenario_builtin(str_from(names[i])));
        if (!s)
            fail_msg("%s:%u: %s", names[i], error.line, error.what);
        assert_true(s->serves == (strcmp(names[i], "answer") == 0));
        done(s);
    }
    assert_null(scenario_builtin(STR("nonsense")));
}

/* Whatever memory fails, nothing is lost. */
static void test_no_memory(void **state)
{
    const char *xml = scenario_builtin(STR("call"));
    struct scenario *s = NULL;
    (void)state;
    for (unsigned i = 0; !s; i++) {
        heap = mem_counting();
        heap.refuse_after = i;
        s = scenario_read(&heap.mem, str_from(xml), salts(), NULL, NULL, &error);
        if (!s)
            assert_int_equal(heap.n_live, 0);
    }
    done(s);
}

/* --- those of others --- */

static bool has(struct str text, const char *what)
{
    for (size_t i = 0; i < text.len; i++)
        if (str_starts(str_slice(text, i, text.len), str_from(what)))
            return true;
    return false;
}

static void test_others(void **state)
{
    static char list[1 << 20], xml[1 << 20];
    size_t len, at = 0, size;
    unsigned generic = 0, read = 0;
    struct str line;
    (void)state;
    if (!test_read("sipp", "MANIFEST.tsv", list, sizeof list, &len))
        skip();
    while (test_line((struct str){list, len}, &at, &line)) {
        char name[300];
        struct str file = test_column(line, 0);
        if (!str_equal(test_column(line, 4), STR("generic")) || file.len >= sizeof name)
            continue;
        if (has(file, "crypto"))
            continue; /* its media are all that it is about */
        snprintf(name, sizeof name, "%.*s", STR_ARG(file));
        if (!test_read("sipp", name, xml, sizeof xml, &size))
            continue;
        generic++;
        heap = mem_counting();
        struct scenario *s =
            scenario_read(&heap.mem, (struct str){xml, size}, salts(), NULL, NULL, &error);
        if (s)
            read++;
        else
            print_message("%s:%u: %s\n", name, error.line, error.what);
        done(s);
    }
    print_message("%u of %u scenarios are read\n", read, generic);
    assert_true(generic > 0 && read * 100 >= generic * 85);
}

/* SIPp does not mind "--" in comments; what stands in CDATA is no comment. */
static void test_comments_of_others(void **state)
{
    struct scenario *s =
        read_xml("<!--\n-- by -- somebody\n--><scenario><!-- a -- b --->" INVITE
                 "<send><![CDATA[ ACK <!--a--b--> SIP/2.0\n\n]]></send></scenario>");
    (void)state;
    assert_non_null(s);
    assert_int_equal(s->n_steps, 2);
    assert_int_equal(s->steps[1].line, 5);
    assert_memory_equal(s->steps[1].message->text, "ACK <!--a--b--> SIP/2.0", 23);
    done(s);
    assert_null(read_xml("<scenario><!-- without end --" INVITE "</scenario>"));
}

static bool known(void *arg, struct str name, struct str *value)
{
    (void)arg;
    *value = STR("example.com");
    return str_equal(name, STR("domain"));
}

static void test_what_the_user_gives(void **state)
{
    (void)state;
    heap = mem_counting();
    struct scenario *s =
        scenario_read(&heap.mem,
                      STR("<scenario><Global variables=\"domain\"/><send><![CDATA[ OPTIONS "
                          "sip:[$domain] SIP/2.0\n"
                          "A: [domain][$other]\n\n]]></send></scenario>"),
                      salts(), known, NULL, &error);
    assert_non_null(s);
    assert_true(s->has_initials);
    assert_int_equal(s->n_variables, 2);
    assert_true(str_equal(s->initials[0], STR("example.com")));
    assert_null(s->initials[1].at);
    done(s);
    assert_null(read_xml(
        "<scenario><send><![CDATA[ OPTIONS sip:[domain] SIP/2.0\n\n]]></send></scenario>"));
    assert_non_null(strstr(error.what, "--key"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_who_serves),
        cmocka_unit_test(test_actions),
        cmocka_unit_test(test_what_is_wrong_has_its_line),
        cmocka_unit_test(test_media_are_left_out_and_said),
        cmocka_unit_test(test_ours),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_comments_of_others),
        cmocka_unit_test(test_what_the_user_gives),
        cmocka_unit_test(test_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
