/* `tandem trace`: reads captures into a table of calls, picks calls, and shows or writes them. */
#include "tools/trace.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "net/entropy.h"
#include "tools/input.h"
#include "tools/terminal.h"
#include "tools/trace_export.h"
#include "tools/trace_follow.h"
#include "tools/trace_live.h"
#include "tools/trace_options.h"
#include "tools/trace_screen.h"
#include "tools/trace_server.h"
#include "tools/trace_show.h"
#include "tools/trace_source.h"
#include "tools/trace_tell.h"

const char trace_help[] =
    "usage: tandem trace [OPTION...] [FILE...|-]\n"
    "\n"
    "       tandem trace [--socket PATH | --data DIR] [OPTION...] [CALL-ID]\n"
    "\n"
    "Shows the calls of captures, PCAP or PCAPNG (- is standard input), or those that a running\n"
    "server has had lately, with its reasons for what became of them; or those that pass an\n"
    "interface, or that capture agents tell of, until Ctrl-C.\n"
    "\n"
    "What is shown:\n"
    "  --screen         full screen, calls as they come; what a terminal gets where nothing\n"
    "                   else is asked for\n"
    "  --list           a line a call; what a pipe gets where no call is named\n"
    "  --text, --ascii  ladders; with --call that call and all that it is joined with\n"
    "  --follow         a line a message, as it comes; with --json an object\n"
    "  --explain        how each call ended, and what the server says of why\n"
    "  --streams        a line an RTP stream, with what is lost and its jitter; those of no call, "
    "too\n"
    "  --lint           what is wrong with messages, by themselves and by each other; with "
    "--sarif\n"
    "                   as SARIF, --severity LEVEL and --ignore CODE as tandem parse has them\n"
    "  --json           of a list an object a call: call_id, method, from, to, status, messages,\n"
    "                   start, seconds; of a ladder calls, participants and rungs\n"
    "  --svg FILE, --html FILE\n"
    "                   the call as a picture, or as a page with its messages\n"
    "  --pcap FILE      the calls as PCAPNG, with their RTP; of an interface all that comes\n"
    "  --hep ADDR:PORT  every message, sent to a collector by HEP 3\n"
    "\n"
    "Which calls:\n"
    "  --call ID        the one with this Call-ID, and what it is joined with\n"
    "  --user NAME      from, to or meant for this user\n"
    "  --number DIGITS  of a user whose number ends so\n"
    "  --method NAME    begun by it\n"
    "  --code CODE      with this answer at last: 404, 4xx, 400-499\n"
    "  --address ADDR   something came from or went to it, or to it and its port\n"
    "  --from-time T, --to-time T\n"
    "                   that lasted into it: 2024-05-17T08:30:00 (UTC), or seconds since 1970\n"
    "  --contains TEXT  with this in a message\n"
    "\n"
    "Where they come from:\n"
    "  --interface IF   what passes this interface, or any: takes CAP_NET_RAW\n"
    "  --listen hep:udp:ADDR:PORT, hep:tcp:ADDR:PORT\n"
    "                   what capture agents send there by HEP\n"
    "  --filter EXPR    packets that fit: 'port 5060 or 5061', 'host 192.0.2.7 and udp', not, "
    "net,\n"
    "                   portrange, src, dst, tcp, ip, ip6, parentheses, as tcpdump has them\n"
    "  --socket PATH    the server's control socket\n"
    "  --data DIR       the server's data folder, in which its control socket is\n"
    "  --keylog FILE    opens TLS with this key log (SSLKEYLOGFILE); PCAPNG may have its own\n"
    "\n"
    "Exit status: 0 done, 1 a file is no capture or no such call is there, 2 a file cannot be "
    "read\n"
    "or an option is wrong, 3 no server answers.\n";

#define KEY_LOG_MOST ((size_t)64 << 20)
#define TABLE_BYTES ((size_t)256 << 20)

int trace_complain(const char *where, const char *what, int status)
{
    fprintf(stderr, "tandem: trace: %s: %s\n", where, what);
    return status;
}

static int read_file(const struct trace_options *o, struct trace_calls *calls, const char *path,
                     struct str key_log)
{
    struct trace_follow follow;
    struct trace_source s;
    struct capture_event e;
    int error = trace_source_open(&s, o, path, key_log), status = TRACE_EXIT_DONE;
    bool is_short = false;

    if (error)
        return trace_complain(path, strerror(error), TRACE_EXIT_BAD_USAGE);
    trace_follow_init(&follow, o, calls);
    while (trace_source_next(&s, &e)) {
        is_short |= trace_source_tell(&e, calls) != 0;
        if (e.kind == CAPTURE_MESSAGE)
            trace_follow_tell(&follow, e.at);
    }
    if (is_short)
        status = trace_complain(path, "no memory for all of it", TRACE_EXIT_OUR_FAULT);
    if (trace_source_fault(&s))
        (void)trace_complain(path, trace_source_fault(&s), 0);
    if (trace_source_is_other(&s))
        status = TRACE_EXIT_BAD_INPUT;
    trace_source_close(&s);
    return status;
}

static int read_files(const struct trace_options *o, struct trace_calls *calls, struct str key_log)
{
    int worst = TRACE_EXIT_DONE;

    for (int i = 0; i < o->n_files; i++) {
        int status = read_file(o, calls, o->files[i], key_log);

        worst = status > worst ? status : worst;
    }
    uint64_t forgotten = trace_calls_counts(calls).forgotten;

    if (forgotten > 0)
        fprintf(stderr, "tandem: trace: %llu calls made room for later ones\n",
                (unsigned long long)forgotten);
    return worst;
}

static int read_server(const struct trace_options *o, struct trace_calls *calls)
{
    struct trace_server s;
    int status = trace_server_begin(&s, o);

    if (status)
        return status;
    const char *wrong = trace_server_read(&s, calls, NULL);

    trace_server_close(&s);
    return wrong ? trace_complain("server", wrong, TRACE_EXIT_NOBODY) : TRACE_EXIT_DONE;
}

static int show(const struct trace_options *o, const struct trace_pick *pick, struct str key_log)
{
    bool has_pictures = o->svg || o->html, is_sent = o->hep.family != ADDR_NONE;
    int status = TRACE_EXIT_DONE;

    if (!o->follow && (o->has_form || o->json || (!has_pictures && !is_sent && !o->pcap)))
        status = trace_show(o, pick);
    if (status == TRACE_EXIT_DONE && has_pictures)
        status = trace_show_pictures(o, pick);
    if (status == TRACE_EXIT_DONE && o->pcap && !trace_options_are_live(o))
        status = trace_export_pcap(o, pick, key_log);
    if (status == TRACE_EXIT_DONE && is_sent)
        status = trace_export_hep(o, pick);
    return status;
}

/* Where nothing else is asked for a terminal gets the screen, and a pipe the list. */
static bool wants_screen(const struct trace_options *o)
{
    return o->has_screen ||
           (!trace_options_ask_for_more(o) && terminal_is_there() && isatty(STDIN_FILENO));
}

static int read_all(const struct trace_options *o, struct trace_calls *calls, struct str key_log)
{
    switch (o->from) {
    case TRACE_FROM_FILES:
        return read_files(o, calls, key_log);
    case TRACE_FROM_SERVER:
        return o->follow ? trace_live_server(o, calls) : read_server(o, calls);
    case TRACE_FROM_INTERFACE:
    case TRACE_FROM_AGENTS:
        break;
    }
    return trace_live(o, calls, key_log);
}

static int run(const struct trace_options *o, struct trace_calls *calls, struct str key_log)
{
    struct trace_pick pick = {.calls = calls, .filter = &o->filter};
    int status = read_all(o, calls, key_log);

    if (status == TRACE_EXIT_NOBODY ||
        (trace_options_are_live(o) && status == TRACE_EXIT_BAD_USAGE))
        return status;
    if (o->call.len > 0) {
        pick.one = trace_calls_find(calls, o->call);
        if (!pick.one)
            return status ? status
                          : trace_complain("--call", "no such call is there", TRACE_EXIT_BAD_INPUT);
    }
    int shown = show(o, &pick, key_log);

    return shown > status ? shown : status;
}

static int with_table(const struct trace_options *o, struct str key_log)
{
    struct hash_key key;
    struct trace_calls *calls =
        entropy_key(&key) ? trace_calls_new(&mem_libc, &key, TABLE_BYTES) : NULL;
    int (*what)(const struct trace_options *, struct trace_calls *, struct str) =
        wants_screen(o) ? trace_screen : run;
    int status = calls ? what(o, calls, key_log)
                       : trace_complain("start", "no memory", TRACE_EXIT_OUR_FAULT);

    trace_calls_free(calls);
    return status;
}

int trace_main(int argc, char **argv)
{
    struct trace_options o;
    struct input key_log = {0};
    int status = trace_options_read(&o, argc, argv);

    if (status)
        return status;
    if (o.help) {
        fputs(trace_help, stdout);
        return TRACE_EXIT_DONE;
    }
    int error = o.key_log ? input_read(&key_log, o.key_log, KEY_LOG_MOST) : 0;

    if (error)
        return trace_complain(o.key_log, strerror(error), TRACE_EXIT_BAD_USAGE);
    status = with_table(&o, (struct str){key_log.at, key_log.len});
    input_free(&key_log);
    if (fflush(stdout) != 0)
        return trace_complain("standard output", "cannot be written", TRACE_EXIT_OUR_FAULT);
    return status;
}
