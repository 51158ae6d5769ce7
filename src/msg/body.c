/* Finds the session description of a message (RFC 5621, RFC 2046 5.1). Copies nothing. */
#include "msg/body.h"

#include "base/limits.h"

/* What a body, or a part of one, says of itself. */
struct entity {
    struct str type;        /* value of Content-Type; empty: none */
    struct str disposition; /* value of Content-Disposition; empty: none */
    struct str encoding;    /* value of Content-Encoding; empty: none */
    struct str content;
};

/* Multiparts that are still to be taken apart, nested ones behind those around them, and what was
 * found in those that were. */
struct parts {
    struct entity wait[LIMIT_MSG_MULTIPARTS];
    unsigned n;
    struct str *descriptions;
    unsigned n_descriptions, most;
};

static struct str name_of(struct str value)
{
    return str_trim(str_slice(value, 0, str_find(value, ';')));
}

static struct params params_of(struct str value)
{
    size_t at = str_find(value, ';');
    return (struct params){str_slice(value, at, value.len - at)};
}

static bool param_is(struct str value, struct str name, struct str wanted)
{
    struct str v;
    return params_get(params_of(value), name, &v) && str_equal_nocase(v, wanted);
}

static bool is_type(const struct entity *e, struct str type)
{
    return str_equal_nocase(name_of(e->type), type);
}

static bool is_session(const struct entity *e)
{
    struct str d = name_of(e->disposition);
    return d.len == 0 || str_equal_nocase(d, STR("session")) ||
           str_equal_nocase(d, STR("early-session"));
}

/* RFC 3261 20.11: "session" where nothing is said; a handling that is not known is required. */
static bool is_optional(const struct entity *e)
{
    return param_is(e->disposition, STR("handling"), STR("optional"));
}

static bool is_plain(const struct entity *e)
{
    return e->encoding.len == 0 || str_equal_nocase(e->encoding, STR("identity"));
}

/* What is malformed stays so, whatever else is unknown. */
static void refuse(struct body *b, unsigned status)
{
    if (b->status != 400)
        b->status = status;
}

static void take(struct body *b, struct parts *parts, const struct entity *e, bool alternative)
{
    bool described = is_plain(e) && is_type(e, STR("application/sdp"));
    if (described && parts->n_descriptions < parts->most)
        parts->descriptions[parts->n_descriptions++] = e->content;
    if (described && is_session(e)) {
        /* of alternatives the last one that is understood (RFC 2046 5.1.4), else the first */
        if (b->sdp.len == 0 || alternative)
            b->sdp = e->content;
        return;
    }
    bool multipart = str_starts_nocase(e->type, STR("multipart/"));
    if (is_plain(e) && multipart && parts->n < LIMIT_MSG_MULTIPARTS) {
        parts->wait[parts->n++] = *e;
        return;
    }
    if (!is_optional(e) && !alternative)
        refuse(b, 415);
}

static bool boundary_of(const struct entity *e, struct str *boundary)
{
    if (!params_get(params_of(e->type), STR("boundary"), boundary))
        return false;
    if (boundary->len >= 2 && boundary->at[0] == '"')
        *boundary = str_slice(*boundary, 1, boundary->len - 2);
    return boundary->len > 0;
}

/* The next line of *text, without its end. */
static bool next_line(struct str *text, struct str *line)
{
    if (text->len == 0)
        return false;
    size_t end = str_find(*text, '\n');
    *line = str_slice(*text, 0, end);
    if (line->len > 0 && line->at[line->len - 1] == '\r')
        line->len--;
    *text = str_slice(*text, end + 1, text->len);
    return true;
}

/* "--boundary" opens the next part, "--boundary--" ends the last one. */
static bool is_delimiter(struct str line, struct str boundary, bool *last)
{
    if (!str_starts(line, STR("--")) || !str_starts(str_slice(line, 2, line.len), boundary))
        return false;
    struct str rest = str_slice(line, 2 + boundary.len, line.len);
    *last = str_starts(rest, STR("--"));
    return *last || str_trim(rest).len == 0;
}

static void read_head(struct entity *e, struct str *text)
{
    struct str line;
    while (next_line(text, &line) && line.len > 0) {
        size_t colon = str_find(line, ':');
        struct str name = str_trim(str_slice(line, 0, colon));
        struct str value = str_trim(str_slice(line, colon + 1, line.len));
        if (str_equal_nocase(name, STR("Content-Type")))
            e->type = value;
        else if (str_equal_nocase(name, STR("Content-Disposition")))
            e->disposition = value;
        else if (str_equal_nocase(name, STR("Content-Encoding")))
            e->encoding = value;
    }
}

/* Up to the delimiter, whose line end in front belongs to it. False: there is none. */
static bool read_part(struct str *text, struct str boundary, struct str *part, bool *last)
{
    const char *begin = text->at;
    struct str line;
    while (next_line(text, &line))
        if (is_delimiter(line, boundary, last)) {
            size_t len = (size_t)(line.at - begin);
            if (len > 0 && begin[len - 1] == '\n')
                len--;
            if (len > 0 && begin[len - 1] == '\r')
                len--;
            *part = (struct str){begin, len};
            return true;
        }
    return false;
}

static void take_apart(struct body *b, struct parts *parts, const struct entity *whole)
{
    struct str text = whole->content, part, boundary;
    bool last = false, alternative = is_type(whole, STR("multipart/alternative"));
    unsigned n = 0, nested = parts->n;
    if (!boundary_of(whole, &boundary) || !read_part(&text, boundary, &part, &last)) {
        refuse(b, 400);
        return;
    }
    while (!last && n++ < LIMIT_MSG_PARTS) {
        struct entity e = {0};
        if (!read_part(&text, boundary, &part, &last)) {
            b->status = 400;
            return;
        }
        read_head(&e, &part);
        e.content = part;
        if (e.type.len == 0)
            e.type = STR("text/plain");
        take(b, parts, &e, alternative);
    }
    if (alternative && b->sdp.len == 0 && parts->n == nested && !is_optional(whole))
        refuse(b, 415);
}

static struct str value_of(const struct msg *m, enum hdr_id id)
{
    const struct hdr *h = msg_header(m, id);
    return h ? hdr_value(m, h) : STR_NONE;
}

static void read_body(struct msg *m, struct str body, struct body *b, struct parts *parts)
{
    *b = (struct body){0};
    if (body.len == 0)
        return;
    struct entity whole = {value_of(m, HDR_CONTENT_TYPE), value_of(m, HDR_CONTENT_DISPOSITION),
                           value_of(m, HDR_CONTENT_ENCODING), body};
    take(b, parts, &whole, false);
    for (unsigned i = 0; i < parts->n; i++) {
        struct entity next = parts->wait[i];
        take_apart(b, parts, &next);
    }
}

void body_read(struct msg *m, struct body *b)
{
    struct parts parts = {.n = 0};
    read_body(m, m->body, b, &parts);
}

unsigned body_descriptions(struct msg *m, struct str body, struct str *out, unsigned most)
{
    struct parts parts = {.descriptions = out, .most = most};
    struct body b;
    read_body(m, body, &b, &parts);
    return parts.n_descriptions;
}
