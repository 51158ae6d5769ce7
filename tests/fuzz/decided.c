/* Looks at what rules have decided: none of it may break a message. Decides nothing. */
#include "decided.h"

#include "fuzz.h"
#include "message.h"
#include "msg/print.h"

static bool is_ours(void *arg, const struct uri *u)
{
    (void)arg;
    return u->host.len < 8;
}

static bool has_room(void *arg, unsigned set)
{
    (void)arg;
    return set % 2 == 0;
}

struct route_request decided_request(struct msg *m, unsigned turn)
{
    return (struct route_request){.msg = m,
                                  .uri = msg_uri(m),
                                  .sender = (enum route_sender)(turn % 4),
                                  .account = STR("alice"),
                                  .account_domain = STR("h"),
                                  .minute = turn * 97 % 1440,
                                  .weekday = turn % 7,
                                  .is_ours = is_ours,
                                  .has_room = has_room};
}

static void check_targets(const struct route_decision *d)
{
    assert(d->n_targets <= LIMIT_ROUTE_TARGETS);
    for (unsigned i = 0; i < d->n_targets; i++) {
        char text[2000];
        struct buf b;

        buf_init(&b, text, sizeof text);
        if (d->targets[i].kind == ROUTE_TO_URI)
            route_put_target(&b, d, d->targets[i].uri, d->targets[i].has_user);
    }
}

static void check_edits(const struct routes *r, const struct route_decision *d, struct msg *m)
{
    char lines[4096], text[65536];
    struct buf b, out;
    struct edits edits;
    struct message changed;

    edits_init(&edits);
    buf_init(&b, lines, sizeof lines);
    buf_init(&out, text, sizeof text);
    if (!route_edit_headers(r, d->changes, d->n_changes, buf_str(&d->said), m, &edits, &b))
        return;
    assert(msg_edited_len(m, &edits) <= m->bytes.len + sizeof lines);
    msg_print_edited(&out, m, &edits);
    if (out.over)
        return;
    message_parse(&changed, buf_str(&out), MSG_DATAGRAM);
    assert(changed.fault == MSG_OK && changed.m.is_request);
    assert(str_equal(msg_call_id(&changed.m), msg_call_id(m)));
    message_free(&changed);
}

void decided_check(const struct routes *r, const struct route_decision *d, struct msg *m)
{
    struct uri uri;
    struct msg_error err;

    assert(d->rule <= routes_count(r));
    assert(d->action != ROUTE_REPLY || (d->status >= 300 && d->status <= 699));
    assert(!d->rewritten || uri_parse(d->uri.text, &uri, &err));
    check_targets(d);
    check_edits(r, d, m);
}
