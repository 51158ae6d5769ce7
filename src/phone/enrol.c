/* Owns what a command does about its registration, and how it tells of it. */
#include "phone/enrol.h"

#include <unistd.h>

#include "base/siphash.h"
#include "phone/say.h"

#define KEEP_S 25 /* NATs forget a datagram's way after 30 seconds and more */

/* RFC 5626 4.1: the same in each life of this phone, and another's on another machine. */
static void put_instance(struct buf *b, struct str aor)
{
    char text[ADDRESS_BYTES + 256];
    struct hash_key key = {0x74616e64656d, 1};
    int len = snprintf(text, sizeof text, "%.*s ", STR_ARG(aor));
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

static int begin(struct enrolment *one, struct phone *p, const struct identity *who)
{
    const struct phone_options *o = p->options;
    char instance[64], aor[ADDRESS_BYTES];
    struct buf b;
    buf_init(&b, instance, sizeof instance);
    if (o->outbound)
        put_instance(&b, who->own.uri_text);
    const struct registration_start s = {.account = who->account,
                                         .expires_s = o->expires_s,
                                         .instance = buf_str(&b),
                                         .reg_id = o->outbound ? 1 : 0,
                                         .keep_s = KEEP_S,
                                         .once = o->once};
    *one = (struct enrolment){0};
    int error = registration_start(p->ua, &s, phone_now(p), &one->id);
    if (!error)
        return PHONE_DONE;
    snprintf(aor, sizeof aor, "%.*s", STR_ARG(who->own.uri_text));
    return error == ERR_NO_ROUTE
               ? phone_complain(o, aor, "there is no way to the registrar", PHONE_SILENCE)
               : phone_complain(o, aor, err_name(error), PHONE_OUR_FAULT);
}

int enrol_begin(struct enrol *e, struct phone *p)
{
    int status = PHONE_DONE;
    *e = (struct enrol){0};
    for (; e->n < p->who.n && !status; e->n++)
        status = begin(&e->of[e->n], p, &p->who.of[e->n]);
    return status;
}

bool enrol_lasts(const struct enrol *e)
{
    bool any = false;
    for (unsigned i = 0; i < e->n; i++)
        any |= e->of[i].id != 0;
    return any;
}

bool enrol_stands(const struct enrol *e)
{
    bool all = true;
    for (unsigned i = 0; i < e->n; i++)
        all &= e->of[i].id == 0 || e->of[i].stands;
    return all;
}

static double seconds_until(const struct phone *p, time_ns at)
{
    time_ns now = phone_now(p);
    return at == TIME_NEVER || at < now ? 0 : (double)(at - now) / (double)NS_PER_S;
}

static void tell_bound(struct phone *p, const struct ua_event *e, const struct registration_view *v)
{
    double s = seconds_until(p, v->expires);
    struct str aor = phone_aor(p, e->account);
    if (!p->options->json) {
        printf("registered ");
        say_print_text(stdout, aor);
        printf(" at ");
        say_print_text(stdout, v->contact);
        printf(" for %.0f s\n", s);
        fflush(stdout);
        return;
    }
    say_begin(stdout, "registered");
    say_text(stdout, "aor", aor);
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
    struct str reason = phone_reason(e->status, e->msg), aor = phone_aor(p, e->account);
    if (p->options->json) {
        say_begin(stdout, "registration_failed");
        say_text(stdout, "aor", aor);
        say_number(stdout, "status", e->status);
        say_text(stdout, "reason", reason);
        if (again_s > 0)
            say_real(stdout, "again_in", again_s, 1);
        say_end(stdout);
        return;
    }
    fprintf(stderr, "tandem: %s: %.*s: %u ", p->options->name, STR_ARG(aor), e->status);
    say_print_text(stderr, reason);
    if (again_s > 0)
        fprintf(stderr, "; tried again in %.0f s", again_s);
    putc('\n', stderr);
}

static void tell_ended(struct phone *p, const struct ua_event *e)
{
    struct str aor = phone_aor(p, e->account);
    if (p->options->json) {
        say_begin(stdout, "unregistered");
        say_text(stdout, "aor", aor);
        say_number(stdout, "status", e->status);
        say_end(stdout);
    } else {
        printf("unregistered ");
        say_print_text(stdout, aor);
        putchar('\n');
        fflush(stdout);
    }
}

/* A password that is asked for and given makes it try at once. */
static bool mends(struct phone *p, const struct ua_event *e)
{
    return e->msg && (e->status == 401 || e->status == 407) && phone_ask_password(p, e->account);
}

static void take_failure(struct enrol *all, struct enrolment *one, struct phone *p,
                         const struct ua_event *e)
{
    struct registration_view v;
    if (mends(p, e)) {
        (void)!registration_refresh(p->ua, one->id, phone_now(p));
        return;
    }
    if (registration_look(p->ua, one->id, &v) != OK)
        return;
    bool goes_on = one->stands && !p->options->once;
    tell_failed(p, e, goes_on ? seconds_until(p, v.next) : 0);
    if (goes_on)
        return;
    (void)registration_end(p->ua, one->id, phone_now(p));
    one->id = 0;
    if (!all->status)
        all->status = phone_status(e->status, e->msg);
}

static struct enrolment *find(struct enrol *all, ua_registration id)
{
    for (unsigned i = 0; i < all->n; i++)
        if (all->of[i].id == id)
            return &all->of[i];
    return NULL;
}

static void take(struct enrol *all, struct enrolment *one, struct phone *p,
                 const struct ua_event *e)
{
    struct registration_view v;
    if (e->kind == UA_REGISTRATION_FAILED) {
        take_failure(all, one, p, e);
    } else if (e->kind == UA_UNREGISTERED) {
        if (one->stands)
            tell_ended(p, e);
        one->id = 0;
    } else {
        one->stands = true;
        if (registration_look(p->ua, one->id, &v) == OK)
            tell_bound(p, e, &v);
    }
}

bool enrol_take(struct enrol *all, struct phone *p, const struct ua_event *e)
{
    bool is_ours =
        e->kind == UA_REGISTERED || e->kind == UA_REGISTRATION_FAILED || e->kind == UA_UNREGISTERED;
    struct enrolment *one = is_ours ? find(all, e->registration) : NULL;
    if (one)
        take(all, one, p, e);
    return is_ours;
}

void enrol_end(struct enrol *all, struct phone *p)
{
    for (unsigned i = 0; i < all->n; i++)
        if (all->of[i].id)
            (void)!registration_end(p->ua, all->of[i].id, phone_now(p));
}
