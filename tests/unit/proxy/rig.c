/* The rig of the proxy's tests. */
#include "rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define OWNER 7
#define FIVE_MINUTES (300 * NS_PER_S)

static void *counted_alloc(struct mem *m, size_t size)
{
    struct rig_mem *c = (struct rig_mem *)(void *)m;
    if (++c->taken >= c->fail_at && c->fail_at)
        return NULL;
    c->live += size;
    return malloc(size);
}

static void counted_free(struct mem *m, void *at, size_t size)
{
    struct rig_mem *c = (struct rig_mem *)(void *)m;
    if (!at)
        return;
    assert_true(c->live >= size);
    c->live -= size;
    free(at);
}

static struct addr address(const char *text)
{
    struct addr a;
    assert_true(addr_parse(str_from(text), &a));
    return a;
}

static void listen_on(struct rig *r, enum transport t, const char *at)
{
    struct addr a = address(at);
    assert_true(engine_listen(r->engine, t, &a, STR_NONE) >= 0);
}

struct rig *rig_new_with(bool record_route, time_ns timer_c)
{
    struct rig *r = calloc(1, sizeof *r);
    assert_non_null(r);
    r->mem.mem = (struct mem){counted_alloc, counted_free};
    r->now = 1000 * NS_PER_S;
    struct engine_config ec = {.mem = &r->mem.mem,
                               .seed = rand_seed_from(1),
                               .timers = tx_timers_default(),
                               .call_key = {1, 2},
                               .n_workers = 1};
    r->engine = engine_new(&ec);
    assert_non_null(r->engine);
    listen_on(r, TRANSPORT_UDP, "192.0.2.10:5060");
    listen_on(r, TRANSPORT_TCP, "192.0.2.10:5060");
    listen_on(r, TRANSPORT_UDP, "[2001:db8::10]:5060");
    listen_on(r, TRANSPORT_UDP, "192.0.2.10:5070");
    static const struct str domain = STR_INIT(RIG_DOMAIN);
    static struct addr_block trusted;
    assert_true(addr_block_parse(STR("198.51.100.0/24"), &trusted));
    r->config = (struct proxy_config){.owner = OWNER,
                                      .bye_owner = OWNER + 1,
                                      .record_route = record_route,
                                      .timer_c = timer_c,
                                      .key = {3, 4},
                                      .domains = &domain,
                                      .n_domains = 1,
                                      .trusted = &trusted,
                                      .n_trusted = 1};
    r->proxy = proxy_new(r->engine, &r->config);
    assert_non_null(r->proxy);
    return r;
}

void rig_follow(struct rig *r, const struct follow_rules *rules)
{
    r->how.follow = true;
    r->config.calls = *rules;
    assert_int_equal(proxy_reconfigure(r->proxy, &r->config), OK);
}

struct rig *rig_new(void)
{
    return rig_new_with(true, 0);
}

void rig_target(struct rig *r, const char *uri)
{
    assert_true(r->n_targets < RIG_TARGETS_MAX);
    r->targets[r->n_targets++] = (struct target){.uri = str_from(uri), .q = 1000};
}

void rig_look_up(struct rig *r, unsigned when, unsigned cause)
{
    struct target *t = &r->targets[r->n_targets - 1];
    t->look_up = true;
    t->when = when;
    t->cause = cause;
}

void rig_user(struct rig *r, const char *uri, const char *phone)
{
    size_t i = 0;
    while (i < r->n_users && strcmp(r->users[i].uri, uri) != 0)
        i++;
    assert_true(i < RIG_USERS_MAX && r->users[i].n < 4);
    r->n_users += i == r->n_users;
    r->users[i].uri = uri;
    if (*phone)
        r->users[i].targets[r->users[i].n++] = (struct target){.uri = str_from(phone), .q = 1000};
}

static bool answer_wishes(struct rig *r)
{
    struct proxy_wish wish;
    if (r->keeps_wishes || !proxy_wish(r->proxy, &wish))
        return false;
    size_t i = 0;
    while (i < r->n_users && !str_equal(str_from(r->users[i].uri), wish.uri))
        i++;
    if (wish.joins) {
        proxy_join(r->proxy, wish.id, r->users[i].targets, r->users[i].n, r->now);
        return true;
    }
    proxy_found(r->proxy, wish.id, i < r->n_users ? r->users[i].targets : NULL,
                i < r->n_users ? r->users[i].n : 0, &r->how, i < r->n_users ? 480 : 404, r->now);
    return true;
}

static void note_view(struct rig *r)
{
    struct str text = r->view.request_uri.text;
    assert_true(text.len < sizeof r->view_uri);
    memcpy(r->view_uri, text.at, text.len);
    r->view_uri[text.len] = '\0';
}

static void request(struct rig *r, const struct engine_event *ev)
{
    r->tx = ev->tx;
    r->verdict = proxy_inspect(r->proxy, ev, &r->view, r->now);
    if (r->verdict != PROXY_DONE)
        proxy_trying(r->proxy, ev, r->now);
    if (r->verdict == PROXY_DONE)
        return;
    note_view(r);
    if (r->mode == RIG_LOOK_ONLY)
        return;
    bool ours = r->mode == RIG_FORK && r->verdict == PROXY_TARGETS && r->view.next_is_local;
    if (ours && ev->kind == EVENT_ACK)
        proxy_ack(r->proxy, ev, r->targets, r->n_targets, r->now);
    else if (ours)
        proxy_fork(r->proxy, ev->tx, ev->msg, r->targets, r->n_targets, &r->how, r->now);
    else
        proxy_forward_on(r->proxy, ev, &r->how, r->now);
}

static void sent(struct rig *r, const struct engine_output *o)
{
    assert_true(r->n_sent < RIG_SENT_MAX);
    struct rig_sent *s = &r->sent[r->n_sent++];
    s->flow = o->flow;
    s->len = o->bytes->len;
    s->bytes = malloc(s->len + 1);
    assert_non_null(s->bytes);
    memcpy(s->bytes, o->bytes->bytes, s->len);
    s->bytes[s->len] = '\0';
    block_unref(engine_blocks(r->engine), o->bytes);
}

/* Every connection stands at once, but for those to port 9. */
static void connect_to(struct rig *r, const struct engine_output *o)
{
    struct addr local = address("192.0.2.10:40000");
    if (o->flow.remote.port == 9)
        engine_closed(r->engine, o->conn, r->now);
    else
        engine_connected(r->engine, o->conn, &local, r->now);
}

static bool drain_events(struct rig *r)
{
    struct engine_event ev;
    bool any = false;
    while (engine_event(r->engine, &ev)) {
        any = true;
        if (ev.kind == EVENT_REQUEST || ev.kind == EVENT_ACK)
            request(r, &ev);
        else if (ev.owner > OWNER)
            proxy_bye_event(r->proxy, &ev, r->now);
        else if (ev.kind == EVENT_CANCEL && !ev.other)
            engine_reply(r->engine, ev.tx, &(struct reply){.status = 481}, r->now);
        else
            proxy_event(r->proxy, &ev, r->now);
    }
    return any;
}

static bool drain_outputs(struct rig *r)
{
    struct engine_output o;
    bool any = false;
    while (engine_output(r->engine, &o)) {
        any = true;
        if (o.kind == OUTPUT_SEND)
            sent(r, &o);
        else if (o.kind == OUTPUT_CONNECT)
            connect_to(r, &o);
        else if (o.kind == OUTPUT_RESOLVE)
            engine_resolved(r->engine, o.query, STR_NONE, r->now);
    }
    return any;
}

void rig_drain(struct rig *r)
{
    bool more = true;
    while (more) {
        more = drain_events(r);
        more = answer_wishes(r) || more;
        more = drain_outputs(r) || more;
    }
}

void rig_came(struct rig *r, const char *who)
{
    proxy_came(r->proxy, str_from(who));
    rig_drain(r);
}

const char *rig_again(struct rig *r, const char *method, const char *uri, const char *to_tag,
                      const char *headers)
{
    static char text[4][8192];
    static unsigned turn;
    char *out = text[turn++ % 4];
    int n = snprintf(out, sizeof text[0],
                     "%s %s SIP/2.0\r\n"
                     "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa%u\r\n"
                     "From: <sip:alice@example.com>;tag=a\r\n"
                     "To: <sip:bob@example.com>%s%s\r\n"
                     "Call-ID: c%u@192.0.2.1\r\n"
                     "CSeq: %u %s\r\n%s"
                     "Content-Length: 0\r\n\r\n",
                     method, uri, turn, *to_tag ? ";tag=" : "", to_tag, r->serial, turn, method,
                     headers);
    assert_true(n > 0 && (size_t)n < sizeof text[0]);
    return out;
}

const char *rig_request(struct rig *r, const char *method, const char *uri, const char *to_tag,
                        const char *headers)
{
    r->serial++;
    return rig_again(r, method, uri, to_tag, headers);
}

const char *rig_cancel(const char *invite, const char *headers)
{
    static char text[8192];
    const char *space = strchr(invite, ' ');
    const char *cseq = strstr(invite, " INVITE\r\n");
    const char *end = cseq + 9;
    snprintf(text, sizeof text, "CANCEL%.*s CANCEL\r\n%s%s", (int)(cseq - space), space, headers,
             end);
    return text;
}

void rig_send(struct rig *r, const char *text)
{
    rig_from(r, RIG_UDP, "192.0.2.1:5060", text);
}

void rig_from_bytes(struct rig *r, unsigned listener, const char *remote, struct str bytes)
{
    const struct listener *l = engine_listener(r->engine, listener);
    struct flow flow = {.transport = l->transport,
                        .listener = (uint8_t)listener,
                        .local = l->local,
                        .remote = address(remote)};
    engine_datagram(r->engine, &flow, bytes, r->now);
    rig_drain(r);
}

void rig_from(struct rig *r, unsigned listener, const char *remote, const char *text)
{
    rig_from_bytes(r, listener, remote, str_from(text));
}

conn_id rig_accept(struct rig *r, const char *remote)
{
    const struct listener *l = engine_listener(r->engine, RIG_TCP);
    struct flow flow = {.transport = TRANSPORT_TCP,
                        .listener = RIG_TCP,
                        .local = l->local,
                        .remote = address(remote)};
    conn_id id = engine_accepted(r->engine, &flow, r->now);
    assert_true(id != 0);
    rig_drain(r);
    return id;
}

void rig_stream(struct rig *r, conn_id conn, const char *text)
{
    engine_stream(r->engine, conn, str_from(text), r->now);
    rig_drain(r);
}

void rig_close(struct rig *r, conn_id conn)
{
    engine_closed(r->engine, conn, r->now);
    rig_drain(r);
}

void rig_adopt(struct rig *r, conn_id conn, const char *remote, const char *text)
{
    struct block_pool pool;
    block_pool_init(&pool, &r->mem.mem, 0);
    struct msg *m = msg_new(&pool, str_from(text), MSG_STREAM);
    assert_non_null(m);
    m->flow = (struct flow){.transport = TRANSPORT_TCP,
                            .listener = RIG_TCP,
                            .local = engine_listener(r->engine, RIG_TCP)->local,
                            .remote = address(remote),
                            .conn = conn};
    block_leave(&pool, m->block);
    assert_int_equal(engine_adopt(r->engine, m, r->now), OK);
    block_pool_fini(&pool);
    rig_drain(r);
}

void rig_pass(struct rig *r, time_ns span)
{
    time_ns end = r->now + span;
    for (;;) {
        time_ns next = time_min(engine_deadline(r->engine), proxy_deadline(r->proxy));
        if (next > end)
            break;
        r->now = next > r->now ? next : r->now;
        engine_time(r->engine, r->now);
        rig_drain(r);
        proxy_time(r->proxy, r->now);
        rig_drain(r);
    }
    r->now = end;
}

void rig_end(struct rig *r)
{
    rig_pass(r, FIVE_MINUTES);
    assert_int_equal(proxy_contexts(r->proxy), 0);
    assert_int_equal(engine_stats(r->engine)->tx_client, 0);
    assert_int_equal(engine_stats(r->engine)->tx_server, 0);
    /* a connection over TLS keeps for whom it was made */
    assert_true(engine_blocks(r->engine)->live <= engine_stats(r->engine)->conns);
    proxy_free(r->proxy);
    engine_free(r->engine);
    assert_int_equal(r->mem.live, 0);
    for (size_t i = 0; i < r->n_sent; i++)
        free(r->sent[i].bytes);
    free(r);
}

const struct rig_sent *rig_next(struct rig *r)
{
    if (r->n_read == r->n_sent)
        fail_msg("nothing more was sent");
    return &r->sent[r->n_read++];
}

static bool starts(const struct rig_sent *s, const char *start)
{
    return strncmp(s->bytes, start, strlen(start)) == 0;
}

const struct rig_sent *rig_next_of(struct rig *r, const char *start)
{
    while (r->n_read < r->n_sent)
        if (starts(&r->sent[r->n_read++], start))
            return &r->sent[r->n_read - 1];
    fail_msg("no %s was sent", start);
    return NULL;
}

size_t rig_count(const struct rig *r, const char *start)
{
    size_t n = 0;
    for (size_t i = r->n_read; i < r->n_sent; i++)
        n += starts(&r->sent[i], start);
    return n;
}

void rig_skip_all(struct rig *r)
{
    r->n_read = r->n_sent;
}

const char *rig_text(const struct rig_sent *s)
{
    return s->bytes;
}

char *rig_without_via(const struct rig_sent *s)
{
    static char text[8][8192];
    static unsigned turn;
    char *out = text[turn++ % 8];
    const char *via = strstr(s->bytes, "\r\nVia: ");
    assert_non_null(via);
    const char *behind = strstr(via + 2, "\r\n");
    assert_non_null(behind);
    snprintf(out, sizeof text[0], "%.*s%s", (int)(via - s->bytes), s->bytes, behind);
    return out;
}

bool rig_has(const struct rig_sent *s, const char *piece)
{
    return strstr(s->bytes, piece) != NULL;
}

void rig_fill(char *out, size_t size, const char *in, const char *text)
{
    struct buf b;
    buf_init(&b, out, size - 1);
    for (const char *next; (next = strstr(in, "%s")); in = next + 2) {
        buf_put(&b, (struct str){in, (size_t)(next - in)});
        buf_put(&b, str_from(text));
    }
    buf_put(&b, str_from(in));
    assert_false(b.over);
    out[b.len] = '\0';
}

void rig_answer(struct rig *r, const struct rig_sent *request, unsigned status, const char *to_tag,
                const char *headers)
{
    struct block_pool pool;
    block_pool_init(&pool, &mem_libc, 0);
    struct msg *m = msg_new(&pool, (struct str){request->bytes, request->len}, MSG_DATAGRAM);
    assert_non_null(m);
    m->flow = request->flow;
    m->flow.remote = request->flow.local;
    char text[8192];
    struct buf b;
    buf_init(&b, text, sizeof text);
    msg_print_response_head(&b, m, status, status_reason(status), str_from(to_tag), true);
    buf_put(&b, str_from(headers));
    buf_put_lit(&b, "Content-Length: 0\r\n\r\n");
    assert_false(b.over);
    msg_unref(&pool, m);
    block_pool_fini(&pool);
    if (request->flow.conn) {
        engine_stream(r->engine, request->flow.conn, buf_str(&b), r->now);
    } else {
        engine_datagram(r->engine, &request->flow, buf_str(&b), r->now);
    }
    rig_drain(r);
}
