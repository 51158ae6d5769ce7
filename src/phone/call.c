/* `tandem call` and `tandem answer`: a desk, and the loop around it. */
#include "phone/call.h"

#include "phone/desk.h"
#include "phone/enrol.h"
#include "phone/messages.h"

#define WHO                                                                                \
    "  --as AOR             who we are, such as alice@example.com\n"                       \
    "  --server URI         by this server\n"                                              \
    "  --via-server none    by no server: straight from phone to phone\n"                  \
    "  --listen URI         where to be reached, as udp:HOST:PORT; a free port when not\n" \
    "                       given\n"                                                       \
    "  --password-file FILE the AOR's password; else TANDEM_PASSWORD, else it is asked\n"  \
    "                       for where it is needed\n"                                      \
    "  --auth-user NAME     the account's name where it is not the AOR's\n"
#define SOUND                                                                                  \
    "  --play WAV           what the other side hears\n"                                       \
    "  --record WAV         what the other side says\n"                                        \
    "  --audio WHERE        alsa: the sound card; file: --play and --record alone; none:\n"    \
    "                       nothing is sent\n"                                                 \
    "  --latch              hears whoever sends first, where NATs make addresses untrue\n"     \
    "  --codec NAMES        the best first; opus,G722,PCMA,PCMU when not given; besides,\n"    \
    "                       G726-40, G726-32, G726-24, G726-16, AAL2-G726-32, GSM, L16,\n"     \
    "                       and G723, G729, iLBC where the build has libavcodec;\n"            \
    "                       NAME/CLOCK where there are several\n"                              \
    "  --dtmf DIGITS        sent once the call is answered; a comma is a pause of a second\n"  \
    "  --for S              hangs up so long after the answer\n"                               \
    "  --transfer yes       lets the other side transfer us: calls whom it names, and takes\n" \
    "                       calls that replace the one with it; no when not given\n"
#define REST                                                                                 \
    "  --ca PATH            a file or folder of authorities, for TLS\n"                      \
    "  --certificate FILE   with its key, for who calls by TLS\n"                            \
    "  --trust-all          whoever answers by TLS need not prove who he is\n"               \
    "  --json               events as JSON Lines\n"                                          \
    "  -v, --verbose        shows the messages on standard error\n"                          \
    "      --trace          draws them as a ladder there at the end\n"                       \
    "\n"                                                                                     \
    "Standard input has commands, a line each: hold, resume, mute, unmute, codecs NAMES,\n"  \
    "dtmf DIGITS, answer, reject [CODE], call URI, transfer URI, transfer CALL, status,\n"   \
    "message TEXT, hangup, with a call's number before them where there are several. On a\n" \
    "terminal single keys do the same, and / begins a command; ? tells them. SIGINT hangs\n" \
    "up.\n"

const char call_help[] =
    "usage: tandem call URI [OPTION...]\n"
    "\n"
    "Calls URI and talks until one side hangs up.\n"
    "\n" WHO "  --header 'N: V'      a further header line of the INVITE\n"
    "  --timeout S          gives up when nobody answers within S seconds\n" SOUND REST "\n"
    "Exit status: 0 the call was answered, 1 it was refused, 2 usage, 3 nobody\n"
    "answered in time or there is no way there.\n";
const char answer_help[] =
    "usage: tandem answer --as AOR [OPTION...]\n"
    "\n"
    "Takes calls until SIGINT or SIGTERM. With --server it registers there first. --as may be\n"
    "given up to 16 times; then --password-file has lines AOR PASSWORD.\n"
    "\n" WHO "  --expires S, --outbound  as tandem register has them\n"
    "  --calls N            as many at once; a further one is busy. 1 when not given\n"
    "  --after S            rings so long before it answers; at once when not given, but on\n"
    "                       a terminal, where somebody presses a\n"
    "  --reject CODE        refuses all calls with this status, 300 to 699\n" SOUND REST "\n"
    "Exit status: 0 done, 1 the registrar refused, 2 usage, 3 it did not answer in time.\n";

struct talk {
    struct phone phone;
    struct enrol enrol;
    struct desk *desk;
    bool leaving;
};

static void take_events(struct talk *t)
{
    struct ua_event e;
    while (ua_event(t->phone.ua, &e))
        if (!desk_take(t->desk, &e) && !enrol_take(&t->enrol, &t->phone, &e) &&
            e.kind == UA_REQUEST) {
            input_clear(&t->desk->input);
            messages_take(&t->phone, &e);
        }
}

static void turn(struct talk *t)
{
    struct phone *p = &t->phone;
    struct loop_event other;
    bool more = phone_wait(p, desk_deadline(t->desk), &other);
    while (more) {
        desk_ready(t->desk, &other);
        more = phone_more(p, &other);
    }
    take_events(t);
    desk_time(t->desk);
    take_events(t);
    phone_settle(p);
}

/* The first signal hangs up and takes the registration back, a second one does not wait for that.
 */
static void leave_if_told(struct talk *t)
{
    if (t->phone.interrupted == 0 || t->leaving)
        return;
    t->leaving = true;
    desk_hang_up(t->desk);
    take_events(t);
    enrol_end(&t->enrol, &t->phone);
    take_events(t);
    phone_settle(&t->phone);
}

/* What was said last must still be heard: a BYE or CANCEL that gets its answer, or 487 its ACK. */
static bool is_over(const struct talk *t)
{
    return desk_is_idle(t->desk) && !enrol_lasts(&t->enrol) && ua_is_done(t->phone.ua);
}

static int run_call(struct talk *t)
{
    struct desk *d = t->desk;
    int status = desk_call(d, t->phone.target.uri_text);
    if (status)
        return status;
    while (!is_over(t) && t->phone.interrupted < 2) {
        turn(t);
        leave_if_told(t);
        if (d->status >= 0 && d->wants_password &&
            phone_ask_password(&t->phone, t->phone.account)) {
            d->status = -1;
            status = desk_call(d, t->phone.target.uri_text);
            if (status)
                return status;
        }
    }
    return d->status < 0 ? PHONE_DONE : d->status;
}

/* It was to be registered, and no registration is left. */
static bool is_deaf(const struct talk *t)
{
    return t->phone.options->server && !t->leaving && !enrol_lasts(&t->enrol);
}

static int run_answer(struct talk *t)
{
    int status = t->phone.options->server ? enrol_begin(&t->enrol, &t->phone) : PHONE_DONE;
    if (!status && !t->phone.options->server)
        desk_tell_listeners(t->desk);
    if (status)
        return status;
    while (!(t->leaving && is_over(t)) && t->phone.interrupted < 2 && !is_deaf(t)) {
        turn(t);
        leave_if_told(t);
    }
    return t->enrol.status;
}

static int talk(enum phone_command command, int argc, char **argv, const char *help)
{
    static struct talk t;
    struct phone_options o;
    int status;
    if (!phone_options_take(&o, command, argc, argv, help, &status))
        return status;
    status = phone_begin(&t.phone, &o);
    if (!status)
        t.desk = desk_new(&t.phone, &status);
    if (!status)
        status = command == PHONE_CALL ? run_call(&t) : run_answer(&t);
    desk_free(t.desk);
    phone_end(&t.phone);
    return status;
}

int call_main(int argc, char **argv)
{
    return talk(PHONE_CALL, argc, argv, call_help);
}

int answer_main(int argc, char **argv)
{
    return talk(PHONE_ANSWER, argc, argv, answer_help);
}
