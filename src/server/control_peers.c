/* The verb that shows the members of sets of peers, takes them out and lets them in again. */
#include "server/control_client.h"

static const char *state_of(const struct shown_peer *p)
{
    if (p->state.out)
        return "out";
    return !p->state.probed ? "unknown" : p->state.up ? "up" : "down";
}

static void tell_peer(struct control_client *c, const struct shown_peer *p)
{
    FILE *f = control_row(c);

    fputs("{\"state\":\"", f);
    fprintf(f, "%s\"", state_of(p));
    control_put_text(f, "set", shown_text_str(&p->set));
    control_put_text(f, "uri", shown_text_str(&p->uri));
    fprintf(f, ",\"calls\":%u,\"calls_most\":%u,\"rate\":%u,\"passed_over\":%llu", p->state.calls,
            p->state.most, p->state.rate, (unsigned long long)p->state.passed);
    fprintf(f, ",\"weight\":%u,\"priority\":%u,\"failures\":%u}", p->state.weight,
            p->state.priority, p->state.failures);
    control_tell(c);
}

/* Each worker asks for itself; the first one's view is shown. */
static enum control_step show(struct control_client *c)
{
    if (!c->progress.begun) {
        c->progress.begun = true;
        c->inquiry->cursor = 0;
    }
    switch (control_ask(c, INQUIRY_PEERS, 0)) {
    case CONTROL_PENDING:
        return CONTROL_WAIT;
    case CONTROL_UNANSWERED:
        return control_unanswered(c);
    case CONTROL_ANSWERED:
        break;
    }
    for (unsigned i = 0; i < c->inquiry->n; i++)
        tell_peer(c, &c->inquiry->peers[i]);
    return c->inquiry->cursor == 0 ? CONTROL_DONE : CONTROL_AGAIN;
}

static enum control_step change(struct control_client *c, bool out)
{
    while (c->progress.worker < c->control->shared->n_workers) {
        if (!c->asked) {
            shown_text_set(&c->inquiry->peer.uri, c->line.list[2]);
            c->inquiry->peer.state.out = out;
        }
        switch (control_ask(c, INQUIRY_PEER, c->progress.worker)) {
        case CONTROL_PENDING:
            return CONTROL_WAIT;
        case CONTROL_UNANSWERED:
            return control_unanswered(c);
        case CONTROL_ANSWERED:
            c->progress.changed += c->inquiry->n;
            c->progress.worker++;
        }
    }
    return c->progress.changed > 0 ? CONTROL_DONE
                                   : control_end(c, 1, "no set that a rule names has this member");
}

enum control_step control_peers(struct control_client *c)
{
    bool out = c->line.n == 3 && str_equal(c->line.list[1], STR("out"));

    if (c->line.n == 1)
        return show(c);
    if (out || (c->line.n == 3 && str_equal(c->line.list[1], STR("in"))))
        return change(c, out);
    return control_end(c, 2, "expected out URI, in URI, or nothing");
}
