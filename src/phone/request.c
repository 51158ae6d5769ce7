/* `tandem options`, `message` and `request`: one request, its answer, its time. */
#include "phone/request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "phone/messages.h"
#include "phone/say.h"
#include "ua/request.h"

#define COMMON                                                                              \
    "\n"                                                                                    \
    "  --as AOR             who asks, such as alice@example.com; without it nobody\n"       \
    "  --server URI         by this server; else straight to the URI's domain, or, with\n"  \
    "                       --as, by the AOR's\n"                                           \
    "  --via-server none    by no server at all\n"                                          \
    "  --password-file FILE the AOR's password; else TANDEM_PASSWORD, else it is asked\n"   \
    "                       for where it is needed\n"                                       \
    "  --auth-user NAME     the account's name where it is not the AOR's\n"                 \
    "  --header 'N: V'      a further header line; may be given again\n"                    \
    "  --timeout S          the time to wait, 32 s when not given\n"                        \
    "  --listen URI         where to send from, as udp:HOST:PORT; a free port when not\n"   \
    "                       given\n"                                                        \
    "  --ca PATH            a file or folder of authorities, for TLS\n"                     \
    "  --trust-all          whoever answers by TLS need not prove who he is\n"              \
    "  --json               the answer as an object\n"                                      \
    "  -v, --verbose        shows the messages on standard error\n"                         \
    "      --trace          draws them as a ladder there at the end\n"                      \
    "\n"                                                                                    \
    "Exit status: 0 a 2xx came, 1 another answer did, 2 usage, 3 nobody answered in time\n" \
    "or there is no way there.\n"

const char options_help[] = "usage: tandem options URI [OPTION...]\n"
                            "\n"
                            "Asks whoever is at URI what he can do (RFC 3261 11), and shows the "
                            "answer and the time\nthat it took.\n" COMMON;
const char message_help[] = "usage: tandem message URI TEXT [OPTION...]\n"
                            "\n"
                            "Sends TEXT as an instant message (RFC 3428); - is standard input.\n"
                            "\n"
                            "  --type TYPE          of TEXT; text/plain when not given\n" COMMON;
const char request_help[] =
    "usage: tandem request METHOD URI [OPTION...]\n"
    "\n"
    "Sends a request of any method that makes no call, and shows the answer and the time\n"
    "that it took. Credentials, redirections and places that do not answer are dealt with.\n"
    "\n"
    "  --body FILE          what it carries; - is standard input\n"
    "  --type TYPE          of the body\n" COMMON;

#define TIMEOUT_MS 32000
#define BODY_BYTES 60000

struct asking {
    struct phone phone;
    char headers[8192], body[BODY_BYTES];
    size_t body_len;
    ua_request request;
    time_ns sent, until;
    bool asked_password;
    int status; /* the exit status; -1: none yet */
};

/* --- what is sent --- */

static int read_body(struct asking *a, const char *path)
{
    const struct phone_options *o = a->phone.options;
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    if (!f)
        return phone_complain(o, path, strerror(errno), PHONE_BAD_USAGE);
    a->body_len = fread(a->body, 1, sizeof a->body, f);
    bool whole = !ferror(f) && (a->body_len < sizeof a->body || feof(f));
    if (f != stdin)
        (void)fclose(f);
    return whole ? PHONE_DONE
                 : phone_complain(o, path, "cannot be read, or is too long", PHONE_BAD_USAGE);
}

static int make_body(struct asking *a)
{
    const struct phone_options *o = a->phone.options;
    const char *text = o->command == PHONE_MESSAGE ? o->text : NULL;
    if (text && strcmp(text, "-") != 0) {
        a->body_len = strlen(text);
        if (a->body_len > sizeof a->body)
            return phone_complain(o, "TEXT", "is too long", PHONE_BAD_USAGE);
        memcpy(a->body, text, a->body_len);
        return PHONE_DONE;
    }
    if (text || o->body)
        return read_body(a, text ? text : o->body);
    return PHONE_DONE;
}

static int make_headers(const struct phone *p, struct buf *b)
{
    const struct phone_options *o = p->options;
    const char *type = o->type ? o->type : o->command == PHONE_MESSAGE ? "text/plain" : NULL;
    phone_put_headers(p, b);
    if (type) {
        buf_put_lit(b, "Content-Type: ");
        buf_put(b, str_from(type));
        buf_put_lit(b, "\r\n");
    }
    if (o->command == PHONE_OPTIONS)
        buf_put_lit(b, "Accept: application/sdp\r\n");
    return b->over ? phone_complain(o, "--header", "too much of it", PHONE_BAD_USAGE) : PHONE_DONE;
}

static struct str method_of_command(const struct phone_options *o)
{
    return o->command == PHONE_OPTIONS   ? STR("OPTIONS")
           : o->command == PHONE_MESSAGE ? STR("MESSAGE")
                                         : str_from(o->method);
}

static int cannot(const struct phone_options *o, int error)
{
    if (error == ERR_NO_ROUTE)
        return phone_complain(o, o->target, "there is no way there", PHONE_SILENCE);
    if (error == ERR_INVALID)
        return phone_complain(o, o->method ? o->method : o->target, "no such request can be sent",
                              PHONE_BAD_USAGE);
    return phone_complain(o, o->target, err_name(error), PHONE_OUR_FAULT);
}

static int send_it(struct asking *a)
{
    struct phone *p = &a->phone;
    struct buf b;
    buf_init(&b, a->headers, sizeof a->headers);
    int status = make_headers(p, &b);
    if (status)
        return status;
    const struct request_start s = {.account = p->account,
                                    .method = method_of_command(p->options),
                                    .target = p->target.uri_text,
                                    .headers = buf_str(&b),
                                    .body = {a->body, a->body_len}};
    a->sent = phone_now(p);
    int error = request_send(p->ua, &s, a->sent, &a->request);
    return error ? cannot(p->options, error) : PHONE_DONE;
}

/* --- what comes back --- */

static void print_json(const struct ua_event *e, double ms)
{
    say_begin(stdout, "answer");
    say_number(stdout, "status", e->status);
    say_text(stdout, "reason", phone_reason(e->status, e->msg));
    say_real(stdout, "ms", ms, 3);
    if (e->msg) {
        say_flow(stdout, "from", &e->msg->flow);
        say_message(stdout, e->msg);
    }
    say_end(stdout);
}

/* Of an OPTIONS' answer what it was asked for. */
static void print_capabilities(struct msg *m)
{
    static const enum hdr_id shown[] = {HDR_ALLOW,      HDR_ACCEPT, HDR_SUPPORTED,
                                        HDR_USER_AGENT, HDR_SERVER, HDR_CONTACT};
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        for (struct hdr *h = msg_header(m, shown[i]); h; h = msg_header_next(m, h)) {
            printf("  %s: ", hdr_name_of(shown[i]));
            say_print_text(stdout, hdr_value(m, h));
            putchar('\n');
        }
}

static void print_answer(const struct phone_options *o, const struct ua_event *e, double ms)
{
    printf("%u ", e->status);
    say_print_text(stdout, phone_reason(e->status, e->msg));
    printf(", %.1f ms", ms);
    if (e->msg) {
        fputs(", ", stdout);
        say_print_flow(stdout, &e->msg->flow);
    }
    putchar('\n');
    if (e->msg && o->command == PHONE_OPTIONS)
        print_capabilities(e->msg);
    if (e->msg && e->msg->body.len > 0 && o->command != PHONE_MESSAGE) {
        say_print_text(stdout, e->msg->body);
        if (e->msg->body.at[e->msg->body.len - 1] != '\n')
            putchar('\n');
    }
}

static bool wants_password(const struct ua_event *e)
{
    return e->msg && (e->status == 401 || e->status == 407);
}

static void take(struct asking *a, const struct ua_event *e)
{
    struct phone *p = &a->phone;
    double ms = (double)(phone_now(p) - a->sent) / (double)NS_PER_MS;
    messages_decline(p, e);
    if (e->kind != UA_ANSWERED)
        return;
    if (wants_password(e) && phone_ask_password(p, p->account)) {
        a->status = send_it(a) ? PHONE_OUR_FAULT : -1;
        return;
    }
    if (p->options->json)
        print_json(e, ms);
    else
        print_answer(p->options, e, ms);
    a->status = phone_status(e->status, e->msg);
}

/* A second SIGINT does not come to pass: nothing has to be taken back. */
static int wait_for_answer(struct asking *a)
{
    struct phone *p = &a->phone;
    struct loop_event other;
    struct ua_event e;
    while (a->status < 0) {
        while (phone_wait(p, a->until, &other) || phone_more(p, &other))
            ;
        while (a->status < 0 && ua_event(p->ua, &e))
            take(a, &e);
        phone_settle(p);
        if (a->status < 0 && (phone_now(p) >= a->until || p->interrupted > 0))
            take(a, &(struct ua_event){.kind = UA_ANSWERED, .status = 408});
    }
    return a->status;
}

static int ask(enum phone_command command, int argc, char **argv, const char *help)
{
    static struct asking a;
    struct phone_options o;
    int status;
    if (!phone_options_take(&o, command, argc, argv, help, &status))
        return status;
    a.status = -1;
    status = phone_begin(&a.phone, &o);
    if (!status)
        status = make_body(&a);
    if (!status)
        status = send_it(&a);
    a.until = time_add(a.sent, (o.timeout_ms ? o.timeout_ms : TIMEOUT_MS) * NS_PER_MS);
    if (!status)
        status = wait_for_answer(&a);
    phone_end(&a.phone);
    return status;
}

int options_main(int argc, char **argv)
{
    return ask(PHONE_OPTIONS, argc, argv, options_help);
}

int message_main(int argc, char **argv)
{
    return ask(PHONE_MESSAGE, argc, argv, message_help);
}

int request_main(int argc, char **argv)
{
    return ask(PHONE_REQUEST, argc, argv, request_help);
}
