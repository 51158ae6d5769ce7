/* Owns what is told of calls: lines for people, or events as JSON. */
#include "phone/desk.h"

#include "phone/say.h"

static bool is_json(const struct desk *d)
{
    return d->phone->options->json;
}

/* The beginning of an event or of a line; tell_end_line ends both. */
static void begin(struct desk *d, const struct line *l, const char *event)
{
    if (is_json(d)) {
        say_begin(stdout, event);
        say_number(stdout, "call", l->number);
        return;
    }
    input_clear(&d->input);
    if (d->phone->options->calls > 1 || d->last_number > 1)
        printf("%u: ", l->number);
    fputs(event, stdout);
}

static void finish(const struct desk *d)
{
    if (is_json(d)) {
        say_end(stdout);
        return;
    }
    putchar('\n');
    fflush(stdout);
}

static void text(const struct desk *d, const char *key, const char *between, struct str value)
{
    if (is_json(d)) {
        say_text(stdout, key, value);
        return;
    }
    fputs(between, stdout);
    say_print_text(stdout, value);
}

static void number(const struct desk *d, const char *key, const char *between, uint64_t value)
{
    if (is_json(d))
        say_number(stdout, key, value);
    else
        printf("%s%llu", between, (unsigned long long)value);
}

void tell_simple(struct desk *d, const struct line *l, const char *event)
{
    begin(d, l, event);
    finish(d);
}

void tell_problem(struct desk *d, const struct line *l, const char *what, const char *why)
{
    begin(d, l, "problem");
    text(d, "what", ": ", str_from(what));
    text(d, "why", ": ", str_from(why));
    finish(d);
}

void tell_refusal(struct desk *d, const struct line *l, unsigned status, struct str why)
{
    struct audio_report r = {0};
    if (l->voice.stream)
        audio_stream_report(l->voice.stream, &r);
    begin(d, l, "problem");
    text(d, "what", ": ", STR("change"));
    number(d, "status", ": ", status);
    text(d, "why", " ", why);
    if (r.sends)
        text(d, "codec", "; it goes on in ", r.sends->encoding);
    finish(d);
}

void tell_calling(struct desk *d, const struct line *l)
{
    begin(d, l, "calling");
    text(d, "to", " ", str_from(l->peer));
    finish(d);
}

static struct str history_entry(struct msg *m, struct str index)
{
    struct str value;
    for (const struct nameaddr *v = NULL; (v = msg_nameaddr_next(m, HDR_HISTORY_INFO, v));)
        if (params_get(v->params, STR("index"), &value) && str_equal(value, index))
            return v->uri_text;
    return STR_NONE;
}

/* Who sent the call on to us, last of all (RFC 7044 5: `mp` names the entry that was left; before
 * that, RFC 5806). Empty: nobody says so. */
static struct str sent_on_by(struct msg *m)
{
    struct str left = STR_NONE;
    for (const struct nameaddr *v = NULL; (v = msg_nameaddr_next(m, HDR_HISTORY_INFO, v));)
        (void)params_get(v->params, STR("mp"), &left);
    if (left.len > 0)
        return history_entry(m, left);
    const struct nameaddr *diverted = msg_nameaddr_next(m, HDR_DIVERSION, NULL);
    return diverted ? diverted->uri_text : STR_NONE;
}

void tell_incoming(struct desk *d, const struct line *l, struct msg *m)
{
    const struct nameaddr *to = msg_to(m);
    begin(d, l, "incoming");
    text(d, "from", " call from ", str_from(l->peer));
    text(d, "to", " to ", to ? to->uri_text : STR_NONE);
    struct str aor = phone_aor(d->phone, l->account);
    if (aor.len > 0 && (is_json(d) || d->phone->who.n > 1))
        text(d, "aor", " for ", aor);
    struct str by = sent_on_by(m);
    if (by.len > 0)
        text(d, "by", " by ", by);
    finish(d);
}

void tell_progress(struct desk *d, const struct line *l, const struct ua_event *e)
{
    begin(d, l, "progress");
    number(d, "status", " ", e->status);
    text(d, "reason", " ", e->msg ? e->msg->reason : STR_NONE);
    if (is_json(d))
        say_number(stdout, "leg", e->leg);
    finish(d);
}

void tell_transfer(struct desk *d, const struct line *l, const char *event, unsigned status)
{
    begin(d, l, event);
    number(d, "status", " ", status);
    finish(d);
}

void tell_referred(struct desk *d, const struct line *l, const struct line *next)
{
    begin(d, l, "referred");
    text(d, "to", " to ", str_from(next->peer));
    number(d, "by_call", " by call ", next->number);
    finish(d);
}

void tell_answered(struct desk *d, const struct line *l)
{
    begin(d, l, "answered");
    finish(d);
}

/* The m= line of our voice; e->n_agreed: none. */
static unsigned live_one(const struct ua_event *e)
{
    unsigned i = 0;
    while (i < e->n_agreed && !(e->agreed[i].live && e->agreed[i].stream == 0))
        i++;
    return i;
}

void tell_media(struct desk *d, const struct line *l, const struct ua_event *e)
{
    unsigned i = live_one(e);
    struct addr to;
    if (i == e->n_agreed)
        return;
    const struct sdp_agreed *a = &e->agreed[i];
    to = a->place.addr;
    to.port = a->port;
    begin(d, l, "media");
    text(d, "codec", " ", codecs_first(&e->streams[i], a));
    text(d, "direction", " ", sdp_direction_name(a->direction));
    char where[80];
    struct buf b;
    buf_init(&b, where, sizeof where);
    addr_print(&b, &to);
    text(d, "remote", " with ", buf_str(&b));
    finish(d);
}

void tell_digit(struct desk *d, const struct line *l, const struct audio_event *e)
{
    begin(d, l, "digit");
    text(d, "digit", " ", (struct str){&e->digit, 1});
    if (is_json(d)) {
        say_number(stdout, "ms", e->ms);
        say_bool(stdout, "in_band", e->in_band);
    }
    finish(d);
}

/* --- how it is, and was --- */

static double seconds_of(const struct desk *d, const struct line *l)
{
    return l->began ? (double)(phone_now(d->phone) - l->began) / (double)NS_PER_S : 0;
}

static void say_media(const struct audio_report *r)
{
    const struct codec *codec = r->sends ? r->sends : r->hears;
    say_open(stdout, "media");
    say_text(stdout, "codec", codec ? codec->encoding : STR_NONE);
    say_number(stdout, "sent", r->sent);
    say_number(stdout, "received", r->received);
    say_real(stdout, "lost", (double)r->lost, 0);
    say_real(stdout, "jitter_ms", r->jitter_ms, 1);
    if (r->received > 0) {
        say_real(stdout, "mos", r->mos, 1);
        say_real(stdout, "r", r->r, 1);
    }
    say_real(stdout, "lost_percent", r->lost_percent, 2);
    say_real(stdout, "concealed_percent", r->concealed_percent, 2);
    say_real(stdout, "delay_ms", r->delay_ms, 1);
    if (r->round_trip_ms >= 0)
        say_real(stdout, "round_trip_ms", r->round_trip_ms, 1);
    if (r->told) {
        say_real(stdout, "their_lost_percent", r->their_lost_percent, 2);
        say_real(stdout, "their_jitter_ms", r->their_jitter_ms, 1);
    }
    say_number(stdout, "late", r->late);
    say_number(stdout, "duplicates", r->duplicates);
    say_number(stdout, "strangers", r->strangers);
    say_close(stdout);
}

static void print_media(const struct audio_report *r)
{
    const struct codec *codec = r->sends ? r->sends : r->hears;
    printf("; %.*s", codec ? (int)codec->encoding.len : 0, codec ? codec->encoding.at : "");
    printf(", %llu packets sent, %llu received, %lld lost, jitter %.1f ms",
           (unsigned long long)r->sent, (unsigned long long)r->received, (long long)r->lost,
           r->jitter_ms);
    if (r->round_trip_ms >= 0)
        printf(", round trip %.1f ms", r->round_trip_ms);
    if (r->received > 0)
        printf(", MOS %.1f", r->mos);
}

static void put_media(const struct desk *d, const struct line *l)
{
    struct audio_report r;
    if (!l->voice.stream)
        return;
    audio_stream_report(l->voice.stream, &r);
    if (is_json(d))
        say_media(&r);
    else
        print_media(&r);
}

static void put_seconds(const struct desk *d, const struct line *l)
{
    double s = seconds_of(d, l);
    if (is_json(d))
        say_real(stdout, "seconds", s, 3);
    else if (l->began)
        printf(" after %.1f s", s);
}

void tell_status(struct desk *d, const struct line *l)
{
    static const char *const states[] = {[LINE_FREE] = "free",
                                         [LINE_CALLING] = "calling",
                                         [LINE_RINGING] = "ringing",
                                         [LINE_TALKING] = "talking"};
    begin(d, l, "status");
    text(d, "state", " ", str_from(states[l->state]));
    text(d, "peer", " ", str_from(l->peer));
    if (is_json(d)) {
        say_bool(stdout, "held", l->is_held);
        say_bool(stdout, "muted", l->voice.muted);
    }
    put_seconds(d, l);
    put_media(d, l);
    finish(d);
}

static struct str end_reason(const struct ua_event *e)
{
    bool is_response = e->msg && !e->msg->is_request;
    if (e->end == CALL_END_REFUSED && is_response)
        return e->msg->reason;
    if (e->end == CALL_END_REFUSED)
        return phone_reason(e->status, NULL);
    return call_end_name(e->end);
}

/* What the INVITE came to: 200 of a call that was answered, but 488 where nothing could be made of
 * the answer. */
static unsigned end_status(const struct line *l, const struct ua_event *e)
{
    if (l->began)
        return 200;
    if (e->end == CALL_END_NO_AGREEMENT)
        return 488;
    return e->status ? e->status : 487;
}

void tell_end(struct desk *d, const struct line *l, const struct ua_event *e)
{
    begin(d, l, "end");
    number(d, "status", ": ", end_status(l, e));
    text(d, "reason", " ", end_reason(e));
    put_seconds(d, l);
    put_media(d, l);
    finish(d);
}

void desk_tell_listeners(const struct desk *d)
{
    const struct listen_list *l = host_listeners(d->phone->host);
    for (unsigned i = 0; i < l->n; i++) {
        char where[96];
        struct buf b;
        buf_init(&b, where, sizeof where);
        listen_print(&b, &l->list[i]);
        if (is_json(d)) {
            say_begin(stdout, "listening");
            say_text(stdout, "at", buf_str(&b));
            say_end(stdout);
        } else {
            printf("listening at %.*s\n", STR_ARG(buf_str(&b)));
        }
    }
    fflush(stdout);
}

/* --- the line of state --- */

#define METER 8

/* -60 dBov to 0 as a row of marks. */
static void put_meter(struct buf *b, double level)
{
    int full = (int)((level + 60) / 60 * METER + 0.5);
    for (int i = 0; i < METER; i++)
        buf_put(b, i < full ? STR("|") : STR("."));
}

static void put_talk(struct buf *b, const struct line *l)
{
    struct audio_report r;
    if (!l->voice.stream)
        return;
    audio_stream_report(l->voice.stream, &r);
    if (r.sends) {
        buf_put_char(b, ' ');
        buf_put(b, r.sends->encoding);
    }
    buf_put_lit(b, " out ");
    put_meter(b, r.level_sent);
    buf_put_lit(b, " in ");
    put_meter(b, r.level_heard);
}

void tell_state(struct desk *d)
{
    char space[160];
    struct buf b;
    const struct line *l = NULL;
    for (unsigned i = 0; i < d->n_lines; i++)
        if (d->lines[i].state != LINE_FREE && (!l || d->lines[i].number > l->number))
            l = &d->lines[i];
    if (!l)
        return;
    unsigned s = (unsigned)seconds_of(d, l);
    buf_init(&b, space, sizeof space - 1);
    buf_put(&b, str_slice(str_from(l->peer), 0, 60));
    char time[16];
    snprintf(time, sizeof time, " %02u:%02u", s / 60, s % 60);
    buf_put(&b, str_from(time));
    put_talk(&b, l);
    buf_put(&b, l->is_held ? STR(" held") : STR_NONE);
    buf_put(&b, l->voice.muted ? STR(" muted") : STR_NONE);
    buf_put(&b, l->state == LINE_RINGING ? STR(" rings: a answers, r rejects") : STR_NONE);
    space[b.len] = '\0';
    input_show(&d->input, space);
}
