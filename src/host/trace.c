/* Owns how messages are shown as they pass. */
#include "config/listener.h"
#include "host/parts.h"

/* What would drive a terminal is shown as a dot. */
static void print_text(FILE *f, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c != '\r')
            putc((c < ' ' && c != '\n' && c != '\t') || c == 0x7f ? '.' : c, f);
    }
}

void host_show(struct host *h, const char *way, unsigned transport, const struct addr *a,
               struct str text)
{
    char where[80];
    struct buf b;
    if (!h->trace || text.len == 0)
        return;
    buf_init(&b, where, sizeof where);
    if (a)
        addr_print(&b, a);
    fprintf(h->trace, "%s %s:%.*s, %zu bytes\n", way, config_listener_word(transport),
            STR_ARG(buf_str(&b)), text.len);
    print_text(h->trace, text);
    fputs("\n", h->trace);
    fflush(h->trace);
}
