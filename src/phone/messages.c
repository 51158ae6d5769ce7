/* Owns how an instant message is shown and answered (RFC 3428 7). */
#include "phone/messages.h"

#include "phone/say.h"
#include "ua/transfer.h"

/* A message may say nothing at all. */
static bool can_be_shown(struct msg *m)
{
    const struct media_type *type = msg_single(m, HDR_CONTENT_TYPE);
    return type ? str_equal_nocase(type->type, STR("text")) : m->body.len == 0;
}

static void show(struct phone *p, const struct ua_event *e)
{
    struct msg *m = e->msg;
    struct str aor = phone_aor(p, e->account);
    const struct nameaddr *from = msg_from(m);
    struct str who = from ? from->uri_text : STR_NONE;
    if (p->options->json) {
        say_begin(stdout, "message");
        say_text(stdout, "from", who);
        if (aor.len > 0)
            say_text(stdout, "aor", aor);
        say_text(stdout, "text", m->body);
        say_end(stdout);
        return;
    }
    say_print_text(stdout, who);
    if (p->who.n > 1) {
        fputs(" to ", stdout);
        say_print_text(stdout, aor);
    }
    fputs(": ", stdout);
    say_print_text(stdout, m->body);
    putchar('\n');
    fflush(stdout);
}

void messages_take(struct phone *p, const struct ua_event *e)
{
    struct reply r = {.status = 200};
    if (e->msg->method != METHOD_MESSAGE) {
        r.status = 501;
    } else if (!can_be_shown(e->msg)) { /* RFC 3261 21.4.13 */
        r.status = 415;
        r.headers = STR("Accept: text/plain\r\n");
    }
    if (ua_reply(p->ua, e->tx, &r, phone_now(p)) == OK && r.status == 200)
        show(p, e);
}

void messages_decline(struct phone *p, const struct ua_event *e)
{
    const struct reply unknown = {.status = 501};
    if (e->kind == UA_CALL_INCOMING)
        (void)!call_refuse(p->ua, e->call, 480, STR_NONE, phone_now(p));
    else if (e->kind == UA_REFERRED)
        (void)!referral_refuse(p->ua, e->referral, 403, phone_now(p));
    else if (e->kind == UA_REQUEST)
        (void)!ua_reply(p->ua, e->tx, &unknown, phone_now(p));
}
