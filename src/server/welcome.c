/* Prints one screen for people; decides nothing. */
#include "server/welcome.h"

#include "server/element_config.h"

static void print_listeners(FILE *f, const struct listen_list *l)
{
    char text[80];
    struct buf b;

    for (unsigned i = 0; i < l->n; i++) {
        buf_init(&b, text, sizeof(text));
        listen_print(&b, &l->list[i]);
        fprintf(f, "%s %.*s\n", i == 0 ? "Listening   " : "            ", STR_ARG(buf_str(&b)));
    }
}

static void print_rights(FILE *f, const struct shared *s, const struct config *c)
{
    fputs("Who may call ", f);
    if (element_needs_accounts(s, c))
        fputs("those with an account: a name and its password\n", f);
    else if (s->all_loopback)
        fputs("anyone on this machine, under any name; no password is looked at\n", f);
    else
        fputs("ANYONE WHO REACHES THESE ADDRESSES, under any name (no authentication)\n", f);
}

/* As a phone wants it: the first listener, its port where it is not the usual one. */
static struct str server_of(const struct shared *s, struct buf *b)
{
    struct addr a = s->listen.list[0].addr;

    if (a.port == 5060)
        addr_print_host(b, &a);
    else
        addr_print(b, &a);
    return buf_str(b);
}

static void print_next(FILE *f, const struct shared *s, const struct config *c)
{
    const char *data = c->data.len > 0 ? c->data.at : "DIR";
    const struct str domain = config_domains(c).list[0];
    char text[64];
    struct buf b;

    buf_init(&b, text, sizeof(text));
    const struct str server = server_of(s, &b);

    fprintf(f, "\nWhat next?\n");
    fprintf(f, "  a phone        user sip:alice@%.*s, server %.*s; then another one, sip:bob@...\n",
            STR_ARG(domain), STR_ARG(server));
    fprintf(f, "  an account     tandem user add alice@%.*s --data %s%s\n", STR_ARG(domain), data,
            c->data.len > 0 ? "" : " (and serve --data DIR)");
    if (s->all_loopback)
        fprintf(f,
                "  other machines tandem serve --data %s --listen udp:0.0.0.0:5060 --listen "
                "tcp:0.0.0.0:5060\n",
                data);
    if (!s->options->file)
        fprintf(f, "  a file         tandem check --example > tandem.yaml; tandem serve --config "
                   "tandem.yaml\n");
    fprintf(f,
            "  the end        Ctrl-C; calls in progress may end, a second Ctrl-C does not wait\n");
}

void welcome_print(FILE *f, const struct shared *s, const struct config *c)
{
    fputc('\n', f);
    print_listeners(f, &s->listen);
    print_rights(f, s, c);
    print_next(f, s, c);
    fputc('\n', f);
}
