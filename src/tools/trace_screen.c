/* Files read portion by portion between the turns of a screen. What is wrong with them is told once
 * the screen is gone. */
#include "tools/trace_screen.h"

#include <string.h>
#include <unistd.h>

#include "tools/terminal.h"
#include "tools/trace_save.h"
#include "tools/trace_server.h"
#include "tools/trace_source.h"
#include "tools/trace_tell.h"

#define EVENTS_AT_ONCE 2000

struct reading {
    const struct trace_options *options;
    struct trace_calls *calls;
    struct str key_log;
    struct trace_source source;
    struct trace_server server;
    bool is_open;
    int at;                   /* place of the file that is read in options->files */
    const char *where, *what; /* the first fault; NULL: none */
    int status;
};

static void note(struct reading *r, const char *what, int status)
{
    if (!r->what) {
        r->where = trace_options_are_live(r->options) ? r->source.name : r->options->files[r->at];
        r->what = what;
    }
    r->status = status > r->status ? status : r->status;
}

static bool open_next(struct reading *r)
{
    int error = trace_source_follow(&r->source, r->options, r->options->files[r->at], r->key_log);
    if (error) {
        note(r, strerror(error), TRACE_EXIT_BAD_USAGE);
        r->at++;
    }
    r->is_open = error == 0;
    return r->is_open;
}

static void close_source(struct reading *r)
{
    const char *fault = trace_source_fault(&r->source);
    if (fault)
        note(r, fault, trace_source_is_other(&r->source) ? TRACE_EXIT_BAD_INPUT : TRACE_EXIT_DONE);
    trace_source_close(&r->source);
    r->is_open = false;
    r->at++;
}

static unsigned take_events(struct reading *r)
{
    struct capture_event e;
    unsigned n = 0;
    while (n < EVENTS_AT_ONCE && trace_source_next(&r->source, &e)) {
        if (trace_source_tell(&e, r->calls) != 0)
            note(r, "no memory for all of it", TRACE_EXIT_OUR_FAULT);
        n++;
    }
    return n;
}

static enum terminal_supply take_live(void *user)
{
    struct reading *r = user;
    if (take_events(r) > 0)
        return TERMINAL_MORE;
    if (trace_source_waits(&r->source))
        return TERMINAL_LATER;
    if (trace_source_fault(&r->source))
        note(r, trace_source_fault(&r->source), TRACE_EXIT_DONE);
    return TERMINAL_NONE;
}

static enum terminal_supply take(void *user)
{
    struct reading *r = user;
    if (r->at == r->options->n_files)
        return TERMINAL_NONE;
    if (!r->is_open && !open_next(r))
        return TERMINAL_MORE;
    unsigned n = take_events(r);
    if (n < EVENTS_AT_ONCE && trace_source_waits(&r->source))
        return n > 0 ? TERMINAL_MORE : TERMINAL_LATER;
    if (n < EVENTS_AT_ONCE)
        close_source(r);
    return TERMINAL_MORE;
}

static enum terminal_supply take_from_server(void *user)
{
    struct reading *r = user;
    uint64_t before = trace_calls_counts(r->calls).messages;
    const char *wrong = r->what ? NULL : trace_server_read(&r->server, r->calls, NULL);
    if (wrong) {
        r->where = "server";
        r->what = wrong;
        r->status = TRACE_EXIT_NOBODY;
    }
    if (r->what)
        return TERMINAL_NONE;
    return trace_calls_counts(r->calls).messages > before ? TERMINAL_MORE : TERMINAL_LATER;
}

static const char *save(void *user, const struct screen_saving *saving)
{
    (void)user;
    return trace_save(saving);
}

static bool has_input(const struct trace_options *o)
{
    for (int i = 0; i < o->n_files; i++)
        if (strcmp(o->files[i], "-") == 0)
            return true;
    return false;
}

/* --- where they come from --- */

static int begin(struct reading *r)
{
    if (r->options->from == TRACE_FROM_SERVER)
        return trace_server_begin(&r->server, r->options);
    if (!trace_options_are_live(r->options))
        return TRACE_EXIT_DONE;
    int status = trace_source_listen(&r->source, r->options, r->key_log);
    r->is_open = status == TRACE_EXIT_DONE;
    return status;
}

static void end(struct reading *r)
{
    if (r->is_open && trace_options_are_live(r->options))
        trace_source_sum(&r->source);
    if (r->is_open)
        trace_source_close(&r->source);
    if (r->options->from == TRACE_FROM_SERVER)
        trace_server_close(&r->server);
}

static const char *name_of(const struct reading *r)
{
    const struct trace_options *o = r->options;
    return trace_options_are_live(o)      ? r->source.name
           : o->from == TRACE_FROM_SERVER ? "the running server"
           : o->n_files == 1              ? o->files[0]
                                          : "several files";
}

static enum terminal_supply (*taker_of(const struct trace_options *o))(void *)
{
    return trace_options_are_live(o)      ? take_live
           : o->from == TRACE_FROM_SERVER ? take_from_server
                                          : take;
}

int trace_screen(const struct trace_options *o, struct trace_calls *calls, struct str key_log)
{
    if (has_input(o) && isatty(STDIN_FILENO))
        return trace_complain("-", "a file is missing: standard input is the terminal",
                              TRACE_EXIT_BAD_USAGE);

    struct reading r = {.options = o, .calls = calls, .key_log = key_log};
    int status = begin(&r);
    if (status)
        return status;
    struct screen_options options = {.source = name_of(&r),
                                     .formats = trace_save_formats,
                                     .filter = &o->filter,
                                     .is_live = o->from != TRACE_FROM_FILES || has_input(o)};
    struct terminal_source source = {taker_of(o), save, &r};
    const char *wrong = terminal_run(calls, &options, &source);
    end(&r);
    if (wrong)
        return trace_complain("terminal", wrong, TRACE_EXIT_BAD_USAGE);
    return r.what ? trace_complain(r.where, r.what, r.status) : TRACE_EXIT_DONE;
}
