/* Owns a phone's calls from their first message to their end. */
#include "phone/desk.h"

#include <stdlib.h>
#include <string.h>

#define HOLD_ON (NS_PER_S / 4) /* between two looks at the line of state */
#define CNAME "tandem"
#define MORE_LINES 4 /* besides those of --calls: for calls that orders and transfers make */
#define DISCARD 9    /* RFC 3264 9: the port where none is told */

/* --- life --- */

/* RFC 3261 11.2: what OPTIONS are told. Without memory they are told less. */
static void describe(struct desk *d)
{
    const struct sdp_stream stream = {.kind = STR("audio"),
                                      .proto = STR("RTP/AVP"),
                                      .port = DISCARD,
                                      .direction = SDP_SENDRECV,
                                      .codecs = d->codecs.sdp,
                                      .n_codecs = d->codecs.n};
    const struct sdp_local local = {
        .addr = host_listeners(d->phone->host)->list[0].addr, .streams = &stream, .n_streams = 1};
    (void)!ua_describe(d->phone->ua, &local);
}

struct desk *desk_new(struct phone *p, int *status)
{
    const struct phone_options *o = p->options;
    size_t n = o->calls + MORE_LINES;
    struct desk *d = calloc(1, sizeof *d + n * sizeof d->lines[0]);
    if (!d) {
        *status = phone_complain(o, "start", "no memory", PHONE_OUR_FAULT);
        return NULL;
    }
    d->phone = p;
    d->n_lines = (unsigned)n;
    d->status = -1;
    const char *wrong = desk_choose_codecs(d);
    if (wrong) {
        *status = phone_complain(o, "--codec", wrong, PHONE_BAD_USAGE);
        free(d);
        return NULL;
    }
    describe(d);
    input_begin(&d->input, host_loop(p->host), LOOP_TOKEN(TOKEN_INPUT, 0), o->json);
    d->wants_card =
        o->audio == PHONE_AUDIO_ALSA || (!o->has_audio && d->input.is_terminal && !o->play);
    d->by_hand = d->input.is_terminal && !o->has_after;
    return d;
}

static time_ns now_of(const struct desk *d)
{
    return phone_now(d->phone);
}

void desk_free_line(struct desk *d, struct line *l)
{
    voice_end(&l->voice, now_of(d));
    *l = (struct line){.state = LINE_FREE};
}

void desk_free(struct desk *d)
{
    if (!d)
        return;
    for (unsigned i = 0; i < d->n_lines; i++)
        if (d->lines[i].state != LINE_FREE)
            desk_free_line(d, &d->lines[i]);
    card_free(d->card);
    input_end(&d->input);
    free(d);
}

bool desk_is_idle(const struct desk *d)
{
    for (unsigned i = 0; i < d->n_lines; i++)
        if (d->lines[i].state != LINE_FREE)
            return false;
    return true;
}

struct line *desk_line_of(struct desk *d, ua_call call)
{
    for (unsigned i = 0; i < d->n_lines; i++)
        if (d->lines[i].state != LINE_FREE && d->lines[i].call == call)
            return &d->lines[i];
    return NULL;
}

static struct rand *rand_of(struct desk *d)
{
    return engine_rand(host_engine(d->phone->host));
}

struct line *desk_take_line(struct desk *d, const struct addr *at, const char **why)
{
    const struct phone_options *o = d->phone->options;
    unsigned i = 0;
    while (i < d->n_lines && d->lines[i].state != LINE_FREE)
        i++;
    *why = "all lines are taken";
    if (i == d->n_lines)
        return NULL;
    const struct voice_settings s = {.codecs = &d->codecs,
                                     .play = o->play,
                                     .record = o->record,
                                     .silent = o->has_audio && o->audio == PHONE_AUDIO_NONE,
                                     .latch = o->latch,
                                     .cname = CNAME};
    struct line *l = &d->lines[i];
    *l = (struct line){.number = d->last_number + 1, .answer = TIME_NEVER, .end = TIME_NEVER};
    if (!voice_begin(&l->voice, &s, at, rand_of(d), d->phone->host, LOOP_TOKEN(TOKEN_MEDIA, i),
                     why))
        return NULL;
    memcpy(l->asked, d->names, sizeof l->asked);
    memcpy(l->spoken, d->names, sizeof l->spoken);
    d->last_number++;
    d->due = 0;
    return l;
}

struct sdp_local desk_media(const struct line *l)
{
    return (struct sdp_local){
        .addr = l->voice.port.local, .streams = &l->voice.offer, .n_streams = 1};
}

/* --- calls of ours --- */

static int cannot(struct desk *d, struct str target, int error)
{
    const struct phone_options *o = d->phone->options;
    char whom[ADDRESS_BYTES];
    snprintf(whom, sizeof whom, "%.*s", STR_ARG(target));
    if (error == ERR_NO_ROUTE)
        return phone_complain(o, whom, "there is no way there", PHONE_SILENCE);
    return phone_complain(o, whom, err_name(error),
                          error == ERR_INVALID ? PHONE_BAD_USAGE : PHONE_OUR_FAULT);
}

int desk_call(struct desk *d, struct str target)
{
    struct phone *p = d->phone;
    const char *why = NULL;
    char headers[4096];
    struct buf b;
    struct line *l = desk_take_line(d, &host_listeners(p->host)->list[0].addr, &why);
    if (!l)
        return phone_complain(p->options, "sockets", why, PHONE_OUR_FAULT);
    buf_init(&b, headers, sizeof headers);
    phone_put_headers(p, &b);
    const struct sdp_local media = desk_media(l);
    const struct call_start s = {
        .account = p->account, .target = target, .media = &media, .headers = buf_str(&b)};
    int error = b.over ? ERR_LIMIT : call_start(p->ua, &s, now_of(d), &l->call);
    l->state = LINE_CALLING;
    l->account = p->account;
    if (error) {
        desk_free_line(d, l);
        return cannot(d, target, error);
    }
    snprintf(l->peer, sizeof l->peer, "%.*s", STR_ARG(target));
    if (p->options->timeout_ms > 0)
        l->end = now_of(d) + p->options->timeout_ms * NS_PER_MS;
    tell_calling(d, l);
    return PHONE_DONE;
}

/* --- calls of theirs --- */

/* With what was told, or as the offer deserves. */
static void refuse(struct desk *d, ua_call call, unsigned status)
{
    (void)!call_refuse(d->phone->ua, call, status, STR_NONE, now_of(d));
}

static void answer(struct desk *d, struct line *l)
{
    const struct sdp_local media = desk_media(l);
    int error = call_answer(d->phone->ua, l->call, &media, now_of(d));
    l->answer = TIME_NEVER;
    if (error == ERR_INVALID) {
        const char *warning = "Warning: 305 tandem \"Incompatible media format\"\r\n";
        (void)!call_refuse(d->phone->ua, l->call, 488, str_from(warning), now_of(d));
    } else if (error && error != ERR_STALE) {
        refuse(d, l->call, 503);
    }
}

/* RFC 3312 6: nobody is alerted yet; the answer lets the caller go on. */
static void prepare(struct desk *d, struct line *l)
{
    const struct sdp_local media = desk_media(l);
    const struct call_ring r = {.status = 183, .media = &media};
    l->state = LINE_RINGING;
    l->answer = TIME_NEVER;
    if (call_ring(d->phone->ua, l->call, &r, now_of(d)) == ERR_INVALID)
        refuse(d, l->call, 488);
}

/* A call that takes another one's place alerts nobody (RFC 3891 3). */
static void ring(struct desk *d, struct line *l, bool replaces)
{
    const struct phone_options *o = d->phone->options;
    const struct call_ring r = {.status = 180};
    l->state = LINE_RINGING;
    l->answer = d->by_hand ? TIME_NEVER : now_of(d) + o->after_ms * NS_PER_MS;
    if (replaces)
        l->answer = now_of(d);
    if (l->answer > now_of(d))
        (void)!call_ring(d->phone->ua, l->call, &r, now_of(d));
}

static void alert(struct desk *d, struct line *l, const struct ua_event *e)
{
    tell_incoming(d, l, e->msg);
    ring(d, l, e->replaced != 0);
}

/* 0: it may ring. */
static unsigned refusal(const struct desk *d, const struct ua_event *e)
{
    const struct phone_options *o = d->phone->options;
    if (e->replaced || e->joined)
        return desk_refuses_place(d, e);
    if (o->command != PHONE_ANSWER || o->reject)
        return o->reject ? o->reject : 486;
    unsigned n = 0;
    for (unsigned i = 0; i < d->n_lines; i++)
        n += d->lines[i].state != LINE_FREE;
    return n < o->calls ? 0 : 486;
}

static void take_incoming(struct desk *d, const struct ua_event *e)
{
    const struct nameaddr *from = msg_from(e->msg);
    const char *why;
    unsigned status = refusal(d, e);
    if (status) {
        refuse(d, e->call, status);
        return;
    }
    struct line *l = desk_take_line(d, &e->msg->flow.local, &why);
    if (!l) {
        refuse(d, e->call, 486);
        return;
    }
    l->call = e->call;
    l->account = e->account;
    snprintf(l->peer, sizeof l->peer, "%.*s", STR_ARG(from ? from->uri_text : STR("somebody")));
    if (e->suspended)
        prepare(d, l);
    else
        alert(d, l, e);
}

/* --- what happens to them --- */

static void take_progress(struct desk *d, struct line *l, const struct ua_event *e)
{
    tell_progress(d, l, e);
    if (e->status == 180) { /* RFC 3960 3.2: made here where none comes */
        voice_ring(&l->voice, now_of(d));
        desk_open_card(d, l);
    }
}

static void begin_talk(struct desk *d, struct line *l)
{
    const struct phone_options *o = d->phone->options;
    l->state = LINE_TALKING;
    l->began = now_of(d);
    l->end = o->has_for ? l->began + o->for_ms * NS_PER_MS : TIME_NEVER;
    d->n_answered++;
    tell_answered(d, l);
    if (o->dtmf)
        voice_dial(&l->voice, o->dtmf, now_of(d));
}

/* --timeout ends what nobody answers; that is no answer of the far end's. */
static int status_of(const struct line *l, const struct ua_event *e)
{
    if (l->began)
        return PHONE_DONE;
    if (e->end == CALL_END_NO_AGREEMENT)
        return PHONE_REFUSED;
    return e->end == CALL_END_HUNG_UP ? PHONE_SILENCE : phone_status(e->status, e->msg);
}

static void take_audio_events(struct desk *d, struct line *l)
{
    struct audio_event e;
    while (voice_event(&l->voice, &e, now_of(d))) {
        if (e.type == AUDIO_DIGIT)
            tell_digit(d, l, &e);
        if (e.type == AUDIO_HEARD && !l->is_heard) {
            l->is_heard = true;
            tell_simple(d, l, "heard");
        }
        if (e.type == AUDIO_DIALED && !l->voice.digits)
            tell_simple(d, l, "dialed");
        if (e.type == AUDIO_SILENT)
            tell_simple(d, l, "silent");
    }
}

static void take_end(struct desk *d, struct line *l, const struct ua_event *e)
{
    d->status = status_of(l, e);
    d->wants_password = e->msg && (e->status == 401 || e->status == 407);
    voice_hear(&l->voice); /* what came before it */
    take_audio_events(d, l);
    voice_end_recording(&l->voice); /* whoever is told of the end may read it */
    tell_end(d, l, e);
    desk_free_line(d, l);
}

/* RFC 6086, and what phones did before it: a key in a text. */
static void take_info(struct desk *d, struct line *l, struct msg *m)
{
    struct str body = m->body;
    struct audio_event key = {.type = AUDIO_DIGIT};
    while (body.len > 0 && !key.digit) {
        size_t end = str_find(body, '\n');
        struct str row = str_trim(str_slice(body, 0, end));
        if (str_starts_nocase(row, STR("Signal=")))
            row = str_trim(str_slice(row, 7, row.len));
        if (row.len == 1)
            key.digit = row.at[0];
        body = str_slice(body, end + 1, body.len);
    }
    if (key.digit)
        tell_digit(d, l, &key);
}

bool desk_take(struct desk *d, const struct ua_event *e)
{
    struct line *l = desk_line_of(d, e->call);
    d->due = 0;
    if (e->kind == UA_CALL_INCOMING)
        take_incoming(d, e);
    if (e->kind > UA_CALL_ENDED)
        return desk_take_transfer(d, e);
    if (!l)
        return true;
    switch ((int)e->kind) {
    case UA_CALL_PROGRESS:
        take_progress(d, l, e);
        break;
    case UA_CALL_RESUMED:
        alert(d, l, e);
        break;
    case UA_CALL_MEDIA:
        desk_take_media(d, l, e);
        break;
    case UA_CALL_ANSWERED:
    case UA_CALL_CONFIRMED:
        begin_talk(d, l);
        break;
    case UA_CALL_CHANGE_FAILED:
        desk_take_refusal(d, l, e);
        break;
    case UA_CALL_INFO:
        take_info(d, l, e->msg);
        break;
    case UA_CALL_ENDED:
        take_end(d, l, e);
        break;
    }
    return true;
}

/* --- input and time --- */

static time_ns deadline_of(const struct line *l)
{
    return time_min(voice_deadline(&l->voice), time_min(l->answer, l->end));
}

static void note_due(struct desk *d, const struct line *l)
{
    d->due = time_min(d->due, deadline_of(l));
}

static void take_reports(struct desk *d, struct line *l)
{
    voice_ready(&l->voice);
    note_due(d, l);
}

void desk_ready(struct desk *d, const struct loop_event *e)
{
    struct order order;
    const char *wrong;
    unsigned index = LOOP_INDEX(e->token);
    if (LOOP_KIND(e->token) == TOKEN_MEDIA && index < d->n_lines &&
        d->lines[index].state != LINE_FREE)
        take_reports(d, &d->lines[index]);
    if (LOOP_KIND(e->token) != TOKEN_INPUT)
        return;
    input_ready(&d->input, host_loop(d->phone->host));
    while (input_order(&d->input, &order, &wrong))
        desk_order(d, &order, wrong);
}

static void end_call(struct desk *d, struct line *l)
{
    l->end = TIME_NEVER;
    (void)call_end(d->phone->ua, l->call, STR_NONE, now_of(d));
}

static void line_time(struct desk *d, struct line *l)
{
    voice_time(&l->voice, d->card, now_of(d));
    take_audio_events(d, l);
    if (l->answer <= now_of(d))
        answer(d, l);
    if (l->end <= now_of(d))
        end_call(d, l);
    note_due(d, l);
}

void desk_time(struct desk *d)
{
    bool due = d->due <= now_of(d);
    if (due)
        d->due = TIME_NEVER;
    for (unsigned i = 0; due && i < d->n_lines; i++)
        if (d->lines[i].state != LINE_FREE)
            line_time(d, &d->lines[i]);
    if (d->input.is_terminal && d->shown <= now_of(d)) {
        d->shown = now_of(d) + HOLD_ON;
        tell_state(d);
    }
}

time_ns desk_deadline(const struct desk *d)
{
    return d->input.is_terminal && !desk_is_idle(d) ? time_min(d->due, d->shown) : d->due;
}

void desk_hang_up(struct desk *d)
{
    for (unsigned i = 0; i < d->n_lines; i++)
        if (d->lines[i].state != LINE_FREE)
            end_call(d, &d->lines[i]);
}
