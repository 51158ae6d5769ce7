/* Any bytes as the value of a header of one family (-DFAMILY=VIA, …): what decodes lies inside the
 * message, leaves nothing out, and means the same once printed. The first byte picks the header. */
#include "message.h"
#include "msg/print.h"
#include "msg/tables.h"

#define WORDS(a, b) a##b
#define FAMILY_OF(family) WORDS(FAMILY_, family)
#define VALUE_MAX 4096

/* What a value means, told with each fold undone. */
struct tale {
    struct str message;
    struct str span; /* the value that was told last, where its struct says which bytes it is */
    struct buf out;
};

static void tell_number(struct tale *t, uint64_t n)
{
    buf_put_u64(&t->out, n);
    buf_put_char(&t->out, '\n');
}

/* How much white space `s` begins with; *fold: a line ends in it. */
static size_t white_len(struct str s, bool *fold)
{
    size_t n = 0;
    *fold = false;
    for (; n < s.len && memchr(" \t\r\n", s.at[n], 4); n++)
        *fold |= s.at[n] == '\n';
    return n;
}

/* RFC 3261 7.3.1: a fold is as good as one space. */
static void tell_text(struct tale *t, struct str s)
{
    bool fold;
    assert_inside(t->message, s);
    buf_put_char(&t->out, s.at ? '=' : '-');
    while (s.len > 0) {
        size_t n = white_len(s, &fold);
        if (fold)
            buf_put_char(&t->out, ' ');
        else
            buf_put(&t->out, str_slice(s, 0, n ? n : 1));
        s = str_slice(s, n ? n : 1, s.len);
    }
    buf_put_char(&t->out, '\n');
}

/* A quoted string is never longer without its quotes. */
static void check_unescape(struct str value)
{
    struct buf b;
    char *room = malloc(value.len + 1);
    assert(room);
    buf_init(&b, room, value.len);
    quoted_unescape(&b, value);
    assert(!b.over);
    free(room);
}

static void tell_params(struct tale *t, struct params params)
{
    struct str name, value, found;
    assert_inside(t->message, params.text);
    for (size_t at = 0; params_next(params, &at, &name, &value);) {
        tell_text(t, name);
        tell_text(t, value);
        assert(at <= params.text.len && params_get(params, name, &found));
        check_unescape(value);
    }
}

/* Each tells one value and returns the next one of its line. */
static const void *tell_via(struct tale *t, const void *typed)
{
    const struct via *v = typed;
    t->span = v->text;
    tell_text(t, v->protocol);
    tell_text(t, v->transport_name);
    tell_text(t, v->host);
    tell_number(t, v->port);
    tell_params(t, v->params);
    tell_text(t, v->branch);
    tell_text(t, v->received);
    tell_number(t, v->has_rport);
    tell_number(t, v->rport);
    return v->next;
}

static const void *tell_nameaddr(struct tale *t, const void *typed)
{
    const struct nameaddr *v = typed;
    t->span = v->text;
    tell_text(t, v->display);
    tell_text(t, v->uri_text);
    tell_number(t, v->uri.scheme);
    tell_params(t, v->params);
    tell_text(t, v->tag);
    tell_number(t, v->bracketed);
    tell_number(t, v->star);
    return v->next;
}

static const void *tell_cseq(struct tale *t, const void *typed)
{
    const struct cseq *v = typed;
    tell_number(t, v->number);
    tell_text(t, v->method_name);
    tell_number(t, (uint64_t)v->method);
    return NULL;
}

static const void *tell_rack(struct tale *t, const void *typed)
{
    const struct rack *v = typed;
    tell_number(t, v->rseq);
    tell_number(t, v->cseq);
    tell_text(t, v->method_name);
    tell_number(t, (uint64_t)v->method);
    return NULL;
}

static const void *tell_token(struct tale *t, const void *typed)
{
    const struct token *v = typed;
    t->span = v->text;
    tell_text(t, v->name);
    tell_params(t, v->params);
    return v->next;
}

static const void *tell_media(struct tale *t, const void *typed)
{
    const struct media_type *v = typed;
    t->span = v->text;
    tell_text(t, v->type);
    tell_text(t, v->subtype);
    tell_params(t, v->params);
    return v->next;
}

static const void *tell_callid(struct tale *t, const void *typed)
{
    const struct callid *v = typed;
    tell_text(t, v->id);
    tell_params(t, v->params);
    return v->next;
}

static const void *tell_number_value(struct tale *t, const void *typed)
{
    const struct number *v = typed;
    tell_number(t, v->value);
    tell_text(t, v->comment);
    tell_params(t, v->params);
    return NULL;
}

static const void *tell_auth(struct tale *t, const void *typed)
{
    static const char *const names[] = {"realm", "nonce", "uri", "response", "qop", "nextnonce"};
    const struct auth *v = typed;
    struct str value;
    tell_text(t, v->scheme);
    tell_text(t, v->text);
    /* Of other schemes the parser looks at nothing: it may be anything. */
    if (v->scheme.len > 0 && !str_equal_nocase(v->scheme, STR("Digest")))
        return NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        tell_text(t, auth_param(v, str_from(names[i]), &value) ? value : STR_NONE);
    return NULL;
}

static const void *tell_date(struct tale *t, const void *typed)
{
    const struct date *v = typed;
    tell_number(t, (uint64_t)v->unix_s);
    return NULL;
}

static const void *tell_warning(struct tale *t, const void *typed)
{
    const struct warning *v = typed;
    assert(v->code <= 999);
    tell_number(t, v->code);
    tell_text(t, v->agent);
    tell_text(t, v->text);
    return v->next;
}

static const void *tell_decimal(struct tale *t, const void *typed)
{
    const struct decimal *v = typed;
    tell_text(t, v->value);
    tell_text(t, v->second);
    return NULL;
}

typedef const void *teller(struct tale *, const void *);

static teller *const tellers[] = {
    [FAMILY_VIA] = tell_via,         [FAMILY_NAMEADDR] = tell_nameaddr,
    [FAMILY_CSEQ] = tell_cseq,       [FAMILY_NUMBER] = tell_number_value,
    [FAMILY_TOKEN] = tell_token,     [FAMILY_MEDIA] = tell_media,
    [FAMILY_CALLID] = tell_callid,   [FAMILY_CALLID_PARAMS] = tell_callid,
    [FAMILY_AUTH] = tell_auth,       [FAMILY_DATE] = tell_date,
    [FAMILY_WARNING] = tell_warning, [FAMILY_DECIMAL] = tell_decimal,
    [FAMILY_RACK] = tell_rack,       [FAMILY_IDENTITY] = tell_token,
    [FAMILY_PRIVACY] = tell_token,
};

/* Between two values of a list stands one separator, and nothing that no value has. */
static void check_gap(const char *from, const char *to, size_t separators)
{
    assert(from <= to);
    for (; from < to; from++)
        if (memchr(",;", *from, 2))
            assert(separators-- > 0);
        else
            assert(memchr(" \t\r\n", *from, 4));
    assert(separators == 0);
}

static void tell_all(struct tale *t, const struct msg *m, const struct hdr *h)
{
    struct str value = hdr_value(m, h);
    const char *end = value.at;
    const void *typed = h->typed;
    size_t n = 0;
    for (; typed; n++) {
        t->span = STR_NONE;
        typed = tellers[FAMILY_OF(FAMILY)](t, typed);
        if (t->span.at) {
            check_gap(end, t->span.at, n > 0);
            end = t->span.at + t->span.len;
        }
    }
    if (end != value.at)
        check_gap(end, value.at + value.len, 0);
    assert(n <= 1 || (hdr_rows[h->id].flags & HDR_LIST) || FAMILY_OF(FAMILY) == FAMILY_PRIVACY);
}

/* The `pick`th header of the family, counted around. */
static enum hdr_id pick_header(unsigned pick)
{
    enum hdr_id of[N_HDR];
    unsigned n = 0;
    for (enum hdr_id id = HDR_NONE + 1; id < N_HDR; id++)
        if (hdr_rows[id].family == FAMILY_OF(FAMILY))
            of[n++] = id;
    return of[pick % n];
}

/* A small message whose first header has the value. */
static void put_message(struct buf *b, enum hdr_id id, struct str value)
{
    static const struct {
        enum hdr_id id;
        const char *value;
    } others[] = {{HDR_VIA, "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1"},
                  {HDR_FROM, "<sip:a@example.com>;tag=1"},
                  {HDR_TO, "<sip:b@example.com>"},
                  {HDR_CALL_ID, "1@192.0.2.1"},
                  {HDR_CSEQ, "1 OPTIONS"},
                  {HDR_CONTENT_LENGTH, "0"}};
    buf_put_lit(b, "OPTIONS sip:b@example.com SIP/2.0\r\n");
    buf_put(b, str_from(hdr_name_of(id)));
    buf_put_lit(b, ": ");
    buf_put(b, value);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (others[i].id == id)
            continue;
        buf_put_lit(b, "\r\n");
        buf_put(b, str_from(hdr_name_of(others[i].id)));
        buf_put_lit(b, ": ");
        buf_put(b, str_from(others[i].value));
    }
    buf_put_lit(b, "\r\n\r\n");
}

static void check_fault(const struct msg *m, const struct hdr *h)
{
    bool found = m->n_errors == MSG_MAX_ERRORS;
    for (unsigned i = 0; i < m->n_errors; i++)
        found |= m->errors[i].header == h->id && m->errors[i].offset >= h->value_at &&
                 m->errors[i].offset <= h->value_at + h->value_len;
    assert(found);
}

/* A CR alone is a fault of the message, whose normal form says nothing then. */
static bool has_bare_cr(const struct msg *m)
{
    for (unsigned i = 0; i < m->n_errors; i++)
        if (m->errors[i].code == MSG_E_BARE_CR)
            return true;
    return false;
}

/* Decodes the first header of `text`, tells its meaning, and prints the message into `normal`.
 * False: it is malformed. */
static bool decode(struct str text, size_t like_len, enum hdr_id id, struct buf *meaning,
                   struct buf *normal)
{
    struct message x;
    message_parse_as(&x, text, MSG_DATAGRAM, like_len);
    struct hdr *h = &x.m.headers[0];
    bool good = x.m.n_headers > 0 && h->id == id && msg_typed(&x.m, h);
    if (good) {
        struct tale t = {.message = x.m.bytes, .out = *meaning};
        assert(msg_typed(&x.m, h) == h->typed && !h->bad);
        tell_all(&t, &x.m, h);
        *meaning = t.out;
        msg_print(normal, &x.m);
        good = !has_bare_cr(&x.m);
    } else if (x.m.n_headers > 0 && h->bad) {
        check_fault(&x.m, h);
    }
    message_free(&x);
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char rooms[5][64 * VALUE_MAX];
    struct str input = {(const char *)data, size};
    struct buf b[5];
    if (size == 0 || size > VALUE_MAX)
        return 0;
    for (size_t i = 0; i < 5; i++)
        buf_init(&b[i], rooms[i], sizeof rooms[i]);
    enum hdr_id id = pick_header(draw_byte(&input));
    put_message(&b[0], id, input);
    if (!decode(buf_str(&b[0]), b[0].len, id, &b[1], &b[2]))
        return 0;
    /* What Content-Length is printed with is the body's length. */
    if (id == HDR_CONTENT_LENGTH)
        return 0;
    /* It is shorter where folds were undone and lines were none, but has as many values, and one
     * line more, its length: as much space. */
    size_t like_len = (b[0].len > b[2].len ? b[0].len : b[2].len) + sizeof(struct hdr);
    assert(decode(buf_str(&b[2]), like_len, id, &b[3], &b[4]));
    assert(!b[1].over && str_equal(buf_str(&b[1]), buf_str(&b[3])));
    assert(!b[2].over && str_equal(buf_str(&b[2]), buf_str(&b[4])));
    return 0;
}
