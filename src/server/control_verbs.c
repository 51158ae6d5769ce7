/* The verbs of the control socket, and what their arguments have in common. */
#include "base/json.h"
#include "element/forwards.h"
#include "msg/uri.h"
#include "server/control_client.h"

const struct control_verb control_verbs[] = {
#define VERB(name, arguments, least, most, summary) \
    {#name, arguments, summary, least, most, control_##name},
#include "verbs.def"
#undef VERB
};

const size_t control_n_verbs = sizeof(control_verbs) / sizeof(control_verbs[0]);

const struct control_verb *control_find_verb(struct str name)
{
    for (size_t i = 0; i < control_n_verbs; i++)
        if (str_equal(name, str_from(control_verbs[i].name)))
            return &control_verbs[i];
    return NULL;
}

bool control_read_list(struct control_client *c, unsigned from, const char **what)
{
    struct control_progress *p = &c->progress;

    p->limit = UINT64_MAX;
    for (unsigned i = from; i < c->line.n; i++) {
        struct str word = c->line.list[i];

        if (str_equal(word, STR("--limit"))) {
            *what = "--limit: expected a number from 1 on";
            if (++i == c->line.n || !str_to_u64(c->line.list[i], UINT64_MAX - 1, &p->limit) ||
                p->limit == 0)
                return false;
        } else if (p->pattern.len > 0) {
            *what = "one pattern at most";
            return false;
        } else {
            p->pattern = word;
        }
    }
    return true;
}

void control_put_addr(FILE *f, const char *key, const struct addr *a)
{
    char text[80];
    struct buf b;

    buf_init(&b, text, sizeof(text));
    addr_print(&b, a);
    fprintf(f, ",\"%s\":\"%.*s\"", key, STR_ARG(buf_str(&b)));
}

void control_put_text(FILE *f, const char *key, struct str text)
{
    if (text.len == 0)
        return;
    fprintf(f, ",\"%s\":", key);
    json_string(f, text);
}

/* With a scheme, or without: then it is sip. */
static void put_uri(struct buf *b, struct str text)
{
    if (str_find(text, ':') > str_find(text, '@'))
        buf_put_lit(b, "sip:");
    buf_put(b, text);
}

bool control_read_uri(struct buf *b, struct str text)
{
    put_uri(b, text);
    return !b->over && forward_is_uri(buf_str(b));
}

bool control_read_key(struct buf *key, struct str aor)
{
    char text[LIMIT_AOR_BYTES + 8];
    struct buf b;
    struct msg_error fault;
    struct uri uri;

    buf_init(&b, text, sizeof(text));
    put_uri(&b, aor);
    if (b.over || !uri_parse(buf_str(&b), &uri, &fault))
        return false;
    registrar_key(key, &uri);
    return !key->over;
}

enum control_step control_help(struct control_client *c)
{
    for (size_t i = 0; i < control_n_verbs; i++) {
        FILE *f = control_row(c);

        fprintf(f, "{\"verb\":\"%s\"", control_verbs[i].name);
        control_put_text(f, "arguments", str_from(control_verbs[i].arguments));
        control_put_text(f, "summary", str_from(control_verbs[i].summary));
        putc('}', f);
        control_tell(c);
    }
    return CONTROL_DONE;
}
