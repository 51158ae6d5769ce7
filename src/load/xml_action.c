/* What the elements within <action> mean. Runs none. */
#include <stdio.h>

#include "load/xml.h"

static const char *const media[] = {"play_pcap_audio", "play_pcap_video", "play_pcap_image",
                                    "play_dtmf",       "rtp_stream",      "rtp_echo",
                                    "play_pcap"};

/* "-2.5" */
static bool read_number(const char *text, double *out)
{
    struct str s = str_trim(str_from(text)), after;
    bool negative = s.len > 0 && s.at[0] == '-';
    uint64_t units, part = 0;
    double scale = 1;
    if (negative)
        s = str_slice(s, 1, s.len);
    size_t point = str_find(s, '.');
    after = str_slice(s, point + 1, 9);
    if (!str_to_u64(str_slice(s, 0, point), INT64_MAX, &units) ||
        (after.len > 0 && !str_to_u64(after, UINT32_MAX, &part)))
        return false;
    for (size_t i = 0; i < after.len; i++)
        scale *= 10;
    *out = (double)units + (double)part / scale;
    *out = negative ? -*out : *out;
    return true;
}

static struct template *text_of(struct xml *x, const char *name)
{
    char what[200] = "";
    const char *value = xml_attribute(x, name);
    struct template *t =
        template_text(x->scenario->mem, str_from(value ? value : ""), &x->names, what, sizeof what);
    if (!t)
        xml_complain(x, "%s", what);
    return t;
}

/* --- <ereg> --- */

static void read_targets(struct xml *x, struct action *a)
{
    const char *names = xml_attribute(x, "assign_to");
    struct str rest = str_from(names);
    for (unsigned i = 0; rest.len > 0; i++) {
        size_t end = str_find(rest, ',');
        struct str name = str_trim(str_slice(rest, 0, end));
        rest = str_slice(rest, end + 1, rest.len);
        int number = i < ACTION_GROUPS ? build_variable(x->scenario, name) : -1;
        if (number < 0) {
            xml_complain(x, "assign_to=\"%.80s\": too many", names);
            return;
        }
        a->to[i] = (int16_t)number;
    }
}

static void read_place(struct xml *x, struct action *a)
{
    const char *in = xml_attribute(x, "search_in"), *many = xml_attribute(x, "occurence");
    uint64_t n;
    if (!many)
        many = xml_attribute(x, "occurrence");
    if (many && str_to_u64(str_from(many), 1000, &n) && n > 0)
        a->occurrence = (unsigned)n;
    if (!in || strcmp(in, "msg") == 0) {
        a->in = MATCH_MESSAGE;
    } else if (strcmp(in, "hdr") == 0) {
        a->in = MATCH_HEADER;
        a->header = str_trim(xml_keep(x, "header"));
        if (a->header.len > 0 && a->header.at[a->header.len - 1] == ':')
            a->header = str_trim(str_slice(a->header, 0, a->header.len - 1));
        if (a->header.len == 0)
            xml_complain(x, "the header to search in is missing");
    } else if (strcmp(in, "body") == 0) {
        a->in = MATCH_BODY;
    } else if (strcmp(in, "var") == 0) {
        a->in = MATCH_VARIABLE;
        a->variable = (int16_t)xml_variable(x, "variable");
    } else {
        xml_complain(x, "search_in=\"%.40s\": msg, hdr, body or var is wanted", in);
    }
}

static void read_match(struct xml *x, struct action *a)
{
    const char *pattern = xml_attribute(x, "regexp");
    read_place(x, a);
    read_targets(x, a);
    a->check = xml_is_true(x, "check_it");
    a->check_inverse = xml_is_true(x, "check_it_inverse");
    a->start_line = xml_is_true(x, "start_line");
    if (xml_is_true(x, "case_indep"))
        xml_leave_out(x, "case_indep: the name of a header has no case anyway");
    if (pattern)
        a->pattern = xml_pattern(x, pattern);
    else
        xml_complain(x, "the regexp is missing");
}

/* --- values --- */

static void read_set(struct xml *x, struct action *a)
{
    a->text = text_of(x, "value");
    read_targets(x, a);
    if (a->to[0] < 0)
        xml_complain(x, "assign_to is missing");
}

/* <todouble>, <strlen>…: of another variable. */
static void read_copy(struct xml *x, struct action *a)
{
    read_targets(x, a);
    a->variable = (int16_t)xml_variable(x, "variable");
    if (a->to[0] < 0 || a->variable < 0)
        xml_complain(x, "assign_to and variable are wanted");
}

static void read_operand(struct xml *x, struct action *a, const char *name)
{
    const char *value = xml_attribute(x, name);
    a->other = -1;
    if (!value)
        a->other = (int16_t)xml_variable(x, "variable2");
    if (!value && a->other < 0)
        a->other = (int16_t)xml_variable(x, "variable");
    if (value ? !read_number(value, &a->number) : a->other < 0)
        xml_complain(x, "a number or a variable is wanted");
}

static void read_sum(struct xml *x, struct action *a)
{
    read_targets(x, a);
    read_operand(x, a, "value");
    if (a->to[0] < 0)
        xml_complain(x, "assign_to is missing");
}

static void read_test(struct xml *x, struct action *a)
{
    static const char *const words[] = {[COMPARE_EQUAL] = "equal",
                                        [COMPARE_NOT_EQUAL] = "not_equal",
                                        [COMPARE_LESS] = "less_than",
                                        [COMPARE_GREATER] = "greater_than",
                                        [COMPARE_LESS_EQUAL] = "less_than_equal",
                                        [COMPARE_GREATER_EQUAL] = "greater_than_equal"};
    const char *compare = xml_attribute(x, "compare"), *value = xml_attribute(x, "value");
    read_targets(x, a);
    a->variable = (int16_t)xml_variable(x, "variable");
    a->other = value ? -1 : (int16_t)xml_variable(x, "variable2");
    if (value && *value && !read_number(value, &a->number))
        xml_complain(x, "value=\"%.40s\": a number is wanted", value);
    a->compare = UINT8_MAX;
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        if (compare && strcmp(words[i], compare) == 0)
            a->compare = (uint8_t)i;
    if (a->compare == UINT8_MAX || a->variable < 0 || a->to[0] < 0)
        xml_complain(x, "a test wants assign_to, variable, compare and value");
}

static void read_compare(struct xml *x, struct action *a)
{
    read_targets(x, a);
    a->variable = (int16_t)xml_variable(x, "variable");
    a->other = (int16_t)xml_variable(x, "variable2");
    if (a->other < 0)
        a->text = text_of(x, "value");
    if (a->variable < 0 || a->to[0] < 0)
        xml_complain(x, "strcmp wants assign_to, variable and value");
}

static void read_say(struct xml *x, struct action *a)
{
    a->text = text_of(x, "message");
}

static void read_exec(struct xml *x, struct action *a)
{
    const char *order = xml_attribute(x, "int_cmd");
    for (size_t i = 0; i < sizeof media / sizeof *media; i++)
        if (xml_attribute(x, media[i]))
            xml_leave_out(x, "%s: passed over; calls speak by --rtp", media[i]);
    if (xml_attribute(x, "command"))
        xml_complain(x, "<exec command>: programs are not run by a scenario");
    a->text = text_of(x, order ? "int_cmd" : "nothing");
    if (order && strcmp(order, "stop_call") != 0 && strcmp(order, "stop_now") != 0 &&
        strcmp(order, "stop_gracefully") != 0)
        xml_complain(x, "int_cmd=\"%.40s\" is not known", order);
}

/* --- which --- */

static const struct {
    const char *element;
    enum action_kind kind;
    void (*read)(struct xml *, struct action *);
} elements[] = {
    {"ereg", ACTION_MATCH, read_match},      {"assignstr", ACTION_SET, read_set},
    {"assign", ACTION_SET, read_set},        {"todouble", ACTION_COPY, read_copy},
    {"add", ACTION_ADD, read_sum},           {"subtract", ACTION_SUBTRACT, read_sum},
    {"multiply", ACTION_MULTIPLY, read_sum}, {"divide", ACTION_DIVIDE, read_sum},
    {"test", ACTION_TEST, read_test},        {"strcmp", ACTION_COMPARE, read_compare},
    {"log", ACTION_LOG, read_say},           {"warning", ACTION_LOG, read_say},
    {"error", ACTION_FAIL, read_say},        {"exec", ACTION_STOP, read_exec},
};

bool xml_begin_action(struct xml *x, struct step *step, const char *element)
{
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++) {
        if (strcmp(elements[i].element, element) != 0)
            continue;
        struct action *a = build_action(x->scenario, step, elements[i].kind);
        if (a)
            elements[i].read(x, a);
        else
            xml_complain(x, "too many actions");
        return true;
    }
    return false;
}
