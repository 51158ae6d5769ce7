/* What <send>, <recv>, <pause>, <timewait> and <nop> mean. Runs nothing. */
#include <stdio.h>

#include "load/xml.h"

#define PER_CENT (UINT64_C(65536) / 100)

static bool number_of(struct xml *x, const char *name, uint64_t most, uint64_t *out)
{
    const char *value = xml_attribute(x, name);
    if (!value)
        return false;
    if (str_to_u64(str_trim(str_from(value)), most, out))
        return true;
    xml_complain(x, "%s=\"%.60s\": a number up to %llu is wanted", name, value,
                 (unsigned long long)most);
    return false;
}

/* "0.5", "30": of 2^16. */
static bool share_of(struct xml *x, const char *name, double whole, uint32_t *out)
{
    const char *value = xml_attribute(x, name);
    struct str text = str_from(value), after;
    uint64_t units, part = 0;
    double scale = 1;
    if (!value)
        return false;
    size_t point = str_find(text, '.');
    after = str_slice(text, point + 1, 6);
    if (!str_to_u64(str_slice(text, 0, point), 100, &units) ||
        (after.len > 0 && !str_to_u64(after, 999999, &part))) {
        xml_complain(x, "%s=\"%.60s\": a number is wanted", name, value);
        return false;
    }
    for (size_t i = 0; i < after.len; i++)
        scale *= 10;
    double share = ((double)units + (double)part / scale) / whole * 65536;
    *out = share > 65536 ? 65536 : (uint32_t)share;
    return true;
}

static uint8_t clock_of(struct xml *x, const char *name)
{
    const char *value = xml_attribute(x, name);
    if (!value)
        return 0;
    int number = build_clock(x->scenario, str_from(strcmp(value, "true") == 0 ? "1" : value));
    if (number < 0)
        xml_complain(x, "too many clocks");
    return number < 0 ? 0 : (uint8_t)number;
}

/* What every step may have. */
static void read_common(struct xml *x, struct step *step)
{
    uint64_t n;
    step->next_label = xml_keep(x, "next");
    step->test = (int16_t)xml_variable(x, "test");
    step->condition = (int16_t)xml_variable(x, "condexec");
    step->condition_inverse = xml_is_true(x, "condexec_inverse");
    step->start_clock = clock_of(x, "start_rtd");
    step->stop_clock = clock_of(x, "rtd");
    (void)share_of(x, "chance", 1, &step->chance);
    (void)share_of(x, "lost", 100, &step->lost);
    if (number_of(x, "dialog", LIMIT_LOAD_DIALOGS, &n) && n > 0)
        step->dialog = (uint8_t)(n - 1);
}

/* --- <send> --- */

static void read_send(struct xml *x, struct step *step)
{
    uint64_t ms;
    read_common(x, step);
    if (number_of(x, "retrans", 3600000, &ms))
        step->retransmit = ms * NS_PER_MS;
}

static struct str word(struct str *rest)
{
    size_t end = str_find(*rest, ' ');
    struct str w = str_slice(*rest, 0, end);
    *rest = str_slice(*rest, end + 1, rest->len);
    return w;
}

void xml_end_send(struct xml *x, struct str text)
{
    struct scenario *s = x->scenario;
    struct step *step = &s->steps[s->n_steps - 1];
    char what[200] = "";
    step->message = template_message(s->mem, text, &x->names, what, sizeof what);
    if (!step->message) {
        xml_complain(x, "%s", what);
        return;
    }
    struct str rest = {step->message->text, step->message->len}, first = word(&rest);
    uint64_t status;
    if (!str_equal(first, STR("SIP/2.0"))) {
        step->method_name = first;
        step->method = (uint8_t)method_of(first);
        return;
    }
    if (str_to_u64(word(&rest), 699, &status) && status >= 100)
        step->status = (uint16_t)status;
    else
        step->status = 200; /* a field, or a variable, has it */
}

/* --- <recv> --- */

static void read_request(struct xml *x, struct step *step, const char *request)
{
    step->method_name = build_keep(x->scenario, str_from(request));
    step->method = (uint8_t)method_of(step->method_name);
    if (xml_is_true(x, "regexp_match"))
        step->names = xml_pattern(x, request);
}

static void read_receive(struct xml *x, struct step *step)
{
    uint64_t n;
    const char *request = xml_attribute(x, "request"), *optional = xml_attribute(x, "optional");
    read_common(x, step);
    if (request)
        read_request(x, step, request);
    else if (number_of(x, "response", 699, &n) && n >= 100)
        step->status = (uint16_t)n;
    else
        xml_complain(x, "<recv> needs a request, or a response from 100 to 699");
    step->optional = optional && strcmp(optional, "false") != 0;
    step->auth = xml_is_true(x, "auth");
    step->routes = xml_is_true(x, "rrs");
    step->timeout_label = xml_keep(x, "ontimeout");
    if (number_of(x, "timeout", 86400000, &n))
        step->timeout = n * NS_PER_MS;
}

/* --- <pause> --- */

static time_ns milliseconds(struct xml *x, const char *name)
{
    uint64_t ms;
    return number_of(x, name, 86400000, &ms) ? ms * NS_PER_MS : 0;
}

static void read_distribution(struct xml *x, struct step *step, const char *name)
{
    if (strcmp(name, "fixed") == 0) {
        step->pause = PAUSE_FIXED;
        step->from = milliseconds(x, "value");
    } else if (strcmp(name, "uniform") == 0) {
        step->pause = PAUSE_UNIFORM;
        step->from = milliseconds(x, "min");
        step->to = milliseconds(x, "max");
        if (step->to < step->from)
            xml_complain(x, "max is below min");
    } else if (strcmp(name, "exponential") == 0) {
        step->pause = PAUSE_EXPONENTIAL;
        step->from = milliseconds(x, "mean");
    } else if (strcmp(name, "normal") == 0) {
        step->pause = PAUSE_NORMAL;
        step->from = milliseconds(x, "mean");
        step->to = milliseconds(x, "stdev");
    } else {
        xml_complain(x, "distribution=\"%.40s\": fixed, uniform, exponential or normal is wanted",
                     name);
    }
}

static void read_pause(struct xml *x, struct step *step)
{
    const char *distribution = xml_attribute(x, "distribution");
    read_common(x, step);
    step->variable = (int16_t)xml_variable(x, "variable");
    if (step->variable >= 0) {
        step->pause = PAUSE_VARIABLE;
    } else if (distribution) {
        read_distribution(x, step, distribution);
    } else if (xml_attribute(x, "milliseconds")) {
        step->pause = PAUSE_FIXED;
        step->from = milliseconds(x, "milliseconds");
    }
}

/* --- which --- */

static const struct {
    const char *element;
    enum step_kind kind;
    void (*read)(struct xml *, struct step *);
} elements[] = {
    {"send", STEP_SEND, read_send},    {"recv", STEP_RECEIVE, read_receive},
    {"pause", STEP_PAUSE, read_pause}, {"timewait", STEP_PAUSE, read_pause},
    {"nop", STEP_NOP, read_common},
};

bool xml_begin_step(struct xml *x, const char *element)
{
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++) {
        if (strcmp(elements[i].element, element) != 0)
            continue;
        struct step *step = build_step(x->scenario, elements[i].kind, xml_line(x));
        if (!step) {
            xml_complain(x, "too many steps");
            return true;
        }
        elements[i].read(x, step);
        step->timewait = strcmp(element, "timewait") == 0;
        return true;
    }
    return false;
}
