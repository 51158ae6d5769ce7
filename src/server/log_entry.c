/* Packs events and prints them; knows neither rings nor descriptors. */
#include "server/log_entry.h"

#include <time.h>

#include "base/json.h"
#include "base/utf8.h"

/* --- in --- */

static void put_value(struct buf *b, const struct log_field *f)
{
    switch (f->type) {
    case LOG_IS_NUMBER:
        buf_put_u64(b, f->number);
        break;
    case LOG_IS_ADDR:
        addr_print(b, f->addr);
        break;
    case LOG_IS_TEXT:
        buf_put(b, str_slice(f->text, 0, b->cap - b->len));
        break;
    }
}

void log_entry_pack(struct log_entry *e, const struct log_record *r, time_ns at)
{
    struct buf b;

    e->at = at;
    e->event = (uint8_t)r->event;
    e->level = (uint8_t)r->level;
    e->skipped = r->skipped;
    e->n = (uint8_t)(r->n < LOG_ENTRY_FIELDS ? r->n : LOG_ENTRY_FIELDS);
    buf_init(&b, e->text, sizeof(e->text));
    for (unsigned i = 0; i < e->n; i++) {
        size_t from = b.len;

        put_value(&b, &r->fields[i]);
        e->fields[i].key = r->fields[i].key;
        e->fields[i].len = (uint16_t)(b.len - from);
        e->fields[i].number = r->fields[i].type == LOG_IS_NUMBER && !b.over;
        b.over = false;
    }
}

/* --- out --- */

static void print_plain(FILE *f, struct str s)
{
    while (s.len > 0) {
        size_t n = utf8_character(s);
        bool shown = n > 0 && !utf8_is_control(s);

        fwrite(shown ? s.at : "?", 1, shown ? n : 1, f);
        s = str_slice(s, n ? n : 1, s.len);
    }
}

static void print_quoted(FILE *f, struct str s)
{
    putc('"', f);
    for (size_t end; s.len > 0; s = str_slice(s, end, s.len)) {
        for (end = 0; end < s.len && s.at[end] != '"' && s.at[end] != '\\'; end++)
            ;
        print_plain(f, str_slice(s, 0, end));
        if (end < s.len)
            fprintf(f, "\\%c", s.at[end++]);
    }
    putc('"', f);
}

static bool is_bare(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] <= ' ' || memchr("=\"\\\x7f", s.at[i], 4))
            return false;
    return s.len > 0;
}

static void print_value(FILE *f, struct str s)
{
    if (is_bare(s))
        print_plain(f, s);
    else
        print_quoted(f, s);
}

static void print_pairs(FILE *f, const struct log_entry *e)
{
    const char *at = e->text;

    for (unsigned i = 0; i < e->n; at += e->fields[i++].len) {
        fprintf(f, " %s=", e->fields[i].key);
        print_value(f, (struct str){at, e->fields[i].len});
    }
    if (e->skipped > 0)
        fprintf(f, " skipped=%u", e->skipped);
    putc('\n', f);
}

static void print_text(FILE *f, const struct log_entry *e)
{
    fprintf(f, "tandem: %s: ", log_level_name((enum log_level)e->level));
    for (const char *c = log_event_name((enum log_event)e->event); *c; c++)
        putc(*c == '_' ? ' ' : *c, f);
    print_pairs(f, e);
}

/* RFC 3339 5.6 */
static void print_time(FILE *f, time_ns at)
{
    time_t seconds = (time_t)(at / NS_PER_S);
    struct tm tm = {0};
    char text[24];

    (void)gmtime_r(&seconds, &tm);
    (void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
    fprintf(f, "%s.%03uZ", text, (unsigned)(at / NS_PER_MS % 1000));
}

static void print_logfmt(FILE *f, const struct log_entry *e)
{
    fputs("time=", f);
    print_time(f, e->at);
    fprintf(f, " level=%s event=%s", log_level_name((enum log_level)e->level),
            log_event_name((enum log_event)e->event));
    print_pairs(f, e);
}

static void print_json(FILE *f, const struct log_entry *e)
{
    const char *at = e->text;

    fprintf(f, "{\"event\":\"%s\",\"level\":\"%s\",\"time\":\"",
            log_event_name((enum log_event)e->event), log_level_name((enum log_level)e->level));
    print_time(f, e->at);
    putc('"', f);
    for (unsigned i = 0; i < e->n; at += e->fields[i++].len) {
        fprintf(f, ",\"%s\":", e->fields[i].key);
        if (e->fields[i].number)
            fwrite(at, 1, e->fields[i].len, f);
        else
            json_string(f, (struct str){at, e->fields[i].len});
    }
    if (e->skipped > 0)
        fprintf(f, ",\"skipped\":%u", e->skipped);
    fputs("}\n", f);
}

void log_entry_print(FILE *f, const struct log_entry *e, enum config_log_format format)
{
    switch (format) {
    case CONFIG_LOG_TEXT:
        print_text(f, e);
        break;
    case CONFIG_LOG_LOGFMT:
        print_logfmt(f, e);
        break;
    case CONFIG_LOG_JSON:
        print_json(f, e);
        break;
    }
}
