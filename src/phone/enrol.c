/* Owns what a command does about its registration, and how it tells of it. */
#include "phone/enrol.h"

#include <unistd.h>

#include "base/siphash.h"
#include "phone/say.h"

#define KEEP_S 25 /* NATs forget a datagram's way after 30 seconds and more */

/* RFC 5626 4.1: the same in each life of this phone, and another's on another machine. */
static void put_instance(struct buf *b, const struct phone *p)
{
    char text[ADDRESS_BYTES + 256];
    struct hash_key key = {0x74616e64656d, 1};
    int len = snprintf(text, sizeof text, "%.*s ", STR_ARG(p->own.uri_text));
    (void)gethostname(text + len, sizeof text - (size_t)len - 1);
    text[sizeof text - 1] = '\0';
    uint64_t high = siphash24(&key, str_from(text));
    key.k1++;
    uint64_t low = siphash24(&key, str_from(text));
    buf_put_lit(b, "urn:uuid:");
    buf_put_hex(b, high >> 32, 8);
    buf_put_char(b, '-');
    buf_put_hex(b, high >> 16, 4);
    buf_put_lit(b, "-5"); /* RFC 4122 4.3: made of a name */
    buf_put_hex(b, high, 3);
    buf_put_lit(b, "-a");
    buf_put_hex(b, low >> 48, 3);
    buf_put_char(b, '-');
    buf_put_hex(b, low, 12);
}

int enrol_begin(struct enrol *e, struct phone *p)
{
    const struct phone_options *o = p->options;
    char instance[64];
    struct buf b;
    buf_init(&b, instance, sizeof instance);
    if (o->outbound)
        put_instance(&b, p);
    const struct registration_start s = {.account = p->account,
                                         .expires_s = o->expires_s,
                                         .instance = buf_str(&b),
                                         .reg_id = o->outbound ? 1 : 0,
                                         .keep_s = KEEP_S,
                                         .once = o->once};
    *e = (struct enrol){.status = -1};
    int error = registration_start(p->ua, &s, phone_now(p), &e->id);
    if (error == ERR_NO_ROUTE)
        return phone_complain(o, o->as, "there is no way to the registrar", PHONE_SILENCE);
    return error ? phone_complain(o, o->as, err_name(error), PHONE_OUR_FAULT) : PHONE_DONE;
}

static double seconds_until(const struct phone *p, time_ns at)
{
    time_ns now = phone_now(p);
    return at == TIME_NEVER || at < now ? 0 : (double)(at - now) / (double)NS_PER_S;
}

static void tell_bound(struct phone *p, const struct ua_event *e, const struct registration_view *v)
{
    double s = seconds_until(p, v->expires);
    if (!p->options->json) {
        printf("registered ");
        say_print_text(stdout, p->own.uri_text);
        printf(" at ");
        say_print_text(stdout, v->contact);
        printf(" for %.0f s\n", s);
        fflush(stdout);
        return;
    }
    say_begin(stdout, "registered");
    say_text(stdout, "aor", p->own.uri_text);
    say_text(stdout, "contact", v->contact);
    say_number(stdout, "status", e->status);
    say_number(stdout, "expires", (uint64_t)(s + 0.5));
    if (v->pub_gruu.len > 0)
        say_text(stdout, "pub_gruu", v->pub_gruu);
    if (v->temp_gruu.len > 0)
        say_text(stdout, "temp_gruu", v->temp_gruu);
    if (v->service_route.len > 0)
        say_text(stdout, "service_route", v->service_route);
    say_end(stdout);
}

static void tell_failed(struct phone *p, const struct ua_event *e, double again_s)
{
    struct str reason = phone_reason(e->status, e->msg);
    if (p->options->json) {
        say_begin(stdout, "registration_failed");
        say_text(stdout, "aor", p->own.uri_text);
        say_number(stdout, "status", e->status);
        say_text(stdout, "reason", reason);
        if (again_s > 0)
            say_real(stdout, "again_in", again_s, 1);
        say_end(stdout);
        return;
    }
    fprintf(stderr, "tandem: %s: %s: %u ", p->options->name, p->options->as, e->status);
    say_print_text(stderr, reason);
    if (again_s > 0)
        fprintf(stderr, "; tried again in %.0f s", again_s);
    putc('\n', stderr);
}

static void tell_ended(struct phone *p, const struct ua_event *e)
{
    if (p->options->json) {
        say_begin(stdout, "unregistered");
        say_text(stdout, "aor", p->own.uri_text);
        say_number(stdout, "status", e->status);
        say_end(stdout);
    } else {
        printf("unregistered ");
        say_print_text(stdout, p->own.uri_text);
        putchar('\n');
        fflush(stdout);
    }
}

/* A password that is asked for and given makes it try at once. */
static bool mends(struct phone *p, const struct ua_event *e)
{
    return e->msg && (e->status == 401 || e->status == 407) && phone_ask_password(p);
}

static void take_failure(struct enrol *r, struct phone *p, const struct ua_event *e)
{
    struct registration_view v;
    if (mends(p, e)) {
        (void)!registration_refresh(p->ua, r->id, phone_now(p));
        return;
    }
    if (registration_look(p->ua, r->id, &v) != OK)
        return;
    bool goes_on = r->stands && !p->options->once;
    tell_failed(p, e, goes_on ? seconds_until(p, v.next) : 0);
    if (!goes_on)
        r->status = phone_status(e->status, e->msg);
}

bool enrol_take(struct enrol *r, struct phone *p, const struct ua_event *e)
{
    struct registration_view v;
    switch ((int)e->kind) {
    case UA_REGISTERED:
        r->stands = true;
        if (registration_look(p->ua, r->id, &v) == OK)
            tell_bound(p, e, &v);
        return true;
    case UA_REGISTRATION_FAILED:
        take_failure(r, p, e);
        return true;
    case UA_UNREGISTERED:
        if (r->stands)
            tell_ended(p, e);
        r->id = 0;
        return true;
    default:
        return false;
    }
}

void enrol_end(struct enrol *r, struct phone *p)
{
    if (r->id)
        (void)!registration_end(p->ua, r->id, phone_now(p));
}
