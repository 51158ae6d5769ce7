/* Owns the answer of a redirect server: its Contacts, with q and expires. Knows no user. */
#include "redirect/redirect.h"

#define CONTACTS_MAX 8192 /* bytes of all Contact lines */

/* RFC 3261 25.1: qvalue has three decimals at most, and no needless zero here. */
static void put_q(struct buf *b, unsigned q)
{
    unsigned decimals = q % 1000;

    buf_put_lit(b, ";q=");
    buf_put_u64(b, q / 1000);
    if (decimals == 0)
        return;
    buf_put_char(b, '.');
    for (unsigned place = 100; decimals > 0; place /= 10) {
        buf_put_char(b, (char)('0' + decimals / place));
        decimals %= place;
    }
}

static void put_contact(struct buf *b, const struct redirect_contact *c)
{
    buf_put_lit(b, "Contact: <");
    buf_put(b, c->uri);
    buf_put_char(b, '>');
    put_q(b, c->q > 1000 ? 1000 : c->q);
    if (c->expires) {
        buf_put_lit(b, ";expires=");
        buf_put_u64(b, c->expires_s);
    }
    buf_put_lit(b, "\r\n");
}

static bool leads_elsewhere(struct msg *m, struct str text)
{
    const struct uri *own = msg_uri(m);
    struct uri uri;
    struct msg_error err;

    return uri_parse(text, &uri, &err) && !(own && uri_equal(own, &uri));
}

int redirect_answer(struct engine *e, const struct engine_event *ev, unsigned status,
                    const struct redirect_contact *contacts, size_t n, time_ns now)
{
    char space[CONTACTS_MAX];
    struct buf lines;
    size_t fit = 0;

    buf_init(&lines, space, sizeof space);
    for (size_t i = 0; i < n && !lines.over; i++) {
        if (!leads_elsewhere(ev->msg, contacts[i].uri))
            continue;
        put_contact(&lines, &contacts[i]);
        if (!lines.over)
            fit = lines.len;
    }
    const struct reply reply = {.status = fit > 0 ? status : 480, .headers = {space, fit}};

    return engine_reply(e, ev->tx, &reply, now);
}
