/* The paths that a server takes all day, N times, for callgrind to count: what is asked of the
 * library stands here, and neither kernel nor clock has a part in it. paths
 * index|decode|options|register|decision|routed|call|stateless|followed N gate.py counts what is
 * within the library, and takes the difference of two runs by that of their N. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "element/element.h"

#define TEXT_BYTES 4096
#define MOST_TURNS 1000000
#define CALLER "192.0.2.9:5060"
#define CALLEE "192.0.2.77:5060"
/* As long as a call takes here, so that transactions end while others begin. */
#define BETWEEN (20 * NS_PER_MS)

static struct element *element;
static time_ns now = NS_PER_S;
static struct flow from_caller, from_callee;

/* The one record that there is, as the registrar wrote it. */
static char record[TEXT_BYTES];
static size_t record_len;
static uint64_t record_version;

/* What went last to each side. */
static char to_caller[TEXT_BYTES], to_callee[TEXT_BYTES];

static struct addr addr_of(const char *text)
{
    struct addr a = {0};
    bool good = addr_parse(str_from(text), &a);
    assert(good);
    (void)good;
    return a;
}

/* --- the element --- */

static void keep_sent(const struct engine_output *o, const struct addr *callee)
{
    char *to = addr_equal(&o->flow.remote, callee) ? to_callee : to_caller;
    struct str bytes = block_str(o->bytes);
    assert(bytes.len < TEXT_BYTES);
    memcpy(to, bytes.at, bytes.len);
    to[bytes.len] = '\0';
    block_unref(engine_blocks(element_engine(element)), o->bytes);
}

static struct store_answer stored(const struct engine_output *o)
{
    struct store_answer answer = {.query = o->query, .status = STORE_OK};
    if (o->ask.op == STORE_PUT) {
        assert(o->ask.value.len < sizeof record);
        memcpy(record, o->ask.value.at, o->ask.value.len);
        record_len = o->ask.value.len;
        record_version++;
    } else {
        answer.value = (struct str){record, record_len};
    }
    answer.version = record_len ? record_version : 0;
    return answer;
}

static void settle(void)
{
    struct engine_output o;
    struct element_note note;
    struct follow_view ended;
    while (element_output(element, &o)) {
        if (o.kind == OUTPUT_SEND)
            keep_sent(&o, &from_callee.remote);
        else if (o.kind == OUTPUT_STORE) {
            const struct store_answer a = stored(&o);
            element_store_answered(element, &a, now);
        }
    }
    while (element_note(element, &note) || element_ended(element, &ended, now))
        ;
}

static void pass(time_ns span)
{
    now += span;
    while (element_deadline(element) <= now) {
        element_time(element, now);
        settle();
    }
}

static void give(const struct flow *by, const char *text)
{
    int rc = element_datagram(element, by, str_from(text), now);
    assert(rc == OK);
    (void)rc;
    settle();
}

static void begin(enum config_mode mode)
{
    static const struct str domain = STR_INIT("example.com");
    const struct addr local = addr_of("192.0.2.1:5060");
    struct element_config c;
    element_config_default(&c);
    c.engine.seed = rand_seed_from(1);
    c.domains = &domain;
    c.n_domains = 1;
    c.mode = mode;
    element = element_new(&c);
    assert(element);
    int rc = engine_listen(element_engine(element), TRANSPORT_UDP, &local, STR_NONE);
    assert(rc == 0);
    (void)rc;
    from_caller =
        (struct flow){.transport = TRANSPORT_UDP, .local = local, .remote = addr_of(CALLER)};
    from_callee =
        (struct flow){.transport = TRANSPORT_UDP, .local = local, .remote = addr_of(CALLEE)};
}

/* --- messages --- */

#define OFFER                                                                           \
    "v=0\r\no=- 3927 3927 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"   \
    "m=audio 49170 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n" \
    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=sendrecv\r\n"

/* A request of the caller's; `more`: further header lines and the empty one, and a body. */
static const char *request(const char *method, const char *uri, unsigned call, unsigned cseq,
                           const char *tag, const char *more)
{
    static char text[TEXT_BYTES];
    int len = snprintf(text, sizeof text,
                       "%s %s SIP/2.0\r\n"
                       "Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK%08x%s%u;rport\r\n"
                       "Max-Forwards: 70\r\n"
                       "From: \"Alice\" <sip:alice@example.com>;tag=a%08x\r\n"
                       "To: <sip:bob@example.com>%s%s\r\n"
                       "Call-ID: %08x-3c26a0f1@192.0.2.9\r\n"
                       "CSeq: %u %s\r\n"
                       "Contact: <sip:alice@192.0.2.9:5060>\r\n"
                       "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, REFER, NOTIFY\r\n"
                       "Supported: replaces, timer\r\n"
                       "User-Agent: phone 1.0\r\n%s",
                       method, uri, call, method, cseq, call, tag[0] ? ";tag=" : "", tag, call,
                       cseq, method, more);
    assert(len > 0 && (size_t)len < sizeof text);
    return text;
}

static const char *with_body(void)
{
    static char text[TEXT_BYTES];
    (void)snprintf(text, sizeof text,
                   "Content-Type: application/sdp\r\nContent-Length: %zu\r\n\r\n%s",
                   sizeof OFFER - 1, OFFER);
    return text;
}

/* The lines of `text` that begin with one of `names`, to `out`; returns their end. */
static size_t copy_lines(char *out, size_t len, const char *text, const char *const *names,
                         const char *tag)
{
    for (const char *end; (end = strstr(text, "\r\n")) && end != text; text = end + 2)
        for (const char *const *n = names; *n; n++)
            if (strncmp(text, *n, strlen(*n)) == 0) {
                bool tagged = tag[0] && strcmp(*n, "To:") == 0;
                len +=
                    (size_t)snprintf(out + len, TEXT_BYTES - len, "%.*s%s%s\r\n", (int)(end - text),
                                     text, tagged ? ";tag=" : "", tagged ? tag : "");
            }
    return len;
}

/* The callee's answer to what it was sent last. */
static const char *answer(unsigned status, const char *tag, const char *body)
{
    static const char *const echoed[] = {
        "Via:", "From:", "To:", "Call-ID:", "CSeq:", "Record-Route:", NULL};
    static char text[TEXT_BYTES];
    size_t len = (size_t)snprintf(text, sizeof text, "SIP/2.0 %u OK\r\n", status);
    len = copy_lines(text, len, to_callee, echoed, tag);
    len +=
        (size_t)snprintf(text + len, sizeof text - len, "Contact: <sip:bob@192.0.2.77:5060>\r\n%s",
                         body ? with_body() : "Content-Length: 0\r\n\r\n");
    assert(len < sizeof text);
    return text;
}

/* The caller's Route of its dialog, from the 2xx's Record-Route; there is one element between. */
static const char *route_and_end(void)
{
    static char text[TEXT_BYTES];
    const char *rr = strstr(to_caller, "Record-Route:");
    assert(rr);
    (void)snprintf(text, sizeof text, "Route:%.*s\r\nContent-Length: 0\r\n\r\n",
                   (int)(strstr(rr, "\r\n") - rr - 13), rr + 13);
    return text;
}

/* --- the paths --- */

static void path_register(unsigned n)
{
    give(&from_callee, request("REGISTER", "sip:example.com", 1, n, "",
                               "Expires: 3600\r\nContent-Length: 0\r\n\r\n"));
}

static void callee_registers(void)
{
    char text[TEXT_BYTES];
    (void)snprintf(
        text, sizeof text,
        "REGISTER sip:example.com SIP/2.0\r\n"
        "Via: SIP/2.0/UDP 192.0.2.77:5060;branch=z9hG4bKr\r\nMax-Forwards: 70\r\n"
        "From: <sip:bob@example.com>;tag=r\r\nTo: <sip:bob@example.com>\r\n"
        "Call-ID: r@192.0.2.77\r\nCSeq: 1 REGISTER\r\n"
        "Contact: <sip:bob@192.0.2.77:5060>\r\nExpires: 7200\r\nContent-Length: 0\r\n\r\n");
    give(&from_callee, text);
    assert(record_len > 0);
}

static void path_call(unsigned n)
{
    static const char remote[] = "sip:bob@192.0.2.77:5060";
    char tag[16], end[TEXT_BYTES];
    (void)snprintf(tag, sizeof tag, "b%08x", n);
    give(&from_caller, request("INVITE", "sip:bob@example.com", n, 1, "", with_body()));
    give(&from_callee, answer(180, tag, NULL));
    give(&from_callee, answer(200, tag, OFFER));
    (void)snprintf(end, sizeof end, "%s", route_and_end());
    give(&from_caller, request("ACK", remote, n, 1, tag, end));
    give(&from_caller, request("BYE", remote, n, 2, tag, end));
    give(&from_callee, answer(200, "", NULL));
    assert(strstr(to_caller, "SIP/2.0 200") == to_caller && strstr(to_caller, "CSeq: 2 BYE"));
}

static void path_options(unsigned n)
{
    give(&from_caller,
         request("OPTIONS", "sip:example.com", n, 1, "", "Content-Length: 0\r\n\r\n"));
    assert(strstr(to_caller, "SIP/2.0 200") == to_caller);
}

/* A request within a dialog, passed on by its Route without state. Of a decision is counted that it
 * is read and checked, what becomes of its Route, and where the next hop is: neither the table of
 * transactions nor the copy that is sent. */
static void path_routed(unsigned n)
{
    static char end[TEXT_BYTES];
    if (!end[0]) {
        give(&from_caller, request("INVITE", "sip:bob@example.com", 0, 1, "", with_body()));
        give(&from_callee, answer(200, "b", OFFER));
        (void)snprintf(end, sizeof end, "%s", route_and_end());
    }
    give(&from_caller, request("INFO", "sip:bob@192.0.2.77:5060", 0, n + 1, "b", end));
    assert(strstr(to_callee, "INFO sip:bob@192.0.2.77:5060 ") == to_callee);
}

static struct msg message;
static _Alignas(16) char space[65536];

/* Counted by its name. */
static __attribute__((noinline)) void read_message(struct str text, bool all)
{
    struct msg *m = &message;
    enum msg_error_code rc = msg_parse(m, text, MSG_DATAGRAM, space, sizeof space);
    assert(rc == MSG_OK);
    (void)rc;
    if (all)
        for (unsigned i = 0; i < m->n_headers; i++)
            msg_typed(m, &m->headers[i]);
    else {
        msg_via(m);
        msg_from(m);
        msg_to(m);
        msg_cseq(m);
        msg_uri(m);
        msg_max_forwards(m);
    }
    assert(m->n_errors == 0);
}

static struct str invite(unsigned n)
{
    return str_from(request("INVITE", "sip:bob@example.com", n, 1, "", with_body()));
}

static void path_index(unsigned n)
{
    read_message(invite(n), false);
}

static void path_decode(unsigned n)
{
    read_message(invite(n), true);
}

struct path {
    const char *name;
    void (*go)(unsigned n);
    enum config_mode mode;
};

static const struct path paths[] = {
    {"index", path_index, CONFIG_MODE_TRANSACTION},
    {"decode", path_decode, CONFIG_MODE_TRANSACTION},
    {"options", path_options, CONFIG_MODE_TRANSACTION},
    {"register", path_register, CONFIG_MODE_TRANSACTION},
    {"decision", path_routed, CONFIG_MODE_STATELESS},
    {"routed", path_routed, CONFIG_MODE_STATELESS},
    {"call", path_call, CONFIG_MODE_TRANSACTION},
    {"stateless", path_call, CONFIG_MODE_STATELESS},
    {"followed", path_call, CONFIG_MODE_CALL},
};

static void run(const struct path *p, uint64_t turns)
{
    begin(p->mode);
    if (p->go == path_call || p->go == path_routed)
        callee_registers();
    for (unsigned n = 1; n <= turns; n++) {
        p->go(n);
        pass(BETWEEN);
    }
    element_free(element);
}

int main(int argc, char **argv)
{
    uint64_t turns = 0;
    bool counts = argc == 3 && str_to_u64(str_from(argv[2]), MOST_TURNS, &turns);
    for (size_t i = 0; counts && i < sizeof paths / sizeof *paths; i++)
        if (strcmp(argv[1], paths[i].name) == 0) {
            run(&paths[i], turns);
            return 0;
        }
    (void)fprintf(stderr, "usage: paths index|decode|options|register|decision|routed|call|"
                          "stateless|followed N\n");
    return 2;
}
