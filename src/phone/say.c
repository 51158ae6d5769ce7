/* Owns the form in which events are written. Knows no event. */
#include "phone/say.h"

#include "base/json.h"
#include "config/listener.h"

/* One object at a time is written; within it, whether a comma is due. */
static bool follows;

static void put_key(FILE *f, const char *key)
{
    if (follows)
        putc(',', f);
    json_string(f, str_from(key));
    putc(':', f);
    follows = true;
}

void say_begin(FILE *f, const char *event)
{
    follows = false;
    putc('{', f);
    say_text(f, "event", str_from(event));
}

void say_text(FILE *f, const char *key, struct str value)
{
    put_key(f, key);
    json_string(f, value);
}

void say_texts(FILE *f, const char *key, const struct str *values, unsigned n)
{
    if (n == 0)
        return;
    put_key(f, key);
    for (unsigned i = 0; i < n; i++) {
        putc(i == 0 ? '[' : ',', f);
        json_string(f, values[i]);
    }
    putc(']', f);
}

void say_number(FILE *f, const char *key, uint64_t value)
{
    put_key(f, key);
    fprintf(f, "%llu", (unsigned long long)value);
}

void say_real(FILE *f, const char *key, double value, int digits)
{
    put_key(f, key);
    fprintf(f, "%.*f", digits, value);
}

void say_bool(FILE *f, const char *key, bool value)
{
    put_key(f, key);
    fputs(value ? "true" : "false", f);
}

void say_open(FILE *f, const char *key)
{
    put_key(f, key);
    putc('{', f);
    follows = false;
}

void say_close(FILE *f)
{
    putc('}', f);
    follows = true;
}

void say_end(FILE *f)
{
    fputs("}\n", f);
    fflush(f);
}

void say_message(FILE *f, struct msg *m)
{
    put_key(f, "headers");
    putc('[', f);
    for (unsigned i = 0; i < m->n_headers; i++) {
        if (i > 0)
            putc(',', f);
        putc('{', f);
        follows = false;
        say_text(f, "name", hdr_name(m, &m->headers[i]));
        say_text(f, "value", hdr_value(m, &m->headers[i]));
        putc('}', f);
    }
    putc(']', f);
    follows = true;
    say_text(f, "body", m->body);
}

static struct str flow_text(struct buf *b, const struct flow *flow)
{
    buf_put(b, str_from(config_listener_word(flow->transport)));
    buf_put_char(b, ':');
    addr_print(b, &flow->remote);
    return buf_str(b);
}

void say_flow(FILE *f, const char *key, const struct flow *flow)
{
    char text[80];
    struct buf b;
    buf_init(&b, text, sizeof text);
    say_text(f, key, flow_text(&b, flow));
}

void say_print_flow(FILE *f, const struct flow *flow)
{
    char text[80];
    struct buf b;
    buf_init(&b, text, sizeof text);
    (void)flow_text(&b, flow);
    fprintf(f, "%.*s", STR_ARG(buf_str(&b)));
}

void say_print_text(FILE *f, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        putc((c < ' ' && c != '\n' && c != '\t') || c == 0x7f ? '.' : c, f);
    }
}
