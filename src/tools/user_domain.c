/* Asks the control socket; changes nothing. */
#include "tools/user_domain.h"

#include "base/buf.h"
#include "tools/ctl_connect.h"
#include "tools/ctl_row.h"

struct answer {
    struct str realm;
    bool has_it, is_whole;
    char names[256];
    struct buf shown;
};

static void take_domain(struct answer *a, struct str domain)
{
    a->has_it = a->has_it || str_equal_nocase(domain, a->realm);
    if (a->shown.len > 0)
        buf_put_lit(&a->shown, ", ");
    buf_put(&a->shown, domain);
}

/* False: that was the last line. */
static bool take_line(struct answer *a, struct str line)
{
    struct ctl_row row;
    bool more = false;

    if (!ctl_row_read(&row, line))
        return false;
    struct str domain = ctl_row_get(&row, "domain");

    if (domain.len > 0) {
        take_domain(a, domain);
        more = true;
    } else {
        a->is_whole = str_equal(ctl_row_get(&row, "status"), STR("0"));
    }
    ctl_row_free(&row);
    return more;
}

static void ask(struct wire *w, struct answer *a)
{
    struct str line;

    if (wire_send(w, STR("domains\n")))
        return;
    while (!wire_receive(w, &line) && take_line(a, line))
        ;
}

void user_domain_warn(FILE *f, const char *data, struct str realm)
{
    char path[PATH_MAX];
    struct answer a = {.realm = realm};
    struct wire w;

    buf_init(&a.shown, a.names, sizeof(a.names));
    if (ctl_connect(&w, NULL, data, path) == 0)
        ask(&w, &a);
    wire_close(&w);
    if (a.is_whole && !a.has_it)
        fprintf(f,
                "tandem: user: warning: %.*s is no domain of the server that runs here (%.*s%s): "
                "nobody is let in by this account. --domain, or domains in its file, names them\n",
                STR_ARG(realm), STR_ARG(buf_str(&a.shown)), a.shown.over ? " …" : "");
}
