/* The options of the client commands: one table says which command has which. */
#ifndef TANDEM_PHONE_OPTIONS_H
#define TANDEM_PHONE_OPTIONS_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/str.h"
#include "host/listen.h"

enum phone_command {
    PHONE_OPTIONS,
    PHONE_MESSAGE,
    PHONE_REQUEST,
    PHONE_REGISTER,
    PHONE_SUBSCRIBE,
    PHONE_CALL,
    PHONE_ANSWER,
    N_PHONE_COMMANDS
};

/* The exit status of all of them. */
enum {
    PHONE_DONE = 0,
    PHONE_REFUSED = 1,   /* the far end said no, or the input is bad */
    PHONE_BAD_USAGE = 2, /* usage or configuration */
    PHONE_SILENCE = 3,   /* nobody answered in time, or no route */
    PHONE_OUR_FAULT = 4
};

enum phone_audio { PHONE_AUDIO_FILE, PHONE_AUDIO_NONE, PHONE_AUDIO_ALSA };

#define PHONE_HEADERS 16
#define PHONE_AORS 16

struct phone_options {
    enum phone_command command;
    const char *name; /* of the command */
    /* What stands without an option: the method of `request`, the event of `subscribe`, whom, the
     * text of a message. */
    const char *method, *event, *target, *text;
    const char *as[PHONE_AORS]; /* who we are */
    unsigned n_as;
    const char *server;
    struct listen_list listen; /* of --listen, wildcards spread over the interfaces */
    const char *password_file, *auth_user, *ca, *certificate;
    const char *headers[PHONE_HEADERS];
    unsigned n_headers;
    const char *body, *type;
    const char *play, *record, *dtmf, *codecs, *reject_text;
    unsigned expires_s, reject, calls;
    unsigned for_ms, after_ms, timeout_ms; /* 0: not given */
    bool has_for, has_after;
    enum phone_audio audio;
    bool json, verbose, trace, help, once, direct, trust_all, outbound, latch, has_audio;
    bool transfer; /* we may be transferred */
};

/* Reads argv[1] on; views of argv. PHONE_DONE, or PHONE_BAD_USAGE once what is wrong was said on
 * standard error. */
MUST_USE int phone_options_read(struct phone_options *, enum phone_command, int argc, char **argv);
/* The same for a command that begins. False: it is over, with *status, as its help was wanted and
 * is shown, or something is wrong. */
MUST_USE bool phone_options_take(struct phone_options *, enum phone_command, int argc, char **argv,
                                 const char *help, int *status);
/* "tandem: COMMAND: WHERE: WHAT" on standard error; returns `status`. */
int phone_complain(const struct phone_options *, const char *where, const char *what, int status);

#endif
