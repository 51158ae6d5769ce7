/* Owns what a call speaks in: what is agreed on goes to its voice, other codecs are offered. */
#include "phone/desk.h"

#include <string.h>

/* One card, at the rate of who speaks. Without one the call goes on in silence. */
void desk_open_card(struct desk *d, struct line *l)
{
    const char *why = NULL;
    if (!d->wants_card || l->voice.rate == 0 || (d->card && d->card_rate == l->voice.rate))
        return;
    card_free(d->card);
    d->card = NULL;
    d->card_rate = l->voice.rate;
    if (card_new(&mem_libc, "default", l->voice.rate, &d->card, &why) != OK) {
        d->wants_card = false;
        if (d->phone->options->audio == PHONE_AUDIO_ALSA)
            tell_problem(d, l, "sound card", why ? why : "no memory");
    }
}

const char *desk_choose_codecs(struct desk *d)
{
    const char *names = d->phone->options->codecs;
    int n = snprintf(d->names, sizeof d->names, "%s", names ? names : CODECS_USUAL);
    if ((size_t)n >= sizeof d->names)
        return "too many codecs";
    return codecs_choose(&d->codecs, str_from(d->names));
}

/* NULL, or what is wrong. */
static const char *offer(struct desk *d, struct line *l, struct str names)
{
    struct codecs codecs;
    const char *wrong = codecs_choose(&codecs, names);
    if (wrong || names.len >= sizeof l->asked)
        return wrong ? wrong : "too many codecs";
    struct sdp_stream stream = l->voice.offer;
    struct sdp_local media = desk_media(l);
    stream.codecs = codecs.sdp;
    stream.n_codecs = codecs.n;
    media.streams = &stream;
    if (call_change(d->phone->ua, l->call, &media, phone_now(d->phone)) != OK)
        return "the codecs cannot be changed now";
    snprintf(l->asked, sizeof l->asked, "%.*s", STR_ARG(names));
    return NULL;
}

void desk_change_codecs(struct desk *d, struct line *l, struct str names)
{
    const char *wrong = offer(d, l, names);
    if (wrong)
        desk_complain(d, wrong);
}

/* An answer without a voice (of events alone, say) to other codecs: those of before are offered
 * again. */
static void take_nonsense(struct desk *d, struct line *l)
{
    if (strcmp(l->asked, l->spoken) == 0) {
        tell_problem(d, l, "media", "cannot be spoken");
        return;
    }
    tell_refusal(d, l, 488, STR("there is no voice in the answer"));
    const char *wrong = offer(d, l, str_from(l->spoken));
    if (wrong)
        tell_problem(d, l, "change", wrong);
}

static void agree(struct desk *d, struct line *l, const struct ua_event *e, unsigned i)
{
    struct phone *p = d->phone;
    const char *why = NULL;
    int error = voice_agree(&l->voice, &e->streams[i], &e->agreed[i],
                            engine_rand(host_engine(p->host)), phone_now(p), &why);
    if (error) {
        take_nonsense(d, l);
        return;
    }
    memcpy(l->spoken, l->asked, sizeof l->spoken);
    if (why)
        tell_problem(d, l, p->options->play ? "--play or --record" : "--record", why);
    desk_open_card(d, l);
    tell_media(d, l, e);
}

void desk_take_media(struct desk *d, struct line *l, const struct ua_event *e)
{
    for (unsigned i = 0; i < e->n_agreed; i++)
        if (e->agreed[i].live && e->agreed[i].stream == 0)
            agree(d, l, e, i);
}

/* What was agreed before holds: whether it is held, too. */
void desk_take_refusal(struct desk *d, struct line *l, const struct ua_event *e)
{
    struct call_view v;
    memcpy(l->asked, l->spoken, sizeof l->asked);
    if (call_look(d->phone->ua, l->call, &v) == OK)
        l->is_held = v.is_held;
    tell_refusal(d, l, e->status, phone_reason(e->status, e->msg));
}
