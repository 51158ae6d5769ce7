/* `tandem register`: registers, refreshes, shows messages that come, leaves on SIGINT. */
#include "phone/register.h"

#include "phone/enrol.h"
#include "phone/messages.h"

const char register_help[] =
    "usage: tandem register AOR... [OPTION...]\n"
    "\n"
    "Registers AOR, such as alice@example.com, at its domain and keeps it registered until\n"
    "SIGINT or SIGTERM, which take the registration back; up to 16 at once. Instant messages\n"
    "are shown.\n"
    "\n"
    "  --server URI         by this server; else the AOR's domain\n"
    "  --expires S          for how long at a time; 3600 when not given\n"
    "  --once               registers and ends; the registration stays\n"
    "  --outbound           with an instance and a flow that is kept (RFC 5626), which brings\n"
    "                       a GRUU, too, where the server has them\n"
    "  --listen URI         where to be reached, as udp:HOST:PORT; a free port when not given\n"
    "  --password-file FILE the password; of several, lines AOR PASSWORD; else the one in\n"
    "                       TANDEM_PASSWORD, else it is asked for where it is needed\n"
    "  --auth-user NAME     the account's name where it is not the AOR's\n"
    "  --certificate FILE   with its key, for calls that come by TLS\n"
    "  --ca PATH            a file or folder of authorities, for TLS\n"
    "  --trust-all          whoever answers by TLS need not prove who he is\n"
    "  --json               events as JSON Lines\n"
    "  -v, --verbose        shows the messages on standard error\n"
    "      --trace          draws them as a ladder there at the end\n"
    "\n"
    "Exit status: 0 done, 1 the registrar refused, 2 usage, 3 it did not answer in time.\n";

static void take(struct phone *p, struct enrol *r, const struct ua_event *e)
{
    if (enrol_take(r, p, e))
        return;
    if (e->kind == UA_REQUEST)
        messages_take(p, e);
    else
        messages_decline(p, e);
}

/* The first signal takes the registration back, a second one does not wait for that. */
static int run(struct phone *p, struct enrol *r)
{
    struct loop_event other;
    struct ua_event e;
    bool leaving = false;
    while (enrol_lasts(r) && p->interrupted < 2 && !(p->options->once && enrol_stands(r))) {
        while (phone_wait(p, TIME_NEVER, &other) || phone_more(p, &other))
            ;
        while (ua_event(p->ua, &e))
            take(p, r, &e);
        if (p->interrupted > 0 && !leaving) {
            leaving = true;
            enrol_end(r, p);
        }
        while (ua_event(p->ua, &e))
            take(p, r, &e);
        phone_settle(p);
    }
    return r->status;
}

int register_main(int argc, char **argv)
{
    static struct phone p;
    struct phone_options o;
    struct enrol r;
    int status;
    if (!phone_options_take(&o, PHONE_REGISTER, argc, argv, register_help, &status))
        return status;
    status = phone_begin(&p, &o);
    if (!status)
        status = enrol_begin(&r, &p);
    if (!status)
        status = run(&p, &r);
    phone_end(&p);
    return status;
}
