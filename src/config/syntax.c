/* Says what is wrong with text that is no YAML; reads none itself. */
#include "config/syntax.h"

struct hint {
    const char *problem, *hint;
};

/* libyaml's words, by their beginnings. */
static const struct hint hints[] = {
    {"mapping values are not allowed", "a colon where none can stand: put the value in quotes, or "
                                       "indent the key like those beside it"},
    {"did not find expected key", "expected `key: value`, indented like the keys beside it"},
    {"could not find expected ':'", "expected `key: value`: the colon is missing"},
    {"did not find expected ',' or ']'", "a list is not closed: expected , or ]"},
    {"did not find expected ',' or '}'", "expected , or }"},
    {"did not find expected '-' indicator",
     "expected `- ENTRY`, indented like the entries above it"},
    {"found unexpected end of stream", "a text in quotes is not closed"},
    {"found character that cannot start any token",
     "no value begins with this character: put the text in quotes"},
    {"found unexpected document indicator", "a text in quotes is not closed"},
    {"block sequence entries are not allowed",
     "a list cannot begin here: put it on lines of its own below its key"},
    {"control characters are not allowed", "a control character: expected plain text"},
    {"block mapping", "expected `key: value`, indented like the keys beside it"},
};

bool has_control(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] < ' ' || s.at[i] == 0x7f)
            return true;
    return false;
}

static struct str line_at(struct str text, unsigned line)
{
    for (unsigned i = 1; i < line; i++)
        text = str_slice(text, str_find(text, '\n') + 1, text.len);
    return str_slice(text, 0, str_find(text, '\n'));
}

static unsigned line_of_offset(struct str text, size_t offset)
{
    unsigned line = 1;

    for (size_t i = 0; i < offset && i < text.len; i++)
        line += text.at[i] == '\n';
    return line;
}

static bool is_indented_by_tab(struct str line)
{
    for (size_t i = 0; i < line.len && (line.at[i] == ' ' || line.at[i] == '\t'); i++)
        if (line.at[i] == '\t')
            return true;
    return false;
}

static const char *hint_for(const char *problem)
{
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
        if (str_starts(str_from(problem), str_from(hints[i].problem)))
            return hints[i].hint;
    return NULL;
}

static void tell(struct reader *r, unsigned line, const char *problem)
{
    const char *hint = hint_for(problem);

    if (is_indented_by_tab(line_at(r->source->text, line)))
        fault(r, line, STR_NONE, "a tab in the indentation: indent with spaces");
    else if (hint)
        fault(r, line, STR_NONE, "%s", hint);
    else
        fault(r, line, STR_NONE, "this is no YAML: %s", problem);
}

/* What was begun and never ended is wrong where it begins, not where the file ends. */
static unsigned line_of_mark(const yaml_parser_t *p)
{
    static const char *const begun[] = {"while scanning a simple key",
                                        "while scanning a quoted scalar", "while parsing a flow"};

    for (size_t i = 0; i < sizeof begun / sizeof begun[0]; i++)
        if (str_starts(str_from(p->context), str_from(begun[i])))
            return (unsigned)p->context_mark.line + 1;
    return (unsigned)p->problem_mark.line + 1;
}

void syntax_fault(struct reader *r, const yaml_parser_t *p)
{
    const char *problem = p->problem ? p->problem : "nothing further is known";

    switch (p->error) {
    case YAML_MEMORY_ERROR:
        fault(r, 0, STR_NONE, "there is no memory for it");
        break;
    case YAML_READER_ERROR:
        fault(r, line_of_offset(r->source->text, p->problem_offset), STR_NONE,
              "this is no text: expected UTF-8 (%s)", problem);
        break;
    case YAML_SCANNER_ERROR:
    case YAML_PARSER_ERROR:
        tell(r, line_of_mark(p), problem);
        break;
    case YAML_NO_ERROR:
    case YAML_COMPOSER_ERROR:
    case YAML_WRITER_ERROR:
    case YAML_EMITTER_ERROR:
        fault(r, 0, STR_NONE, "this is no YAML: %s", problem);
        break;
    }
}
