/* `tandem subscribe`: subscribes, shows what is notified, unsubscribes on SIGINT. */
#include "phone/subscribe.h"

#include "phone/messages.h"
#include "phone/presence.h"
#include "phone/say.h"
#include "ua/subscription.h"
#include "ua/summary.h"

const char subscribe_help[] =
    "usage: tandem subscribe EVENT URI [OPTION...]\n"
    "\n"
    "Subscribes to EVENT (message-summary, presence, dialog, reg …) of URI and shows what is\n"
    "notified until SIGINT or SIGTERM, which unsubscribe. What is lost is asked for anew.\n"
    "\n"
    "  --as AOR             who asks, such as alice@example.com\n"
    "  --server URI         by this server; else by the AOR's\n"
    "  --via-server none    by no server at all\n"
    "  --expires S          for how long at a time; 3600 when not given\n"
    "  --once               ends with the first notification that is not pending\n"
    "  --header 'N: V'      a further header line, such as Accept; may be given again\n"
    "  --listen URI         where to be reached, as udp:HOST:PORT; a free port when not given\n"
    "  --password-file FILE the password; else TANDEM_PASSWORD, else it is asked for where it\n"
    "                       is needed\n"
    "  --auth-user NAME     the account's name where it is not the AOR's\n"
    "  --certificate FILE   with its key, for who connects by TLS\n"
    "  --ca PATH            a file or folder of authorities, for TLS\n"
    "  --trust-all          whoever answers by TLS need not prove who he is\n"
    "  --json               events as JSON Lines\n"
    "  -v, --verbose        shows the messages on standard error\n"
    "      --trace          draws them as a ladder there at the end\n"
    "\n"
    "Exit status: 0 done, 1 it was refused, 2 usage, 3 nobody answered in time or there is\n"
    "no way there.\n";

struct watching {
    struct phone phone;
    ua_subscription id; /* 0: it is over */
    int status;         /* the exit status; -1: it goes on */
};

/* --- asking --- */

/* What a package is told in, where --header says nothing else. */
static const struct {
    struct str event, accept;
} packages[] = {
    {STR_INIT("message-summary"), STR_INIT("Accept: application/simple-message-summary\r\n")},
    {STR_INIT("presence"), STR_INIT("Accept: application/pidf+xml\r\n")},
    {STR_INIT("dialog"), STR_INIT("Accept: application/dialog-info+xml\r\n")},
    {STR_INIT("reg"), STR_INIT("Accept: application/reginfo+xml\r\n")},
};

static bool has_accept(const struct phone_options *o)
{
    for (unsigned i = 0; i < o->n_headers; i++)
        if (str_starts_nocase(str_from(o->headers[i]), STR("Accept:")))
            return true;
    return false;
}

static void put_accept(struct buf *b, struct str event)
{
    struct str name = str_trim(str_slice(event, 0, str_find(event, ';')));
    for (size_t i = 0; i < sizeof packages / sizeof *packages; i++)
        if (str_equal_nocase(packages[i].event, name))
            buf_put(b, packages[i].accept);
}

static int begin(struct watching *w)
{
    struct phone *p = &w->phone;
    const struct phone_options *o = p->options;
    char headers[4096];
    struct buf b;
    buf_init(&b, headers, sizeof headers);
    phone_put_headers(p, &b);
    if (!has_accept(o))
        put_accept(&b, str_from(o->event));
    const struct subscription_start s = {.account = p->account,
                                         .target = p->target.uri_text,
                                         .event = str_from(o->event),
                                         .expires_s = o->expires_s,
                                         .headers = buf_str(&b)};
    int error = b.over ? ERR_LIMIT : subscription_start(p->ua, &s, phone_now(p), &w->id);
    if (error == ERR_NO_ROUTE)
        return phone_complain(o, o->target, "there is no way there", PHONE_SILENCE);
    return error ? phone_complain(o, o->target, err_name(error),
                                  error == ERR_INVALID ? PHONE_BAD_USAGE : PHONE_OUR_FAULT)
                 : PHONE_DONE;
}

/* --- telling --- */

static void print_class(const struct summary_class *c)
{
    fputs("  ", stdout);
    say_print_text(stdout, c->name);
    printf(": %u new, %u old", c->unheard, c->heard);
    if (c->urgent_unheard || c->urgent_heard)
        printf("; urgent: %u new, %u old", c->urgent_unheard, c->urgent_heard);
    putchar('\n');
}

static void say_class(const struct summary_class *c)
{
    say_begin(stdout, "messages");
    say_text(stdout, "kind", c->name);
    say_number(stdout, "new", c->unheard);
    say_number(stdout, "old", c->heard);
    say_number(stdout, "urgent_new", c->urgent_unheard);
    say_number(stdout, "urgent_old", c->urgent_heard);
    say_end(stdout);
}

/* Line by line: what would drive a terminal is shown as a dot. */
static void print_body(struct str body)
{
    while (body.len > 0) {
        size_t end = str_find(body, '\n');
        struct str line = str_slice(body, 0, end);
        if (line.len > 0 && line.at[line.len - 1] == '\r')
            line.len--;
        fputs("  ", stdout);
        say_print_text(stdout, line);
        putchar('\n');
        body = str_slice(body, end + 1, body.len);
    }
}

static bool is_summary(struct msg *m, struct summary *s)
{
    const struct media_type *type = msg_single(m, HDR_CONTENT_TYPE);
    return type && str_equal_nocase(type->subtype, STR("simple-message-summary")) &&
           summary_parse(m->body, s);
}

static void tell_json(const struct phone *p, const struct token *state, struct msg *m)
{
    struct summary s;
    struct presence_shown shown;
    bool sums = is_summary(m, &s);
    presence_read(&shown, m, engine_rand(host_engine(p->host)));
    say_begin(stdout, "notified");
    say_text(stdout, "package", str_from(p->options->event));
    say_text(stdout, "state", state->name);
    if (sums)
        say_bool(stdout, "waiting", s.waiting);
    presence_say(&shown);
    say_message(stdout, m);
    say_end(stdout);
    for (unsigned i = 0; sums && i < s.n_classes; i++)
        say_class(&s.classes[i]);
    presence_say_items(&shown);
    presence_free(&shown);
}

static void print_summary(const struct summary *s)
{
    puts(s->waiting ? ": messages are waiting" : ": no message is waiting");
    for (unsigned i = 0; i < s->n_classes; i++)
        print_class(&s->classes[i]);
}

static void tell_people(const struct phone *p, const struct token *state, struct msg *m)
{
    struct summary s;
    struct presence_shown shown;
    presence_read(&shown, m, engine_rand(host_engine(p->host)));
    printf("%s ", p->options->event);
    say_print_text(stdout, state->name);
    if (is_summary(m, &s)) {
        print_summary(&s);
    } else if (!shown.is_there) {
        puts(m->body.len > 0 ? ":" : "");
        print_body(m->body);
    } else if (!presence_print(&shown)) {
        print_body(m->body);
    }
    presence_free(&shown);
    fflush(stdout);
}

static void tell_end(const struct watching *w, const struct ua_event *e, const char *event)
{
    struct subscription_view v;
    const struct phone *p = &w->phone;
    struct str why = e->status == 0                  ? STR("it was ended")
                     : e->msg && !e->msg->is_request ? e->msg->reason
                                                     : phone_reason(e->status, NULL);
    bool again = subscription_look(p->ua, e->subscription, &v) == OK && v.next != TIME_NEVER;
    uint64_t in_s = again ? (v.next - phone_now(p)) / NS_PER_S : 0;
    if (p->options->json) {
        say_begin(stdout, event);
        say_number(stdout, "status", e->status);
        say_text(stdout, "reason", why);
        if (again)
            say_number(stdout, "again_in", in_s);
        say_end(stdout);
        return;
    }
    printf("%s: ", event);
    say_print_text(stdout, why);
    if (again)
        printf("; again in %llu s", (unsigned long long)in_s);
    putchar('\n');
    fflush(stdout);
}

/* --- what happens --- */

static void leave(struct watching *w)
{
    if (w->id)
        (void)subscription_end(w->phone.ua, w->id, phone_now(&w->phone));
    w->id = 0;
}

static void take_notified(struct watching *w, const struct ua_event *e)
{
    const struct phone_options *o = w->phone.options;
    struct token state;
    if (!subscription_told(e->msg, &state))
        return;
    if (o->json)
        tell_json(&w->phone, &state, e->msg);
    else
        tell_people(&w->phone, &state, e->msg);
    if (!o->once || str_equal_nocase(state.name, STR("pending")))
        return;
    leave(w);
    w->status = PHONE_DONE;
}

static void take_ended(struct watching *w, const struct ua_event *e)
{
    bool refused = e->status == 401 || e->status == 407;
    w->id = 0;
    if (refused && phone_ask_password(&w->phone, w->phone.account)) {
        w->status = begin(w) ? PHONE_OUR_FAULT : -1;
        return;
    }
    tell_end(w, e, "ended");
    w->status = e->status ? phone_status(e->status, e->msg) : PHONE_DONE;
}

static void take(struct watching *w, const struct ua_event *e)
{
    messages_decline(&w->phone, e);
    if (!w->id || e->subscription != w->id)
        return;
    if (e->kind == UA_SUBSCRIPTION_NOTIFIED)
        take_notified(w, e);
    if (e->kind == UA_SUBSCRIPTION_LOST)
        tell_end(w, e, "lost");
    if (e->kind == UA_SUBSCRIPTION_ENDED)
        take_ended(w, e);
}

/* The first signal unsubscribes, a second one does not wait for the last NOTIFY. */
static int run(struct watching *w)
{
    struct phone *p = &w->phone;
    struct loop_event other;
    struct ua_event e;
    while ((w->id || !ua_is_done(p->ua)) && p->interrupted < 2) {
        while (phone_wait(p, TIME_NEVER, &other) || phone_more(p, &other))
            ;
        while (ua_event(p->ua, &e))
            take(w, &e);
        if (p->interrupted > 0)
            leave(w);
        phone_settle(p);
    }
    return w->status < 0 ? PHONE_DONE : w->status;
}

int subscribe_main(int argc, char **argv)
{
    static struct watching w;
    struct phone_options o;
    int status;
    if (!phone_options_take(&o, PHONE_SUBSCRIBE, argc, argv, subscribe_help, &status))
        return status;
    w.status = -1;
    status = phone_begin(&w.phone, &o);
    if (!status)
        status = begin(&w);
    if (!status)
        status = run(&w);
    phone_end(&w.phone);
    return status;
}
