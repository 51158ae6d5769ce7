/* Reads the operator's names: lines of a zone file (RFC 1035 5.1) and of /etc/hosts. */
#include "resolve/hosts_table.h"

#define WORDS_MOST 16

struct words {
    unsigned n;
    struct str word[WORDS_MOST];
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The next word of the line, a quoted one without its quotes. False: none, or a quote that does not
 * end (*fault). */
static bool next_word(struct str *line, struct str *out, bool *fault)
{
    size_t at = 0;
    while (at < line->len && is_space(line->at[at]))
        at++;
    *line = str_slice(*line, at, line->len);
    if (line->len == 0 || line->at[0] == ';' || line->at[0] == '#')
        return false;
    if (line->at[0] == '"') {
        size_t end = 1 + str_find(str_slice(*line, 1, line->len), '"');
        *fault = end == line->len;
        *out = str_slice(*line, 1, end - 1);
        *line = str_slice(*line, end + 1, line->len);
        return !*fault;
    }
    for (at = 0; at < line->len && !is_space(line->at[at]) && line->at[at] != ';';)
        at++;
    *out = str_slice(*line, 0, at);
    *line = str_slice(*line, at, line->len);
    return true;
}

static const char *split(struct str line, struct words *w)
{
    bool fault = false;
    struct str word;
    w->n = 0;
    while (next_word(&line, &word, &fault)) {
        if (w->n == WORDS_MOST)
            return "Too many words in one line";
        w->word[w->n++] = word;
    }
    return fault ? "A quote is not closed" : NULL;
}

static bool read_name(struct str text, struct str *out, bool may_be_root)
{
    if (may_be_root && str_equal(text, STR("."))) {
        *out = STR_NONE;
        return true;
    }
    if (text.len > 1 && text.at[text.len - 1] == '.')
        text.len--;
    *out = text;
    return dns_is_name(text);
}

static bool read_u16(struct str text, uint16_t *out)
{
    uint64_t n;
    if (!str_to_u64(text, UINT16_MAX, &n))
        return false;
    *out = (uint16_t)n;
    return true;
}

static const char *read_addr(const struct words *w, unsigned at, struct host_line *l)
{
    uint8_t family = l->type == DNS_A ? ADDR_IP4 : ADDR_IP6;
    if (w->n != at + 1 || !addr_parse_ip(w->word[at], &l->record.addr) ||
        l->record.addr.family != family)
        return l->type == DNS_A ? "A takes one IPv4 address" : "AAAA takes one IPv6 address";
    return NULL;
}

static const char *read_srv(const struct words *w, unsigned at, struct host_line *l)
{
    struct dns_srv *s = &l->record.srv;
    if (w->n != at + 4 || !read_u16(w->word[at], &s->priority) ||
        !read_u16(w->word[at + 1], &s->weight) || !read_u16(w->word[at + 2], &s->port) ||
        !read_name(w->word[at + 3], &s->target, true))
        return "SRV takes a priority, a weight, a port and a name";
    return NULL;
}

static const char *read_naptr(const struct words *w, unsigned at, struct host_line *l)
{
    struct dns_naptr *n = &l->record.naptr;
    if (w->n != at + 6 || !read_u16(w->word[at], &n->order) ||
        !read_u16(w->word[at + 1], &n->preference) ||
        !read_name(w->word[at + 5], &n->replacement, true))
        return "NAPTR takes an order, a preference, flags, services, a regular expression and a "
               "name";
    n->flags = w->word[at + 2];
    n->services = w->word[at + 3];
    n->regexp = w->word[at + 4];
    return n->flags.len + n->services.len + n->regexp.len > 3 * 255 ? "A text is too long" : NULL;
}

static const char *read_alias(const struct words *w, unsigned at, struct host_line *l)
{
    if (w->n != at + 1 || !read_name(w->word[at], &l->alias, false))
        return "CNAME takes a name";
    return NULL;
}

static const char *read_type(struct words *w, unsigned at, struct host_line *l)
{
    static const struct {
        const char *name;
        uint16_t type;
        const char *(*read)(const struct words *, unsigned, struct host_line *);
    } types[] = {
        {"A", DNS_A, read_addr},          {"AAAA", DNS_AAAA, read_addr},
        {"SRV", DNS_SRV, read_srv},       {"NAPTR", DNS_NAPTR, read_naptr},
        {"CNAME", DNS_CNAME, read_alias},
    };
    for (size_t i = 0; at < w->n && i < sizeof types / sizeof *types; i++)
        if (str_equal_nocase(w->word[at], str_from(types[i].name))) {
            l->type = types[i].type;
            return types[i].read(w, at + 1, l);
        }
    return "A record is A, AAAA, CNAME, NAPTR or SRV";
}

static const char *read_line(struct words *w, struct host_line *l)
{
    unsigned at = 1;
    uint64_t ttl;
    if (!read_name(w->word[0], &l->name, false))
        return "This is no name of a host or service";
    if (at < w->n && str_to_u64(w->word[at], UINT32_MAX, &ttl))
        at++;
    if (at < w->n && str_equal_nocase(w->word[at], STR("IN")))
        at++;
    return read_type(w, at, l);
}

/* The next line without its end. False: none. */
static bool next_line(struct str *text, struct str *line)
{
    if (text->len == 0)
        return false;
    size_t end = str_find(*text, '\n');
    *line = str_slice(*text, 0, end);
    *text = str_slice(*text, end + 1, text->len);
    return true;
}

int hosts_zone(struct hosts *h, struct str text, struct hosts_fault *fault)
{
    struct str line;
    struct words w;
    *fault = (struct hosts_fault){0};
    while (next_line(&text, &line)) {
        struct host_line one = {0};
        fault->line++;
        fault->what = split(line, &w);
        if (!fault->what && w.n > 0)
            fault->what = read_line(&w, &one);
        if (fault->what)
            return ERR_INVALID;
        int err = w.n > 0 ? hosts_add(h, &one) : OK;
        if (err)
            return err;
    }
    return OK;
}

int hosts_etc(struct hosts *h, struct str text)
{
    struct str line;
    struct words w;
    while (next_line(&text, &line)) {
        struct host_line one = {0};
        if (split(line, &w) || w.n < 2 || !addr_parse_ip(w.word[0], &one.record.addr))
            continue;
        one.type = one.record.addr.family == ADDR_IP4 ? DNS_A : DNS_AAAA;
        for (unsigned i = 1; i < w.n; i++) {
            int err = read_name(w.word[i], &one.name, false) ? hosts_add(h, &one) : OK;
            if (err)
                return err;
        }
    }
    return OK;
}
