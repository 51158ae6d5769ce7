/* Reads the text of a message with fields in brackets; fills none in. */
#include "load/template.h"

#include <assert.h>
#include <stdio.h>

struct reader {
    struct template *t;
    const struct template_names *names;
    char *what;
    size_t size;
    bool wrong;
};

static const struct {
    struct str name;
    enum field field;
} fields[] = {
#define FIELD(id, name, meaning) {STR_INIT(name), FIELD_##id},
#include "load_fields.def"
#undef FIELD
};

static void complain(struct reader *r, const char *what, struct str of)
{
    if (!r->wrong)
        snprintf(r->what, r->size, "%s%s%.*s", what, of.len ? ": " : "", (int)(of.len % 200),
                 of.at ? of.at : "");
    r->wrong = true;
}

/* --- text --- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct str next_line(struct str *rest)
{
    size_t end = str_find(*rest, '\n');
    struct str line = str_slice(*rest, 0, end);
    *rest = str_slice(*rest, end + 1, rest->len);
    if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    return line;
}

/* Whoever writes XML indents: white space in front of a line means nothing. */
static struct str without_indent(struct str line)
{
    while (line.len > 0 && is_blank(*line.at))
        line = str_slice(line, 1, line.len);
    return line;
}

static bool ends_head(const struct buf *b)
{
    return b->len >= 4 && memcmp(b->at + b->len - 4, "\r\n\r\n", 4) == 0;
}

/* Lines as they go over the wire. Returns where the body begins. */
static size_t tidy(struct buf *b, struct str text)
{
    struct str rest = str_trim(text);
    size_t body = 0;
    while (rest.len > 0) {
        buf_put(b, without_indent(next_line(&rest)));
        buf_put_lit(b, "\r\n");
        if (!body && ends_head(b))
            body = b->len;
    }
    if (!body)
        buf_put_lit(b, "\r\n");
    return body ? body : b->len;
}

/* --- fields --- */

static struct piece *add(struct reader *r, enum field field, struct str text)
{
    struct template *t = r->t;
    assert(t->n < t->room);
    t->pieces[t->n] = (struct piece){.field = (uint8_t)field, .text = text};
    return &t->pieces[t->n++];
}

/* "+1", "-2" behind a name. */
static bool take_offset(struct str *name, int32_t *offset)
{
    size_t at = 0;
    uint64_t n;
    while (at < name->len && name->at[at] != '+' && name->at[at] != '-')
        at++;
    if (at == name->len)
        return true;
    if (!str_to_u64(str_slice(*name, at + 1, name->len), 1000000, &n))
        return false;
    *offset = name->at[at] == '-' ? -(int32_t)n : (int32_t)n;
    name->len = at;
    return true;
}

static void add_variable(struct reader *r, struct str name)
{
    int number = r->names->variable(r->names->of_variables, name);
    if (number < 0)
        complain(r, "too many variables", name);
    else
        add(r, FIELD_VARIABLE, name)->number = number;
}

static void add_last(struct reader *r, struct str name)
{
    bool lines = name.len > 0 && name.at[name.len - 1] == ':';
    if (lines)
        name.len--;
    add(r, lines ? FIELD_LAST : FIELD_LAST_VALUE, name)->number = (int32_t)hdr_id_of(name);
    r->t->has_last = true;
}

static bool add_user_field(struct reader *r, struct str name)
{
    uint64_t n;
    size_t end = str_find(name, ' ');
    if (!str_to_u64(str_slice(name, 0, end), LIMIT_LOAD_FIELDS - 1, &n))
        return false;
    if (end < name.len)
        complain(r,
                 "a table and a line of it cannot be named: there is one table, and each user has "
                 "one line",
                 name);
    add(r, FIELD_USER_FIELD, name)->number = (int32_t)n;
    return true;
}

/* The value of "username=" or "password=" up to the next of them; it may have fields itself. */
static struct template *argument(struct reader *r, struct str args, struct str name)
{
    for (size_t at = 0; at + name.len <= args.len; at++) {
        if (!str_starts(str_slice(args, at, args.len), name))
            continue;
        struct str value = str_slice(args, at + name.len, args.len);
        value = str_slice(value, 0, str_find(value, ' '));
        struct template *t = template_text(r->t->mem, value, r->names, r->what, r->size);
        r->wrong |= !t;
        return t;
    }
    return NULL;
}

static void add_authentication(struct reader *r, struct str args)
{
    struct piece *p = add(r, FIELD_AUTHENTICATION, STR_NONE);
    p->user = argument(r, args, STR("username="));
    p->password = argument(r, args, STR("password="));
}

static bool add_named(struct reader *r, struct str name)
{
    int32_t offset = 0;
    struct str value;
    if (r->names->key && r->names->key(r->names->of_keys, name, &value)) {
        add(r, FIELD_TEXT, value);
        return true;
    }
    if (!take_offset(&name, &offset))
        return false;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (str_equal_nocase(fields[i].name, name)) {
            add(r, fields[i].field, name)->number = offset;
            r->t->has_branch |= fields[i].field == FIELD_BRANCH && offset == 0;
            return true;
        }
    return false;
}

static void add_field(struct reader *r, struct str name)
{
    static const struct str last = STR_INIT("last_"), field = STR_INIT("field"),
                            authentication = STR_INIT("authentication");
    if (name.at[0] == '$')
        add_variable(r, str_slice(name, 1, name.len));
    else if (str_starts(name, last))
        add_last(r, str_slice(name, last.len, name.len));
    else if (str_starts(name, authentication) &&
             (name.len == authentication.len || is_blank(name.at[authentication.len])))
        add_authentication(r, str_slice(name, authentication.len, name.len));
    else if (str_starts(name, field) && add_user_field(r, str_slice(name, field.len, name.len)))
        return;
    else if (!add_named(r, name))
        complain(r, "there is no such field, nor is it given by --key NAME=VALUE", name);
}

static bool is_letter(char c)
{
    return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '$';
}

/* The length of a field's name at the beginning of `s`, behind its bracket; 0: there is no field,
 * as in "[2001:db8::1]". Brackets within are of fields within. */
static size_t field_len(struct str s)
{
    unsigned depth = 1;
    if (s.len == 0 || !is_letter(s.at[0]))
        return 0;
    for (size_t i = 0; i < s.len && s.at[i] != '\n'; i++) {
        depth += s.at[i] == '[';
        depth -= s.at[i] == ']';
        if (depth == 0)
            return str_find(str_slice(s, 0, i), ':') + 1 < i ? 0 : i;
    }
    return 0;
}

static bool line_begins(const struct template *t, size_t at)
{
    return at == 0 || t->text[at - 1] == '\n';
}

/* A field that is all of its line takes the line's end with it. */
static size_t take_line(struct template *t, size_t from, size_t to)
{
    struct str after = {t->text + to, t->len - to};
    struct piece *p = t->n ? &t->pieces[t->n - 1] : NULL;
    bool may = p && (p->field == FIELD_LAST || p->field == FIELD_ROUTES ||
                     p->field == FIELD_AUTHENTICATION || p->field == FIELD_USER_FIELD);
    if (!may || !line_begins(t, from) || !str_starts(after, STR("\r\n")))
        return to;
    p->alone = true;
    return to + 2;
}

static void add_run(struct reader *r, size_t from, size_t to)
{
    if (to > from)
        add(r, FIELD_TEXT, (struct str){r->t->text + from, to - from});
}

/* Up to `end`. */
static void read_pieces(struct reader *r, size_t from, size_t end)
{
    struct template *t = r->t;
    size_t run = from;
    for (size_t at = from; at < end && !r->wrong;) {
        size_t len =
            t->text[at] == '[' ? field_len((struct str){t->text + at + 1, end - at - 1}) : 0;
        if (len == 0) {
            at++;
            continue;
        }
        add_run(r, run, at);
        add_field(r, (struct str){t->text + at + 1, len});
        run = take_line(t, at, at + len + 2);
        at = run;
    }
    add_run(r, run, end);
}

/* --- whole --- */

static struct template *make(struct mem *mem, struct str text, bool message)
{
    struct template *t = mem_alloc_zero(mem, sizeof *t);
    size_t lines = 2;
    for (size_t i = 0; i < text.len; i++)
        lines += text.at[i] == '\n';
    if (!t)
        return NULL;
    t->mem = mem;
    t->size = text.len + (message ? lines * 2 + 4 : 1);
    t->text = mem_alloc(mem, t->size);
    t->room = 3;
    for (size_t i = 0; i < text.len; i++)
        t->room += text.at[i] == '[' ? 2 : 0;
    t->pieces = mem_alloc_zero(mem, t->room * sizeof *t->pieces);
    if (t->text && t->pieces)
        return t;
    template_free(t);
    return NULL;
}

static struct template *read_template(struct mem *mem, struct str text, bool message,
                                      const struct template_names *names, char *what, size_t size)
{
    struct template *t = make(mem, text, message);
    struct reader r = {t, names, what, size, false};
    struct buf b;
    size_t body;
    if (!t) {
        snprintf(what, size, "no memory");
        return NULL;
    }
    buf_init(&b, t->text, t->size);
    if (message) {
        body = tidy(&b, text);
    } else {
        buf_put(&b, text);
        body = b.len;
    }
    assert(!b.over);
    t->len = b.len;
    read_pieces(&r, 0, body);
    t->body = t->n;
    read_pieces(&r, body, t->len);
    if (!r.wrong)
        return t;
    template_free(t);
    return NULL;
}

struct template *template_message(struct mem *mem, struct str text,
                                  const struct template_names *names, char *what, size_t size)
{
    if (str_trim(text).len == 0 || text.len > LIMIT_MSG_BYTES) {
        snprintf(what, size,
                 text.len > LIMIT_MSG_BYTES ? "the message is too long" : "there is no message");
        return NULL;
    }
    return read_template(mem, text, true, names, what, size);
}

struct template *template_text(struct mem *mem, struct str text, const struct template_names *names,
                               char *what, size_t size)
{
    return read_template(mem, text, false, names, what, size);
}

void template_free(struct template *t)
{
    if (!t)
        return;
    for (unsigned i = 0; t->pieces && i < t->n; i++) {
        template_free(t->pieces[i].user);
        template_free(t->pieces[i].password);
    }
    if (t->pieces)
        mem_free(t->mem, t->pieces, t->room * sizeof *t->pieces);
    if (t->text)
        mem_free(t->mem, t->text, t->size);
    mem_free(t->mem, t, sizeof *t);
}
