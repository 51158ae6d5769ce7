/* Takes the events of YAML from the file's text; knows no key. */
#include <yaml.h>

#include "base/known.h"
#include "base/limits.h"
#include "config/syntax.h"
#include "config/walk.h"

static bool has_properties(const yaml_event_t *e)
{
    if (e->type == YAML_SCALAR_EVENT)
        return e->data.scalar.anchor || e->data.scalar.tag;
    if (e->type == YAML_SEQUENCE_START_EVENT)
        return e->data.sequence_start.anchor || e->data.sequence_start.tag;
    if (e->type == YAML_MAPPING_START_EVENT)
        return e->data.mapping_start.anchor || e->data.mapping_start.tag;
    return e->type == YAML_ALIAS_EVENT;
}

/* Anchors would let a short file mean a long one, and tags another type. */
static void check_node(struct walk *w, const yaml_event_t *e)
{
    if (has_properties(e))
        fault(w->r, walk_line(e), w->place == AT_VALUE ? walk_path(w) : STR_NONE,
              "anchors (&), aliases (*) and tags (!) are not supported: write the value itself, or "
              "put it in quotes");
    w->depth += walk_begins_node(e);
    w->depth -= e->type == YAML_MAPPING_END_EVENT || e->type == YAML_SEQUENCE_END_EVENT;
    if (w->depth > LIMIT_CONFIG_DEPTH) {
        fault(w->r, walk_line(e), STR_NONE, "nested too deeply: at most %u levels",
              LIMIT_CONFIG_DEPTH);
        w->over = true;
    }
}

static void take_event(struct walk *w, const yaml_event_t *e)
{
    switch (e->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (w->place == BEFORE)
            break;
        fault(w->r, walk_line(e), STR_NONE, "a second document begins: leave the line --- out");
        w->over = true;
        break;
    case YAML_STREAM_END_EVENT:
        w->over = true;
        break;
    case YAML_ALIAS_EVENT:
    case YAML_SCALAR_EVENT:
    case YAML_SEQUENCE_START_EVENT:
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_START_EVENT:
    case YAML_MAPPING_END_EVENT:
        check_node(w, e);
        if (!w->over)
            walk_on(w, e);
        break;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        break;
    }
}

static bool next_event(yaml_parser_t *parser, yaml_event_t *e)
{
    memset(e, 0, sizeof *e);
    UNWATCHED_BEGIN();
    bool done = yaml_parser_parse(parser, e);

    UNWATCHED_END();
    if (done && e->type == YAML_SCALAR_EVENT)
        KNOWN(e->data.scalar.value, e->data.scalar.length);
    return done;
}

static void walk(struct walk *w, yaml_parser_t *parser)
{
    yaml_event_t e;

    while (!w->over && !fault_is_enough(w->r)) {
        if (!next_event(parser, &e)) {
            syntax_fault(w->r, parser);
            return;
        }
        take_event(w, &e);
        yaml_event_delete(&e);
    }
}

void read_text(struct reader *r)
{
    struct walk w;
    yaml_parser_t parser;

    walk_init(&w, r);
    memset(&parser, 0, sizeof parser);
    if (!yaml_parser_initialize(&parser)) {
        fault(r, 0, STR_NONE, "there is no memory for it");
        return;
    }
    struct str text = r->source->text.len > 0 ? r->source->text : STR("");

    yaml_parser_set_input_string(&parser, (const unsigned char *)text.at, text.len);
    walk(&w, &parser);
    walk_end(&w);
    yaml_parser_delete(&parser);
}
