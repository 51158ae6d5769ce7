/* The test rig: drains an engine into arrays, makes messages, turns the clock. */
#include "rig.h"

#include "../../sim/zone.h"

#include <stdio.h>
#include <string.h>

struct addr rig_addr(const char *text)
{
    struct addr a;
    assert_true(addr_parse(str_from(text), &a));
    return a;
}

static void listen_on(struct rig *r, enum transport transport, const char *text)
{
    struct addr a = rig_addr(text);
    assert_true(engine_listen(r->e, transport, &a, STR_NONE) >= 0);
}

void rig_config(struct rig *r)
{
    *r = (struct rig){.mem = mem_counting(), .now = NS_S};
    r->config = (struct engine_config){
        .seed = rand_seed_from(7),
        .timers = tx_timers_default(),
        .call_key = {11, 12},
        .n_workers = 1,
        .software = STR("tandem"),
    };
}

void rig_start(struct rig *r)
{
    if (!r->config.mem)
        r->config.mem = &r->mem.mem;
    r->e = engine_new(&r->config);
    assert_non_null(r->e);
    listen_on(r, TRANSPORT_UDP, "192.0.2.1:5060");
    listen_on(r, TRANSPORT_TCP, "192.0.2.1:5060");
    listen_on(r, TRANSPORT_UDP, "[2001:db8::1]:5060");
    listen_on(r, TRANSPORT_UDP, "127.0.0.1:5060");
}

void rig_new(struct rig *r)
{
    rig_config(r);
    rig_start(r);
}

void rig_clear(struct rig *r)
{
    for (size_t i = 0; i < r->n_sent; i++) {
        free(r->sent[i].text);
        if (r->sent[i].msg) {
            block_enter(engine_blocks(r->e), r->sent[i].msg->block);
            msg_unref(engine_blocks(r->e), r->sent[i].msg);
        }
    }
    for (size_t i = 0; i < r->n_events; i++) {
        msg_unref(engine_blocks(r->e), r->events[i].msg);
        free(r->store_value[i]);
        r->store_value[i] = NULL;
    }
    r->n_sent = r->n_events = 0;
    r->n_looked = 0;
}

void rig_free(struct rig *r)
{
    rig_clear(r);
    engine_free(r->e);
    assert_int_equal(r->mem.n_live, 0);
    assert_int_equal(r->mem.n_bytes, 0);
}

void rig_end(struct rig *r)
{
    rig_pass(r, 300 * NS_S);
    assert_int_equal(engine_stats(r->e)->tx_client, 0);
    assert_int_equal(engine_stats(r->e)->tx_server, 0);
    rig_free(r);
}

struct flow rig_flow(unsigned listener, const char *remote)
{
    static const char *const local[] = {"192.0.2.1:5060", "192.0.2.1:5060", "[2001:db8::1]:5060",
                                        "127.0.0.1:5060"};
    return (struct flow){.transport = listener == RIG_TCP ? TRANSPORT_TCP : TRANSPORT_UDP,
                         .listener = (uint8_t)listener,
                         .local = rig_addr(local[listener]),
                         .remote = rig_addr(remote)};
}

static char *copy(struct str s)
{
    char *text = malloc(s.len + 1);
    assert_non_null(text);
    if (s.len)
        memcpy(text, s.at, s.len);
    text[s.len] = '\0';
    return text;
}

static void note_output(struct rig *r, const struct engine_output *out)
{
    assert_true(r->n_sent < RIG_MAX);
    struct rig_sent *s = &r->sent[r->n_sent++];
    *s = (struct rig_sent){.kind = out->kind,
                           .flow = out->flow,
                           .conn = out->conn,
                           .query = out->query,
                           .type = out->type,
                           .at = r->now,
                           .msg = out->msg,
                           .worker = out->worker};
    if (out->kind == OUTPUT_SEND)
        s->text = copy(block_str(out->bytes));
    else
        s->text = copy(out->kind == OUTPUT_STORE ? out->ask.key : out->name);
    block_unref(engine_blocks(r->e), out->bytes);
}

void rig_drain(struct rig *r)
{
    struct engine_event ev;
    struct engine_output out;
    while (engine_event(r->e, &ev)) {
        assert_true(r->n_events < RIG_MAX);
        if (ev.msg)
            msg_ref(ev.msg);
        if (ev.kind == EVENT_STORE)
            r->store_value[r->n_events] = copy(ev.store.value);
        r->events[r->n_events++] = ev;
    }
    while (engine_output(r->e, &out))
        note_output(r, &out);
}

int rig_from(struct rig *r, unsigned listener, const char *remote, const char *text)
{
    struct flow flow = rig_flow(listener, remote);
    int err = engine_datagram(r->e, &flow, str_from(text), r->now);
    rig_drain(r);
    return err;
}

void rig_recv(struct rig *r, const char *text)
{
    assert_int_equal(rig_from(r, RIG_UDP, "192.0.2.9:5060", text), OK);
}

void rig_pass(struct rig *r, time_ns span)
{
    time_ns until = r->now + span;
    while (engine_deadline(r->e) <= until) {
        if (engine_deadline(r->e) > r->now)
            r->now = engine_deadline(r->e);
        assert_int_equal(engine_time(r->e, r->now), OK);
        rig_drain(r);
    }
    r->now = until;
}

static char *slot(size_t size)
{
    static char texts[4][8192];
    static unsigned next;
    assert_true(size <= sizeof texts[0]);
    return texts[next++ % 4];
}

const char *rig_request(const char *method, const char *branch, const char *to_tag,
                        const char *more)
{
    char *text = slot(0);
    snprintf(text, 8192,
             "%s sip:bob@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5060;branch=%s\r\n"
             "Max-Forwards: 70\r\nFrom: <sip:alice@example.com>;tag=a1\r\n"
             "To: <sip:bob@example.com>%s%s\r\nCall-ID: call-1\r\nCSeq: 1 %s\r\n%s"
             "Content-Length: 0\r\n\r\n",
             method, branch, to_tag[0] ? ";tag=" : "", to_tag, method, more);
    return text;
}

/* The header's line in `from`, without its line end. */
static void put_header(struct buf *b, const char *from, const char *name, const char *add)
{
    size_t len = strlen(name);
    for (const char *at = from; (at = strstr(at, "\r\n")) != NULL; at += 2) {
        if (strncmp(at + 2, name, len) != 0)
            continue;
        const char *end = strstr(at + 2, "\r\n");
        buf_put(b, (struct str){at + 2, (size_t)(end - at - 2)});
        buf_put(b, str_from(add));
        buf_put_lit(b, "\r\n");
    }
}

const char *rig_response(const char *request, unsigned status, const char *to_tag, const char *more)
{
    char tag[64] = "";
    if (to_tag[0])
        snprintf(tag, sizeof tag, ";tag=%s", to_tag);
    char *text = slot(0);
    struct buf b;
    buf_init(&b, text, 8191);
    buf_put_lit(&b, "SIP/2.0 ");
    buf_put_u64(&b, status);
    buf_put_lit(&b, " Word\r\n");
    put_header(&b, request, "Via: ", "");
    put_header(&b, request, "From: ", "");
    put_header(&b, request, "To: ", tag);
    put_header(&b, request, "Call-ID: ", "");
    put_header(&b, request, "CSeq: ", "");
    buf_put(&b, str_from(more));
    buf_put_lit(&b, "Content-Length: 0\r\n\r\n");
    assert_false(b.over);
    text[b.len] = '\0';
    return text;
}

void rig_dns(struct rig *r, const char *text)
{
    char space[ZONE_ANSWER_MAX];
    struct block_pool blocks;
    struct hosts_fault fault;
    struct hosts *zone = hosts_new(&mem_libc);
    block_pool_init(&blocks, &mem_libc, 1);
    assert_int_equal(hosts_zone(zone, str_from(text), &fault), OK);
    for (; r->n_looked < r->n_sent; r->n_looked++) {
        const struct rig_sent *s = &r->sent[r->n_looked];
        if (s->kind != OUTPUT_RESOLVE)
            continue;
        struct dns_question q = {str_from(s->text), s->type};
        struct str message = zone_answer(zone, &blocks, &q, 60, space);
        assert_int_equal(engine_resolved(r->e, s->query, message, r->now), OK);
        rig_drain(r);
    }
    block_pool_fini(&blocks);
    hosts_free(zone);
}

tx_id rig_send_more(struct rig *r, const char *method, const char *uri_text, const char *more,
                    size_t body)
{
    static char text[70000];
    struct uri uri;
    struct msg_error err;
    tx_id tx;
    assert_true(uri_parse(str_from(uri_text), &uri, &err));
    int n =
        snprintf(text, sizeof text - body,
                 "%s %s SIP/2.0\r\n%sMax-Forwards: 70\r\nFrom: <sip:tandem@example.com>;tag=o1\r\n"
                 "To: <sip:bob@example.com>\r\nCall-ID: own-1\r\nCSeq: 5 %s\r\n"
                 "Content-Length: %zu\r\n\r\n",
                 method, uri_text, more, method, body);
    memset(text + n, 'x', body);
    struct outgoing o = {.text = {text, (size_t)n + body}, .hop = &uri, .owner = 3, .user = 33};
    assert_int_equal(engine_request(r->e, &o, r->now, &tx), OK);
    rig_drain(r);
    return tx;
}

tx_id rig_send(struct rig *r, const char *method, const char *uri)
{
    return rig_send_more(r, method, uri, "", 0);
}

int rig_reply(struct rig *r, tx_id tx, unsigned status)
{
    struct reply reply = {.status = status};
    int err = engine_reply(r->e, tx, &reply, r->now);
    rig_drain(r);
    return err;
}

const char *rig_text(const struct rig *r, size_t n)
{
    assert_true(n < r->n_sent);
    return r->sent[n].text;
}

size_t rig_count(const struct rig *r, const char *start)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_sent; i++)
        n += strncmp(r->sent[i].text, start, strlen(start)) == 0;
    return n;
}

size_t rig_count_events(const struct rig *r, enum engine_event_kind kind)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_events; i++)
        n += r->events[i].kind == kind;
    return n;
}

const struct engine_event *rig_event(const struct rig *r, enum engine_event_kind kind)
{
    for (size_t i = 0; i < r->n_events; i++)
        if (r->events[i].kind == kind)
            return &r->events[i];
    fail_msg("no event of kind %d", (int)kind);
    return NULL;
}

bool rig_has(const struct rig *r, size_t n, const char *piece)
{
    return strstr(rig_text(r, n), piece) != NULL;
}
