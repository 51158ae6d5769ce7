/* Owns what an order does to a call. */
#include "phone/desk.h"

#include <string.h>

#include "phone/say.h"
#include "ua/request.h"

struct line *desk_line(struct desk *d, unsigned number)
{
    struct line *found = NULL;
    for (unsigned i = 0; i < d->n_lines; i++) {
        struct line *l = &d->lines[i];
        if (l->state == LINE_FREE || (number && l->number != number))
            continue;
        if (!found || l->number > found->number)
            found = l;
    }
    return found;
}

void desk_complain(struct desk *d, const char *what)
{
    input_clear(&d->input);
    if (d->phone->options->json) {
        say_begin(stdout, "error");
        say_text(stdout, "what", str_from(what));
        say_end(stdout);
    } else {
        fprintf(stderr, "tandem: %s: %s\n", d->phone->options->name, what);
    }
}

static void hold(struct desk *d, struct line *l, bool held)
{
    int error = call_hold(d->phone->ua, l->call, held, phone_now(d->phone));
    if (error) {
        desk_complain(d, "the call cannot be held now");
        return;
    }
    l->is_held = held;
    tell_simple(d, l, held ? "held" : "resumed");
}

static void mute(struct desk *d, struct line *l, bool muted)
{
    l->voice.muted = muted;
    tell_simple(d, l, muted ? "muted" : "unmuted");
}

static void dial(struct desk *d, struct line *l, struct str digits)
{
    char text[64];
    snprintf(text, sizeof text, "%.*s", STR_ARG(digits));
    if (digits.len >= sizeof text || strspn(text, "0123456789*#ABCDabcd,") != digits.len)
        desk_complain(d, "digits are 0-9, *, #, A-D, and a comma for a pause");
    else
        voice_dial(&l->voice, text, phone_now(d->phone));
}

static void reject(struct desk *d, struct line *l, struct str code)
{
    uint64_t status = 486;
    if (code.len > 0 && (!str_to_u64(code, 699, &status) || status < 300))
        desk_complain(d, "a status from 300 to 699 is wanted");
    else if (call_refuse(d->phone->ua, l->call, (unsigned)status, STR_NONE, phone_now(d->phone)) !=
             OK)
        desk_complain(d, "the call does not ring");
}

static void hang_up(struct desk *d, struct line *l)
{
    (void)call_end(d->phone->ua, l->call, STR_NONE, phone_now(d->phone));
}

static void message(struct desk *d, struct line *l, struct str text)
{
    const struct request_start s = {.account = l->account ? l->account : d->phone->account,
                                    .method = STR("MESSAGE"),
                                    .target = str_from(l->peer),
                                    .headers = STR("Content-Type: text/plain\r\n"),
                                    .body = text};
    ua_request id;
    if (request_send(d->phone->ua, &s, phone_now(d->phone), &id) != OK)
        desk_complain(d, "the message cannot be sent");
}

/* Another one besides: to ask somebody, and to transfer to. */
static void call(struct desk *d, struct str whom)
{
    char text[ADDRESS_BYTES];
    struct address a;
    snprintf(text, sizeof text, "%.*s", STR_ARG(whom));
    if (whom.len >= sizeof text || !address_read(&a, text))
        desk_complain(d, "no SIP or tel URI");
    else
        (void)!desk_call(d, a.uri_text); /* what is wrong is said there */
}

static void help(struct desk *d)
{
    input_clear(&d->input);
    if (d->input.is_terminal)
        fputs(order_keys, stdout);
    fputs(order_words, stdout);
    fflush(stdout);
}

static void order_line(struct desk *d, struct line *l, const struct order *o)
{
    switch (o->kind) {
    case ORDER_HOLD:
    case ORDER_RESUME:
        hold(d, l, o->kind == ORDER_HOLD);
        break;
    case ORDER_TURN_HOLD:
        hold(d, l, !l->is_held);
        break;
    case ORDER_CODECS:
        desk_change_codecs(d, l, o->argument);
        break;
    case ORDER_MUTE:
    case ORDER_UNMUTE:
        mute(d, l, o->kind == ORDER_MUTE);
        break;
    case ORDER_TURN_MUTE:
        mute(d, l, !l->voice.muted);
        break;
    case ORDER_DTMF:
        dial(d, l, o->argument);
        break;
    case ORDER_ANSWER:
        l->answer = phone_now(d->phone);
        break;
    case ORDER_REJECT:
        reject(d, l, o->argument);
        break;
    case ORDER_HANGUP:
        hang_up(d, l);
        break;
    case ORDER_STATUS:
        tell_status(d, l);
        break;
    case ORDER_MESSAGE:
        message(d, l, o->argument);
        break;
    case ORDER_TRANSFER:
        desk_transfer(d, l, o->argument);
        break;
    case ORDER_NONE:
    case ORDER_CALL:
    case ORDER_HELP:
    case N_ORDER_KINDS:
        break;
    }
}

void desk_order(struct desk *d, const struct order *o, const char *wrong)
{
    struct line *l = desk_line(d, o->call);
    d->due = 0;
    if (wrong)
        desk_complain(d, wrong);
    else if (o->kind == ORDER_HELP)
        help(d);
    else if (o->kind == ORDER_CALL)
        call(d, o->argument);
    else if (!l)
        desk_complain(d, "there is no such call");
    else
        order_line(d, l, o);
}
