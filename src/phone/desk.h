/* The calls of a phone: each with its voice, its times and what is told of it. Places and takes
 * them as its commands say. */
#ifndef TANDEM_PHONE_DESK_H
#define TANDEM_PHONE_DESK_H

#include "phone/input.h"
#include "phone/phone.h"
#include "phone/voice.h"
#include "ua/call.h"

enum line_state {
    LINE_FREE,
    LINE_CALLING, /* ours, not answered */
    LINE_RINGING, /* theirs, not answered */
    LINE_TALKING
};

struct line {
    enum line_state state;
    unsigned number; /* for people and scripts, from 1 */
    ua_call call;
    ua_account account;     /* whom it is for, or by whom; 0: nobody we know */
    bool is_held, is_heard; /* by us; who was agreed on */
    char peer[256];
    char asked[CODECS_NAMES], spoken[CODECS_NAMES]; /* codecs: last of all, and last agreed on */
    struct voice voice;
    time_ns began;  /* answered; 0: not */
    time_ns answer; /* when it shall be; TIME_NEVER: when told to */
    time_ns end;    /* when it shall be ended */
};

struct desk {
    struct phone *phone;
    struct codecs codecs;
    char names[CODECS_NAMES]; /* of them */
    struct input input;
    struct card *card; /* NULL: no sound card is used … */
    unsigned card_rate;
    bool wants_card; /* … or not yet */
    bool by_hand;    /* incoming calls ring until somebody answers */
    unsigned n_lines, last_number;
    unsigned n_answered; /* ever */
    bool wants_password; /* the last end was a 401 or 407 */
    int status;          /* the exit status that the last end deserves; -1: none yet */
    time_ns shown;       /* when the line of state is shown next */
    time_ns due;         /* nothing of a line is before; 0: any may be */
    struct line lines[];
};

/* With as many lines as --calls says. NULL once what is wrong was said. */
struct desk *desk_new(struct phone *, int *status);
void desk_free(struct desk *);

/* Calls this URI. PHONE_DONE, or the exit status once what is wrong was said. */
MUST_USE int desk_call(struct desk *, struct str target);
/* What the user agent tells of calls. False: it is about something else. */
bool desk_take(struct desk *, const struct ua_event *);
/* A descriptor is ready. */
void desk_ready(struct desk *, const struct loop_event *);
/* What is due is done. */
void desk_time(struct desk *);
time_ns desk_deadline(const struct desk *);
/* Ends all calls. */
void desk_hang_up(struct desk *);
bool desk_is_idle(const struct desk *);

/* --- desk.c: for its other parts --- */
/* A free line with its sockets at this address. NULL: none, *why says why. */
struct line *desk_take_line(struct desk *, const struct addr *at, const char **why);
void desk_free_line(struct desk *, struct line *);
/* NULL: none has this call. */
struct line *desk_line_of(struct desk *, ua_call);
/* What is offered of a line's voice; borrows from the line. */
struct sdp_local desk_media(const struct line *);

/* --- desk_media.c --- */
/* Those of --codec. NULL, or what is wrong. */
const char *desk_choose_codecs(struct desk *);
/* Offers these; what comes of it is told as media, or as a problem. */
void desk_change_codecs(struct desk *, struct line *, struct str names);
void desk_take_media(struct desk *, struct line *, const struct ua_event *);
void desk_take_refusal(struct desk *, struct line *, const struct ua_event *);
void desk_open_card(struct desk *, struct line *);

/* --- desk_order.c --- */
void desk_order(struct desk *, const struct order *, const char *wrong);
/* The line with this number, 0: the latest. NULL: there is none. */
struct line *desk_line(struct desk *, unsigned number);
void desk_complain(struct desk *, const char *what);

/* --- desk_transfer.c --- */
/* To whom the argument names: the number of another call, or a URI. */
void desk_transfer(struct desk *, struct line *, struct str argument);
/* False: the event is about something else. */
bool desk_take_transfer(struct desk *, const struct ua_event *);
/* The status to refuse a call with that is to replace or join another; 0: it may. */
unsigned desk_refuses_place(const struct desk *, const struct ua_event *);

/* --- desk_tell.c: what is told of a line --- */
void tell_incoming(struct desk *, const struct line *, struct msg *);
void tell_calling(struct desk *, const struct line *);
void tell_progress(struct desk *, const struct line *, const struct ua_event *);
void tell_answered(struct desk *, const struct line *);
void tell_media(struct desk *, const struct line *, const struct ua_event *);
void tell_digit(struct desk *, const struct line *, const struct audio_event *);
void tell_transfer(struct desk *, const struct line *, const char *event, unsigned status);
/* The far end of `l` made us call `next`. */
void tell_referred(struct desk *, const struct line *l, const struct line *next);
void tell_simple(struct desk *, const struct line *, const char *event);
void tell_problem(struct desk *, const struct line *, const char *what, const char *why);
/* A change of the call was refused. */
void tell_refusal(struct desk *, const struct line *, unsigned status, struct str why);
void tell_status(struct desk *, const struct line *);
void tell_end(struct desk *, const struct line *, const struct ua_event *);
/* Where calls can come to, without a server. */
void desk_tell_listeners(const struct desk *);
/* The line of state. */
void tell_state(struct desk *);

#endif
