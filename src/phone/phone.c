/* Owns the life of a client's parts and what brings news to its user agent. */
#include "phone/phone.h"

#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "dialog/route_set.h"
#include "host/version.h"
#include "phone/ladder.h"

#define SOFTWARE STR("tandem/" TANDEM_VERSION)
#define KEPT_BYTES ((size_t)8 << 20) /* for --trace */
#define SESSION_S 1800               /* RFC 4028 4: recommended */

/* --- who and whom --- */

static int read_addresses(struct phone *p)
{
    const struct phone_options *o = p->options;
    if (o->target && !address_read(&p->target, o->target))
        return phone_complain(o, o->target, "no SIP or tel URI", PHONE_BAD_USAGE);
    if (o->server && (!address_read(&p->server, o->server) || p->server.uri.scheme == URI_TEL))
        return phone_complain(o, o->server, "no SIP URI", PHONE_BAD_USAGE);
    return identities_read(&p->who, o);
}

/* By --server; else by the server of our own domain, where that is not the target's anyway. */
static const struct uri *way(struct phone *p)
{
    const struct phone_options *o = p->options;
    if (o->direct || o->command == PHONE_ANSWER || o->command == PHONE_REGISTER)
        return o->server && !o->direct ? &p->server.uri : NULL;
    if (o->server)
        return &p->server.uri;
    const struct uri *own = &p->who.of[0].own.uri;
    if (o->n_as == 0 ||
        (p->target.uri.scheme != URI_TEL && str_equal_nocase(own->host, p->target.uri.host)))
        return NULL;
    return own;
}

static const struct uri *hop_of(struct phone *p)
{
    const struct uri *by = way(p);
    if (by)
        return by;
    if (p->options->command == PHONE_REGISTER)
        return identities_domain(&p->who);
    return p->target.uri.scheme != URI_NONE ? &p->target.uri : NULL;
}

static void make_routes(struct phone *p)
{
    const struct uri *by = way(p);
    struct buf b;
    buf_init(&b, p->routes, sizeof p->routes);
    if (by) {
        buf_put_char(&b, '<');
        buf_put(&b, by->scheme == URI_SIPS ? STR("sips:") : STR("sip:"));
        buf_put(&b, by->host);
        if (by->port) {
            buf_put_char(&b, ':');
            buf_put_u64(&b, by->port);
        }
        buf_put(&b, by->params);
        buf_put(&b, uri_has_param(by, STR("lr")) ? STR(">") : STR(";lr>"));
    }
    p->route_set = buf_str(&b);
}

bool phone_ask_password(struct phone *p, ua_account account)
{
    return identities_ask(&p->who, p->options, p->ua, p->route_set, account);
}

struct str phone_aor(struct phone *p, ua_account account)
{
    const struct identity *one = identities_find(&p->who, account);
    return one ? one->own.uri_text : STR_NONE;
}

/* --- life --- */

static int take_signals(struct phone *p)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    p->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    return p->signals < 0
               ? -1
               : loop_add(host_loop(p->host), p->signals, LOOP_TOKEN(TOKEN_SIGNAL, 0), LOOP_READ);
}

static int make_parts(struct phone *p)
{
    const struct phone_options *o = p->options;
    struct listen_list listen;
    char what[256];
    address_listen(o, hop_of(p), &listen);
    p->recorder = o->trace ? recorder_new(&mem_libc, KEPT_BYTES) : NULL;
    const struct host_config h = {.mem = &mem_libc,
                                  .software = SOFTWARE,
                                  .listen = &listen,
                                  .certificate = o->certificate,
                                  .ca = o->ca,
                                  .trust_all = o->trust_all,
                                  .trace = o->verbose ? stderr : NULL,
                                  .recorder = p->recorder};
    p->host = host_new(&h, what, sizeof what);
    if (!p->host)
        return phone_complain(o, "start", what, PHONE_BAD_USAGE);
    const struct ua_config u = {.engine = host_engine(p->host),
                                .software = SOFTWARE,
                                .timers = tx_timers_default(),
                                .session_s = SESSION_S};
    p->ua = ua_new(&u);
    if (!p->ua || take_signals(p) != 0)
        return phone_complain(o, "start", "no memory or no descriptors", PHONE_OUR_FAULT);
    const struct listen_list *l = host_listeners(p->host);
    int status =
        identities_add(&p->who, o, p->ua, p->route_set, l->n > 0 ? &l->list[0].addr : NULL);
    p->account = p->who.of[0].account;
    return status;
}

int phone_begin(struct phone *p, const struct phone_options *o)
{
    *p = (struct phone){.options = o, .signals = -1};
    int status = read_addresses(p);
    if (status)
        return status;
    make_routes(p);
    return make_parts(p);
}

void phone_end(struct phone *p)
{
    if (p->recorder)
        ladder_show(p->recorder, stderr);
    ua_free(p->ua);
    host_free(p->host);
    recorder_free(p->recorder);
    if (p->signals >= 0)
        close(p->signals);
}

time_ns phone_now(const struct phone *p)
{
    return host_now(p->host);
}

/* --- news --- */

static void take_signal(struct phone *p)
{
    struct signalfd_siginfo info;
    while (read(p->signals, &info, sizeof info) == (ssize_t)sizeof info)
        p->interrupted++;
}

void phone_settle(struct phone *p)
{
    struct engine_event e;
    while (engine_event(host_engine(p->host), &e))
        (void)ua_take(p->ua, &e, phone_now(p));
    host_settle(p->host);
}

bool phone_more(struct phone *p, struct loop_event *other)
{
    enum host_step step;
    while ((step = host_step(p->host, other)) != HOST_DONE) {
        if (step == HOST_OTHER && LOOP_KIND(other->token) != TOKEN_SIGNAL)
            return true;
        if (step == HOST_OTHER)
            take_signal(p);
        phone_settle(p);
    }
    return false;
}

bool phone_wait(struct phone *p, time_ns until, struct loop_event *other)
{
    phone_settle(p);
    host_wait(p->host, time_min(until, ua_deadline(p->ua)));
    if (ua_deadline(p->ua) <= phone_now(p)) {
        (void)!ua_time(p->ua, phone_now(p)); /* what finds no memory is tried again */
        phone_settle(p);
    }
    return phone_more(p, other);
}

/* --- answers --- */

void phone_put_headers(const struct phone *p, struct buf *b)
{
    const struct phone_options *o = p->options;
    for (unsigned i = 0; i < o->n_headers; i++) {
        buf_put(b, str_from(o->headers[i]));
        buf_put_lit(b, "\r\n");
    }
}

int phone_status(unsigned status, const struct msg *m)
{
    if (status / 100 == 2)
        return PHONE_DONE;
    return m ? PHONE_REFUSED : PHONE_SILENCE;
}

struct str phone_reason(unsigned status, const struct msg *m)
{
    if (m)
        return m->reason;
    return status == 408 ? STR("nobody answered in time") : STR("there is no way there");
}
