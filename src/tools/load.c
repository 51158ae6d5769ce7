/* `tandem load`: runs what the options say, and says whether it was reached. */
#include "tools/load.h"

#include <stdio.h>
#include <stdlib.h>

#include "config/listener.h"
#include "tools/load_report.h"
#include "tools/load_search.h"

const char load_help[] =
    "usage: tandem load call URI [OPTION...]        INVITE, ACK, BYE\n"
    "       tandem load register URI [OPTION...]    a REGISTER for each user\n"
    "       tandem load options URI [OPTION...]     OPTIONS\n"
    "       tandem load message URI [OPTION...]     MESSAGE\n"
    "       tandem load subscribe URI [OPTION...]   SUBSCRIBE to presence, NOTIFY, and out again\n"
    "       tandem load answer --local udp:HOST:PORT [OPTION...]\n"
    "                                               takes the calls of others\n"
    "       tandem load run FILE [URI] [OPTION...]  a scenario, in SIPp's XML\n"
    "\n"
    "Offers load to the SIP system that URI leads to, and reports what came back.\n"
    "\n"
    "How much:\n"
    "  --rate N          sessions a second, whatever becomes of them (open loop); 10 when not\n"
    "                    given\n"
    "  --concurrent N    so many at once; without --rate a new one begins as one ends (closed\n"
    "                    loop)\n"
    "  --for SECONDS     how long sessions begin; 10 when not given. answer: until it is stopped\n"
    "  --count N         how many sessions, instead\n"
    "  --poisson         they begin at random with that rate, not evenly\n"
    "  --ramp[=FACTOR]   from --rate on ever faster, by 1.25 when not given, until it does not\n"
    "                    hold; each --step SECONDS, 5 when not given\n"
    "  --max-latency S   a step of a ramp holds only where 99 of 100 sessions are not longer\n"
    "  --rfc7502         finds the session establishment rate, or the registration rate, as\n"
    "                    RFC 7502 has it, beginning with --rate, and proves it with --count\n"
    "                    sessions (50000)\n"
    "\n"
    "Who:\n"
    "  --users N         so many users in turn: their names are the URI's user part, or \"load\",\n"
    "                    with a number; --first N: the first one's\n"
    "  --table FILE      users from a table: SEQUENTIAL or RANDOM, then lines of fields with ';'\n"
    "                    between: name, password, what a scenario wants\n"
    "  --ports N         send from so many ports, or connections\n"
    "  --separate        each datagram passes the kernel by itself: for who captures on this\n"
    "                    machine\n"
    "  --local udp:HOST:PORT    where to send from, or to listen\n"
    "  --server udp:HOST:PORT   where to send to, whatever URI says; tcp, tls, ws and wss "
    "likewise\n"
    "  --path PATH       of a WebSocket; / when not given\n"
    "  --answer          the calls are answered by this process: it is called instead of URI\n"
    "  --register        … by the users' names, after it has registered for each\n"
    "  --password-file FILE, or TANDEM_PASSWORD; --auth-user NAME instead of the user's name\n"
    "  --ca FILE, --trust-all, --certificate FILE   for tls and wss\n"
    "\n"
    "What:\n"
    "  --hold SECONDS    how long calls last; --ring SECONDS: how long they ring\n"
    "  --rtp[=WHAT]      calls speak and listen: a tone when not given, silence, a WAV file, or\n"
    "                    echo, which sends back what comes. A call that hears nothing, or is not\n"
    "                    heard, has failed\n"
    "  --rtp-ports N     that calls take in turn; 16 when not given\n"
    "  --expires S       of registrations; 3600 when not given\n"
    "  --timeout S       for an answer; 32 when not given\n"
    "  --key NAME=VALUE  what [NAME] stands for in a scenario\n"
    "  --show            prints the scenario and does nothing: a beginning for one of your own\n"
    "\n"
    "  --max-fail SHARE  of sessions that may fail, such as 0.001 or 1%; none when not given\n"
    "  --max-loss SHARE  of RTP packets that may be lost; all when not given\n"
    "  --json            JSON Lines: each second (--every S), and the whole at the end\n"
    "\n"
    "Latency counts from the time at which a session was meant to begin. Exit status: 0 all that\n"
    "was asked for was reached, 1 sessions failed, 2 usage, 3 nobody answered, 4 less was offered\n"
    "than asked for.\n";

static bool is_silent(const struct tally *t)
{
    return t->failed > 0 && t->received == 0;
}

static bool is_lossy(const struct load_run *r, struct load *l)
{
    const struct rtp_tally *t = l ? &load_tally(l)->rtp : NULL;
    return t && (double)t->lost > r->plan->options->max_loss * (double)(t->received + t->lost);
}

/* RTP was sent unevenly. */
static bool is_behind(struct load *l)
{
    const struct rtp_tally *t = l ? &load_tally(l)->rtp : NULL;
    return t && t->behind > t->sent / 100;
}

/* This machine's doing. */
static bool lagged(const struct load_run *r)
{
    return load_run_lagged(r) || is_behind(r->plan->load) || is_behind(r->plan->called);
}

static int judge(const struct load_run *r)
{
    const struct load_options *o = r->plan->options;
    const struct tally *t = load_tally(r->plan->load);
    if (is_silent(t))
        return LOAD_SILENCE;
    if ((double)t->failed > o->max_fail * (double)t->started)
        return LOAD_FAILED;
    if (is_lossy(r, r->plan->load) || is_lossy(r, r->plan->called))
        return LOAD_FAILED;
    if (r->result.stopped && !r->plan->scenario->serves)
        return LOAD_FAILED;
    return lagged(r) ? LOAD_OUR_FAULT : LOAD_DONE;
}

static int offer(struct load_run *r)
{
    const struct load_options *o = r->plan->options;
    struct load_phase phase = {.rate = o->rate,
                               .count = o->count,
                               .concurrent = o->concurrent,
                               .duration = o->has_count ? 0 : o->duration};
    load_run_phase(r, &phase);
    int status = judge(r);
    load_report_end(r, status);
    if (status == LOAD_OUR_FAULT)
        load_complain(load_run_lagged(r) ? "--rate" : "--rtp",
                      load_run_lagged(r)
                          ? "less was offered than asked for: this machine is too slow, or busy"
                          : "packets left late, or never: this machine is too slow, or busy",
                      0);
    return status;
}

/* Who listens at which port, once it does. */
static void say_ready(const struct load_run *r)
{
    const struct net_end *e = &r->plan->net.ends[LOAD_CALLER];
    char text[80];
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_put(&b, str_from(config_listener_word(e->transport)));
    buf_put_char(&b, ':');
    addr_print(&b, &e->local);
    printf(r->plan->options->json ? "{\"event\":\"ready\",\"listen\":\"%.*s\"}\n" : "ready %.*s\n",
           STR_ARG(buf_str(&b)));
    fflush(stdout);
}

static int serve(struct load_run *r)
{
    say_ready(r);
    load_run_serve(r);
    int status = judge(r);
    load_report_end(r, status);
    return status;
}

static int run(struct load_plan *p)
{
    struct load_run r = {.plan = p, .tell = load_report_line, .say = load_report_said};
    int status = load_run_prepare(&r);
    if (status)
        return status;
    if (p->scenario->serves)
        return serve(&r);
    if (p->options->ramp > 0)
        return load_search_ramp(&r);
    if (p->options->rfc7502)
        return load_search_rfc7502(&r);
    return offer(&r);
}

static int show(const struct load_options *o)
{
    size_t len;
    char *text = load_plan_text(o, &len);
    if (!text)
        return LOAD_BAD_USAGE;
    fwrite(text, 1, len, stdout);
    free(text);
    return LOAD_DONE;
}

int load_main(int argc, char **argv)
{
    static struct load_options options;
    struct load_plan *plan = calloc(1, sizeof *plan);
    int status = plan ? load_options_read(&options, argc, argv) : LOAD_OUR_FAULT;
    if (!status && options.help) {
        fputs(load_help, stdout);
    } else if (!status && options.show) {
        status = show(&options);
    } else if (!status) {
        status = load_plan_init(plan, &options);
        if (!status)
            status = run(plan);
        load_plan_fini(plan);
    }
    free(plan);
    return status;
}
