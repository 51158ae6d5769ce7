/* Reads SIPp's scenarios with expat: elements in their order, labels, texts. What an element means
 * is xml_step.c's and xml_action.c's. */
#include "load/xml.h"

#include <expat.h>
#include <stdarg.h>
#include <stdio.h>

/* --- what is wrong --- */

unsigned xml_line(const struct xml *x)
{
    return (unsigned)XML_GetCurrentLineNumber(x->parser);
}

void xml_complain(struct xml *x, const char *format, ...)
{
    va_list args;
    if (x->wrong)
        return;
    x->wrong = true;
    x->error->line = xml_line(x);
    va_start(args, format);
    vsnprintf(x->error->what, sizeof x->error->what, format, args);
    va_end(args);
    XML_StopParser(x->parser, XML_FALSE);
}

void xml_leave_out(struct xml *x, const char *format, ...)
{
    va_list args;
    struct scenario *s = x->scenario;
    if (s->n_left_out == SCENARIO_LEFT_OUT)
        return;
    struct scenario_error *e = &s->left_out[s->n_left_out++];
    e->line = xml_line(x);
    va_start(args, format);
    vsnprintf(e->what, sizeof e->what, format, args);
    va_end(args);
}

/* --- attributes --- */

const char *xml_attribute(const struct xml *x, const char *name)
{
    for (unsigned i = 0; x->attributes[i]; i += 2)
        if (strcmp(x->attributes[i], name) == 0)
            return x->attributes[i + 1];
    return NULL;
}

bool xml_is_true(const struct xml *x, const char *name)
{
    const char *value = xml_attribute(x, name);
    return value && (strcmp(value, "true") == 0 || strcmp(value, "1") == 0);
}

int xml_variable(struct xml *x, const char *name)
{
    const char *value = xml_attribute(x, name);
    if (!value)
        return -1;
    struct str s = str_trim(str_from(value));
    if (s.len > 0 && s.at[0] == '$')
        s = str_slice(s, 1, s.len);
    int number = build_variable(x->scenario, s);
    if (number < 0)
        xml_complain(x, "too many variables");
    return number;
}

struct str xml_keep(struct xml *x, const char *name)
{
    const char *value = xml_attribute(x, name);
    struct str kept = value ? build_keep(x->scenario, str_from(value)) : STR_NONE;
    if (value && !kept.at)
        xml_complain(x, "no memory");
    return kept;
}

struct regexp *xml_pattern(struct xml *x, const char *text)
{
    struct mem *mem = x->scenario->mem;
    struct regexp *pattern = mem_alloc(mem, sizeof *pattern);
    const char *wrong = pattern ? regexp_compile(pattern, str_from(text)) : "no memory";
    if (!wrong)
        return pattern;
    if (pattern)
        mem_free(mem, pattern, sizeof *pattern);
    xml_complain(x, "%.100s: %s", text, wrong);
    return NULL;
}

/* --- elements --- */

static void add_label(struct xml *x)
{
    struct str name = xml_keep(x, "id");
    if (!name.at || x->n_labels == LIMIT_LOAD_STEPS)
        xml_complain(x, "a label needs an id, and there are %d at most", LIMIT_LOAD_STEPS);
    else
        x->labels[x->n_labels++] = (struct label){name, x->scenario->n_steps};
}

/* Said of a scenario, or of its statistics: nothing that is done. */
static bool says_nothing(const char *element)
{
    static const char *const words[] = {
        "action", "ResponseTimeRepartition", "CallLengthRepartition", "Global", "Reference", "User",
        "init"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i], element) == 0)
            return true;
    return false;
}

static struct step *last_step(struct scenario *s)
{
    return s->n_steps ? &s->steps[s->n_steps - 1] : NULL;
}

static void XMLCALL begin(void *arg, const char *element, const char **attributes)
{
    struct xml *x = arg;
    struct step *last = last_step(x->scenario);
    x->attributes = attributes;
    if (strcmp(element, "scenario") == 0) {
        x->scenario->name = xml_keep(x, "name");
    } else if (strcmp(element, "label") == 0) {
        add_label(x);
    } else if (says_nothing(element) || xml_begin_step(x, element)) {
        x->in_text = strcmp(element, "send") == 0;
        x->text.len = 0;
    } else if (!last || !xml_begin_action(x, last, element)) {
        xml_complain(x, "<%.60s> is not known", element);
    }
}

static void XMLCALL end(void *arg, const char *element)
{
    struct xml *x = arg;
    if (strcmp(element, "send") != 0 || x->wrong)
        return;
    xml_end_send(x, buf_str(&x->text));
    x->in_text = false;
}

static void XMLCALL take_text(void *arg, const char *at, int len)
{
    struct xml *x = arg;
    if (!x->in_text)
        return;
    buf_put(&x->text, (struct str){at, (size_t)len});
    if (x->text.over)
        xml_complain(x, "the message is too long");
}

/* --- whole --- */

static bool find_label(const struct xml *x, struct str name, int16_t *step)
{
    for (unsigned i = 0; i < x->n_labels; i++)
        if (str_equal(x->labels[i].name, name)) {
            *step = (int16_t)x->labels[i].step;
            return true;
        }
    return false;
}

static bool find_labels(struct xml *x)
{
    struct scenario *s = x->scenario;
    for (unsigned i = 0; i < s->n_steps; i++) {
        struct step *step = &s->steps[i];
        struct str missing = STR_NONE;
        if (step->next_label.at && !find_label(x, step->next_label, &step->next))
            missing = step->next_label;
        if (step->timeout_label.at && !find_label(x, step->timeout_label, &step->on_timeout))
            missing = step->timeout_label;
        if (missing.at) {
            x->error->line = step->line;
            snprintf(x->error->what, sizeof x->error->what, "there is no label %.*s",
                     (int)(missing.len % 100), missing.at);
            return false;
        }
    }
    return true;
}

static int make_variable(void *arg, struct str name)
{
    return build_variable(arg, name);
}

/* The scenario's variables of such names begin with what the user says. */
static bool take_initials(struct xml *x)
{
    struct scenario *s = x->scenario;
    struct str value;
    for (unsigned i = 0; x->names.key && i < s->n_variables; i++) {
        if (!x->names.key(x->names.of_keys, s->variables[i], &value))
            continue;
        s->initials[i] = build_keep(s, value);
        if (!s->initials[i].at)
            return false;
        s->has_initials = true;
    }
    return true;
}

static bool parse(struct xml *x, struct str text, struct rand *rand)
{
    XML_Parser parser = XML_ParserCreate(NULL);
    x->parser = parser;
    if (!parser)
        return false;
    (void)XML_SetHashSalt(parser, rand_salt(rand));
    XML_SetUserData(parser, x);
    XML_SetElementHandler(parser, begin, end);
    XML_SetCharacterDataHandler(parser, take_text);
    bool good = XML_Parse(parser, text.at, (int)text.len, XML_TRUE) == XML_STATUS_OK;
    if (!good && !x->wrong)
        xml_complain(x, "%s", XML_ErrorString(XML_GetErrorCode(parser)));
    XML_ParserFree(parser);
    return good && !x->wrong && take_initials(x) && find_labels(x) &&
           build_done(x->scenario, x->error);
}

/* NULL: no memory, or it is too large. */
static char *copy_of(struct mem *mem, struct str *text)
{
    char *at = text->len <= LIMIT_LOAD_SCENARIO_BYTES ? mem_alloc(mem, text->len + 1) : NULL;
    if (!at)
        return NULL;
    if (text->len > 0)
        memcpy(at, text->at, text->len);
    at[text->len] = '\0';
    xml_mend_comments(at, text->len);
    text->at = at;
    return at;
}

struct scenario *scenario_read(struct mem *mem, struct str text, struct rand *rand,
                               bool (*key)(void *arg, struct str name, struct str *value),
                               void *arg, struct scenario_error *error)
{
    struct scenario *s = build_new(mem);
    struct xml *x = mem_alloc_zero(mem, sizeof *x);
    char *area = mem_alloc(mem, LIMIT_MSG_BYTES), *mended = copy_of(mem, &text);
    bool good = false;
    *error = (struct scenario_error){0, "no memory"};
    if (s && x && area && mended) {
        *x = (struct xml){.scenario = s, .error = error};
        x->names = (struct template_names){make_variable, s, key, arg};
        buf_init(&x->text, area, LIMIT_MSG_BYTES);
        good = parse(x, text, rand);
    } else if (text.len > LIMIT_LOAD_SCENARIO_BYTES) {
        snprintf(error->what, sizeof error->what, "the file is too large");
    }
    if (mended)
        mem_free(mem, mended, text.len + 1);
    if (area)
        mem_free(mem, area, LIMIT_MSG_BYTES);
    if (x)
        mem_free(mem, x, sizeof *x);
    if (good)
        return s;
    scenario_free(s);
    return NULL;
}
