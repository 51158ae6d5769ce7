/* What caller and callee of the load generator do: a call through a proxy, OPTIONS, REGISTER. Knows
 * no socket. */
#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

#define AGENT "User-Agent: tandem-load\r\n"
#define ALLOW "Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY\r\n"

static const char *transport(const struct load *l)
{
    static const char *const names[] = {"udp", "tcp", "tls", "ws"};
    return names[l->road];
}

static const char *callee_transport(const struct load *l)
{
    return l->road == ROAD_WS ? "tcp" : transport(l);
}

/* As a Via has it. */
static const char *sent_by(const struct load *l)
{
    static const char *const names[] = {"UDP", "TCP", "TLS", "WS"};
    return names[l->road];
}

void out_request(const struct load *l, struct outgoing *o, const char *method, struct text uri,
                 char branch_kind, uint32_t i)
{
    out_print(o, "%s ", method);
    out_text(o, uri);
    out_print(o, " SIP/2.0\r\nVia: SIP/2.0/%s 127.0.0.1:%u;branch=z9hG4bK%s%c%x;rport\r\n",
              sent_by(l), l->caller.number, l->branch_prefix, branch_kind, i);
}

static void out_call_id(const struct load *l, struct outgoing *o, uint32_t i, uint32_t cseq,
                        const char *method)
{
    out_print(o, "Call-ID: %s-%x@load.invalid\r\nCSeq: %u %s\r\n", l->call_prefix, i, cseq, method);
}

static struct text printed(char *space, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static struct text printed(char *space, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(space, size, format, args);
    va_end(args);
    return (struct text){space, n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1};
}

static void begin_call(struct load *l, struct outgoing *o, uint32_t i)
{
    char space[64];
    struct text uri = printed(space, sizeof space, "sip:bob%x@127.0.0.1:%u;transport=%s", i,
                              l->callee.number, callee_transport(l));
    out_request(l, o, "INVITE", uri, 'i', i);
    out_print(
        o,
        "Max-Forwards: 70\r\nFrom: \"Alice Example\" <sip:alice%x@atlanta.example>;tag=a%x\r\n"
        "To: \"Bob Example\" <sip:bob%x@biloxi.example>\r\n",
        i, i, i);
    out_call_id(l, o, i, l->cseq, "INVITE");
    out_print(o,
              "Contact: <sip:alice%x@127.0.0.1:%u;transport=%s>\r\n" ALLOW
              "Supported: replaces, timer, 100rel\r\nSession-Expires: 1800;refresher=uac\r\n"
              "Min-SE: 90\r\nAccept: application/sdp\r\n" AGENT,
              i, l->caller.number, transport(l));
    out_session(o);
}

static void begin_options(struct load *l, struct outgoing *o, uint32_t i)
{
    char space[64];
    out_request(l, o, "OPTIONS", printed(space, sizeof space, "sip:%s", l->server_text), 'o', i);
    out_print(o, "Max-Forwards: 70\r\nFrom: <sip:monitor@127.0.0.1>;tag=o%x\r\nTo: <sip:%s>\r\n", i,
              l->server_text);
    out_call_id(l, o, i, l->cseq, "OPTIONS");
    out_print(o, "Contact: <sip:monitor@127.0.0.1:%u>\r\nAccept: application/sdp\r\n" AGENT,
              l->caller.number);
    out_no_body(o);
}

static uint32_t user_of(const struct load *l, uint32_t i)
{
    return l->first_user + (l->n_users ? scattered(i, l->n_users) : i);
}

static void begin_ask(struct load *l, struct outgoing *o, uint32_t i)
{
    char space[128];
    struct text uri = printed(space, sizeof space, "sip:user%07u@%s", user_of(l, i), l->domain);
    out_request(l, o, "OPTIONS", uri, 'q', i);
    out_print(o, "Max-Forwards: 70\r\nFrom: <sip:monitor@127.0.0.1>;tag=q%x\r\nTo: <", i);
    out_text(o, uri);
    out_print(o, ">\r\n");
    out_call_id(l, o, i, l->cseq, "OPTIONS");
    out_print(o, "Contact: <sip:monitor@127.0.0.1:%u>\r\n" AGENT, l->caller.number);
    out_no_body(o);
}

static uint32_t expires_s(const struct load *l)
{
    return l->end_s ? l->end_s - (uint32_t)((clock_ns() - l->from_ns) / 1000000000) : 3600;
}

/* RFC 3327, RFC 5626: what an edge proxy and a phone with several flows add. */
static void out_binding(const struct load *l, struct outgoing *o, const char *name, uint32_t user)
{
    if (l->rich)
        out_print(o, "Path: <sip:%08x@edge1.%s;lr;ob>\r\nSupported: path, outbound\r\n",
                  user * 2654435761u, l->domain);
    out_print(o, "Contact: <sip:%s@127.0.0.1:%u;transport=%s>", name, l->caller.number,
              transport(l));
    if (l->rich)
        out_print(o, ";reg-id=1;+sip.instance=\"<urn:uuid:f81d4fae-7dec-11d0-a765-%012x>\"", user);
    out_print(o, ";expires=%u\r\n" ALLOW AGENT, expires_s(l));
}

/* The first time, or (`challenge`) once the server has asked for a password. */
static bool register_user(struct load *l, struct outgoing *o, uint32_t i,
                          const struct received *challenge)
{
    char name[32], uri[128];
    uint32_t user = user_of(l, i);
    printed(name, sizeof name, "user%07u", user);
    struct text domain = printed(uri, sizeof uri, "sip:%s", l->domain);
    out_request(l, o, "REGISTER", domain, challenge ? 'd' : 'r', i);
    out_print(o, "Max-Forwards: 70\r\nFrom: <sip:%s@%s>;tag=r%x\r\nTo: <sip:%s@%s>\r\n", name,
              l->domain, i, name, l->domain);
    out_call_id(l, o, i, l->cseq + (challenge != NULL), "REGISTER");
    out_binding(l, o, name, user);
    bool good = !challenge || out_credentials(o, challenge, name, l->password, "REGISTER", uri);
    out_no_body(o);
    return good;
}

void load_begin(struct load *l, uint32_t i, int64_t now_ns)
{
    l->caller.stream = i; /* all of a call goes by one connection */
    l->items[i].began_ns = now_ns;
    switch (l->kind) {
    case CASE_CALL:
    case CASE_HELD:
        begin_call(l, port_next(&l->caller, &l->server), i);
        break;
    case CASE_OPTIONS:
        begin_options(l, port_next(&l->caller, &l->server), i);
        break;
    case CASE_REGISTER:
        (void)register_user(l, port_next(&l->caller, &l->server), i, NULL);
        break;
    case CASE_ASK:
        begin_ask(l, port_next(&l->caller, &l->server), i);
        break;
    case CASE_INSIDE:
        held_ask(l, i);
        break;
    }
}

/* The item of a Call-ID of ours; NULL: of no one, or of a run before. */
static struct item *item_of(struct load *l, struct text call_id, uint32_t *index)
{
    size_t len = strlen(l->call_prefix);
    if (call_id.len < len + 2 || memcmp(call_id.at, l->call_prefix, len) != 0 ||
        call_id.at[len] != '-')
        return NULL;
    *index = (uint32_t)strtoul(call_id.at + len + 1, NULL, 16);
    if (l->kind == CASE_INSIDE && !held_item(l, *index, index))
        return NULL;
    return *index < l->n_begun ? &l->items[*index] : NULL;
}

static uint32_t us_since(const struct item *item, int64_t now_ns)
{
    return (uint32_t)((now_ns - item->began_ns) / 1000);
}

static void end_item(struct load *l, struct item *item, int64_t now_ns)
{
    item->done = true;
    item->total_us = us_since(item, now_ns);
    l->n_done++;
    l->end_ns = now_ns;
}

static void end_badly(struct load *l, struct item *item, unsigned status, int64_t now_ns)
{
    l->n_bad++;
    l->bad_status = status;
    end_item(l, item, now_ns);
}

/* A request inside the dialog that the 2xx made: its Contact, its route set (RFC 3261 12.2.1.1). */
static void send_inside(struct load *l, uint32_t i, const struct received *answer,
                        const char *method, uint32_t cseq)
{
    struct outgoing *o = port_next(&l->caller, &l->server);
    out_request(l, o, method, received_contact_uri(answer), *method, i);
    out_dialog(o, answer);
    out_print(o, "CSeq: %u %s\r\n" AGENT, cseq, method);
    out_no_body(o);
}

static void invite_answered(struct load *l, struct item *item, uint32_t i,
                            const struct received *answer, int64_t now_ns)
{
    if (item->answered) {
        l->n_repeated++;
        return;
    }
    item->answered = true;
    item->setup_us = us_since(item, now_ns);
    l->n_recorded += answer->n_record_routes > 0;
    send_inside(l, i, answer, "ACK", l->cseq);
    if (l->kind == CASE_HELD) {
        held_keep(l, i, answer);
        end_item(l, item, now_ns);
    } else {
        send_inside(l, i, answer, "BYE", l->cseq + 1);
    }
}

/* False: the item was asked before, or there is no password for this. */
static bool answer_challenge(struct load *l, struct item *item, uint32_t i,
                             const struct received *r)
{
    if (r->status != 401 || !l->password || l->kind != CASE_REGISTER || item->challenged)
        return false;
    item->challenged = true;
    return register_user(l, port_next(&l->caller, &l->server), i, r);
}

void load_caller(struct load *l, struct text message, int64_t now_ns)
{
    struct received r;
    uint32_t i;
    if (!received_read(&r, message) || r.status < 200)
        return;
    struct item *item = item_of(l, r.call_id, &i);
    if (!item || item->lost)
        return;
    l->caller.stream = i;
    if (item->done)
        l->n_repeated++;
    else if (answer_challenge(l, item, i, &r))
        l->n_challenged++;
    else if (r.status >= 300)
        end_badly(l, item, r.status, now_ns);
    else if (text_contains(r.cseq, "INVITE"))
        invite_answered(l, item, i, &r, now_ns);
    else if (l->kind == CASE_CALL && !item->acked)
        end_badly(l, item, r.status, now_ns);
    else
        end_item(l, item, now_ns);
}

static void take_call(struct load *l, const struct received *request,
                      const struct sockaddr_in *from)
{
    static const char *const lines[] = {"SIP/2.0 180 Ringing", "SIP/2.0 200 OK"};
    for (unsigned i = 0; i < 2; i++) {
        struct outgoing *o = port_next(&l->callee, from);
        out_answer(o, request, lines[i], "callee");
        out_print(o, "Contact: <sip:bob@127.0.0.1:%u;transport=%s>\r\n", l->callee.number,
                  callee_transport(l));
        if (i == 0)
            out_no_body(o);
        else
            out_session(o);
    }
}

void load_callee(struct load *l, struct text message, const struct sockaddr_in *from)
{
    struct received r;
    uint32_t i;
    if (!received_read(&r, message) || r.status)
        return;
    struct item *item = item_of(l, r.call_id, &i);
    if (!item)
        return;
    if (text_is(r.method, "INVITE")) {
        l->n_repeated += item->invited;
        item->invited = true;
        take_call(l, &r, from);
    } else if (text_is(r.method, "ACK")) {
        item->acked = true;
    } else {
        struct outgoing *o = port_next(&l->callee, from);
        out_answer(o, &r, "SIP/2.0 200 OK", "callee");
        out_no_body(o);
    }
}
