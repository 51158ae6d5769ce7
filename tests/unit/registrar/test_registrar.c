/* The registrar on a real engine and a scripted store, in virtual time: RFC 3261 10.3 from the wire
 * to the wire. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "register_text.h"
#include "registrar/registrar.h"
#include "scripted_store.h"

#define OWNER 7
#define MAX_HELD 8

/* An engine with a registrar, and what came out of them. */
struct world {
    struct engine *engine;
    struct registrar *registrar;
    struct scripted_store store;
    time_ns now;
    bool hold; /* store questions wait in `held` */
    struct engine_output held[MAX_HELD];
    struct store_ask asks[MAX_HELD];
    size_t n_held;
    bool merged; /* what the next request is said to be */
    bool foreign_to;
    unsigned n_sent;
    char sent[REGISTER_MAX]; /* the last message */
    size_t sent_len;
};

static struct world *world_new(void)
{
    struct world *w = calloc(1, sizeof *w);
    struct registrar_config config = {.min_expires_s = 60,
                                      .max_expires_s = 7200,
                                      .default_expires_s = 1800,
                                      .max_contacts = 3,
                                      .owner = OWNER};
    struct engine_config engine = {
        .mem = &mem_libc, .seed = rand_seed_from(1), .timers = tx_timers_default(), .n_workers = 1};
    assert_non_null(w);
    w->engine = engine_new(&engine);
    assert_non_null(w->engine);
    struct flow f = flow_from("192.0.2.1:5060");
    assert_int_equal(engine_listen(w->engine, TRANSPORT_UDP, &f.local, STR_NONE), 0);
    w->registrar = registrar_new(w->engine, &config);
    assert_non_null(w->registrar);
    w->now = 1000 * NS_PER_S;
    return w;
}

static void world_free(struct world *w)
{
    registrar_free(w->registrar);
    engine_free(w->engine);
    free(w);
}

static void on_request(struct world *w, struct engine_event *ev)
{
    const struct nameaddr *to = msg_to(ev->msg);
    ev->merged = w->merged;
    assert_int_equal(
        registrar_request(w->registrar, ev, w->foreign_to ? NULL : &to->uri, STR_NONE, w->now), OK);
}

static void events(struct world *w)
{
    struct engine_event ev;
    while (engine_event(w->engine, &ev))
        if (ev.kind == EVENT_REQUEST)
            on_request(w, &ev);
        else if (ev.kind == EVENT_STORE && ev.owner == OWNER)
            (void)registrar_stored(w->registrar, &ev, w->now, NULL);
        else if (ev.kind == EVENT_SERVER_END && ev.owner == OWNER)
            (void)registrar_forget(w->registrar, &ev);
}

static void on_sent(struct world *w, struct engine_output *out)
{
    assert_true(out->bytes->len < sizeof w->sent);
    memcpy(w->sent, out->bytes->bytes, out->bytes->len);
    w->sent_len = out->bytes->len;
    w->n_sent++;
    block_unref(engine_blocks(w->engine), out->bytes);
}

static void answer_store(struct world *w, uint64_t query, const struct store_ask *ask)
{
    struct store_answer a = scripted_answer(&w->store, query, ask);
    assert_int_equal(engine_store_answered(w->engine, &a, w->now), OK);
    events(w);
}

static struct str keep(struct str s)
{
    char *copy = malloc(s.len + 1);
    assert_non_null(copy);
    if (s.len > 0)
        memcpy(copy, s.at, s.len);
    return (struct str){copy, s.len};
}

static void on_store(struct world *w, const struct engine_output *out)
{
    struct store_ask ask = out->ask;
    ask.key = keep(ask.key);
    ask.value = keep(ask.value);
    if (w->hold) {
        assert_true(w->n_held < MAX_HELD);
        w->asks[w->n_held] = ask;
        w->held[w->n_held++] = *out;
        return;
    }
    answer_store(w, out->query, &ask);
    free((char *)(uintptr_t)ask.key.at);
    free((char *)(uintptr_t)ask.value.at);
}

static void outputs(struct world *w)
{
    struct engine_output out;
    while (engine_output(w->engine, &out))
        if (out.kind == OUTPUT_SEND)
            on_sent(w, &out);
        else if (out.kind == OUTPUT_STORE)
            on_store(w, &out);
}

/* The oldest question that is held is answered. */
static void release(struct world *w)
{
    assert_true(w->n_held > 0);
    struct engine_output out = w->held[0];
    struct store_ask ask = w->asks[0];
    w->n_held--;
    memmove(w->held, w->held + 1, w->n_held * sizeof *w->held);
    memmove(w->asks, w->asks + 1, w->n_held * sizeof *w->asks);
    answer_store(w, out.query, &ask);
    free((char *)(uintptr_t)ask.key.at);
    free((char *)(uintptr_t)ask.value.at);
    outputs(w);
}

static void send_text(struct world *w, struct str text, const char *from)
{
    struct flow f = flow_from(from);
    assert_int_equal(engine_datagram(w->engine, &f, text, w->now), OK);
    events(w);
    outputs(w);
}

static unsigned status(const struct world *w)
{
    uint64_t n;
    struct str s = {w->sent, w->sent_len};
    assert_true(str_starts(s, STR("SIP/2.0 ")));
    assert_true(str_to_u64(str_slice(s, 8, 3), 699, &n));
    return (unsigned)n;
}

static unsigned send_to(struct world *w, const char *to, const char *call_id, unsigned cseq,
                        const char *lines)
{
    char space[REGISTER_MAX];
    unsigned before = w->n_sent;
    send_text(w, register_text(space, to, call_id, cseq, lines), "192.0.2.1:5060");
    assert_int_equal(w->n_sent, before + 1);
    return status(w);
}

static unsigned send(struct world *w, const char *call_id, unsigned cseq, const char *lines)
{
    return send_to(w, "<sip:alice@example.com>", call_id, cseq, lines);
}

static bool has(const struct world *w, const char *text)
{
    return memmem(w->sent, w->sent_len, text, strlen(text)) != NULL;
}

/* RFC 3261 10.3 step 8: 200 names every binding with what is left of its interval. */
static void test_register_and_fetch(void **state)
{
    (void)state;
    struct world *w = world_new();
    assert_int_equal(send(w, "c", 1, "Contact: <sip:alice@192.0.2.1>;q=0.5;x\r\nExpires: 600\r\n"),
                     200);
    assert_true(has(w, "\r\nContact: <sip:alice@192.0.2.1>;q=0.5;x;expires=600\r\n"));
    assert_false(has(w, "Record-Route"));
    w->now += 100 * NS_PER_S + 1;
    assert_int_equal(send(w, "d", 1, "Contact: <sip:alice@192.0.2.2>\r\n"), 200);
    assert_true(has(w, "<sip:alice@192.0.2.2>;expires=1800\r\n"));
    assert_true(has(w, "<sip:alice@192.0.2.1>;q=0.5;x;expires=500\r\n"));
    unsigned written = w->store.written;
    assert_int_equal(send(w, "e", 1, ""), 200);
    assert_true(has(w, "192.0.2.1>") && has(w, "192.0.2.2>"));
    assert_int_equal(w->store.written, written);
    w->now += 600 * NS_PER_S;
    assert_int_equal(send(w, "e", 2, ""), 200);
    assert_false(has(w, "192.0.2.1>"));
    world_free(w);
}

/* RFC 3261 10.3 step 5: the canonical address-of-record is the key: parameters gone, escapes
 * undone, host in lower case. */
static void test_key(void **state)
{
    (void)state;
    struct world *w = world_new();
    assert_int_equal(send_to(w, "<sip:al%69ce@EXAMPLE.com;x=y>", "c", 1, "Contact: <sip:a@h>\r\n"),
                     200);
    assert_int_equal(send_to(w, "\"A\" <sips:alice@example.com>", "d", 1, "Contact: <sip:b@h>\r\n"),
                     200);
    assert_int_equal(w->store.n, 1);
    assert_true(str_equal((struct str){w->store.list[0].key, w->store.list[0].key_len},
                          STR("sip:alice@example.com")));
    assert_true(has(w, "<sip:a@h>") && has(w, "<sip:b@h>"));
    world_free(w);
}

/* The same REGISTER to this Request-URI. */
static unsigned send_by(struct world *w, const char *uri, const char *call_id, const char *lines)
{
    char space[REGISTER_MAX], text[REGISTER_MAX];
    struct str plain = register_text(space, "<sip:alice@example.com>", call_id, 1, lines);
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_put_lit(&b, "REGISTER ");
    buf_put(&b, str_from(uri));
    buf_put(&b, str_slice(plain, sizeof "REGISTER sip:example.com" - 1, plain.len));
    send_text(w, buf_str(&b), "192.0.2.1:5060");
    return status(w);
}

/* RFC 5630 5.2: all that leads to a phone is sips, or its Contact is not. */
static void test_schemes(void **state)
{
    (void)state;
    static const struct {
        const char *uri, *lines;
        unsigned status;
    } rows[] = {
        {"sips:example.com", "Contact: <sips:a@h>\r\n", 200},
        {"sips:example.com", "Contact: <sip:a@h>\r\n", 200},
        {"sip:example.com", "Contact: <sips:a@h>\r\n", 400},
        {"sips:example.com", "Contact: <sips:a@h>, <sip:b@h>\r\n", 400},
        {"sips:example.com", "Contact: <sips:a@h>\r\nPath: <sips:p;lr>\r\n", 200},
        {"sips:example.com", "Contact: <sips:a@h>\r\nPath: <sips:p;lr>, <sip:q;lr>\r\n", 400},
        {"sip:example.com", "Contact: *\r\nExpires: 0\r\n", 200},
    };
    struct world *w = world_new();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char call_id[] = {(char)('a' + i), '\0'};
        assert_int_equal(send_by(w, rows[i].uri, call_id, rows[i].lines), rows[i].status);
    }
    world_free(w);
}

/* RFC 5630 5.2.1: the GRUU is of the scheme of its contact, and leads to the same user. */
static void test_gruu_of_a_sips_contact(void **state)
{
    (void)state;
    struct world *w = world_new();
    assert_int_equal(
        send_by(w, "sips:example.com", "a",
                "Supported: gruu\r\nContact: <sips:a@h>;+sip.instance=\"<urn:x:1>\"\r\n"),
        200);
    assert_true(has(w, ";temp-gruu=\"sips:tgruu."));
    assert_true(has(w, ";pub-gruu=\"sips:alice@example.com;gr=urn:x:1\""));
    world_free(w);
}

/* RFC 4475 3.1.1.4, 3.1.2.1, 3.3.13 and 3.3.14 in words of our own: what a contact keeps. */
static void test_odd_contacts(void **state)
{
    (void)state;
    static const struct {
        const char *contact, *echo;
    } cases[] = {
        {"<sip:%00@h>, <sip:%00%00@h>", "<sip:%00%00@h>;expires=1800\r\n"},
        {"sip:a@h;q=0.1;odd", "<sip:a@h>;q=0.1;odd;expires=1800\r\n"},
        {"<sip:a@h;odd>", "<sip:a@h;odd>;expires=1800\r\n"},
        {"<sip:a@h?Route=%3Csip:b%3E>", "<sip:a@h?Route=%3Csip:b%3E>;expires=1800\r\n"},
        {"\"Caf\xc3\xa9, <x>\" <tel:+1-555>", "<tel:+1-555>;expires=1800\r\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w = world_new();
        char line[256];
        snprintf(line, sizeof line, "Contact: %s\r\n", cases[i].contact);
        assert_int_equal(send(w, "c", 1, line), 200);
        if (!has(w, cases[i].echo))
            fail_msg("no %s in %.*s", cases[i].echo, (int)w->sent_len, w->sent);
        world_free(w);
    }
}

static void assert_refused(struct world *w, unsigned got, unsigned expected, const char *text)
{
    assert_int_equal(got, expected);
    if (!has(w, text))
        fail_msg("no %s in %.*s", text, (int)w->sent_len, w->sent);
    assert_int_equal(w->store.written, 0);
    assert_int_equal(registrar_pending(w->registrar), 0);
}

static void test_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *to, *lines;
        unsigned status;
        const char *text;
    } cases[] = {
        {"<sip:a@h>", "Contact: <sip:a@h>\r\nExpires: 10\r\n", 423, "\r\nMin-Expires: 60\r\n"},
        /* RFC 3261 8.2.2.3 */
        {"<sip:a@h>", "Require: path, outbound, 100rel, x\r\n", 420,
         "\r\nUnsupported: 100rel, x\r\n"},
        /* RFC 3261 10.2: To is a SIP or SIPS URI (RFC 4475 3.3.4) */
        {"isbn:2983792873", "", 400, "To is not a SIP URI"},
        {"<tel:+1555>", "", 400, "To is not a SIP URI"},
        {"<sip:example.com>", "", 404, "404 No user of this domain"},
        {"<sip:a@h>", "Contact: *\r\n", 400, "Expires: 0"},
        {"<sip:a@h>", "Contact: <sip:a@h>;q=7\r\n", 400, "q is not"},
        {"<sip:a@h>", "Contact: <sip:a@h>,<sip:b@h>,<sip:c@h>,<sip:d@h>\r\n", 403,
         "Too many contacts"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w = world_new();
        unsigned got = send_to(w, cases[i].to, "c", 1, cases[i].lines);
        assert_refused(w, got, cases[i].status, cases[i].text);
        world_free(w);
    }
}

/* RFC 5626 6: who asked for outbound and got it is told so; Flow-Timer comes with that alone. */
static void test_outbound_is_told(void **state)
{
    (void)state;
    struct world *w = world_new();
    assert_int_equal(send(w, "c", 1, "Supported: outbound\r\nContact: <sip:a@h;ob>\r\n"), 200);
    assert_true(has(w, "\r\nSupported: path, outbound\r\n"));
    assert_false(has(w, "Require:"));
    assert_int_equal(
        send(w, "c", 2, "Contact: <sip:a@h>;+sip.instance=\"<urn:uuid:1>\";reg-id=1\r\n"), 200);
    assert_false(has(w, "Require:"));
    assert_int_equal(send(w, "c", 3,
                          "Supported: outbound\r\n"
                          "Contact: <sip:a@h>;+sip.instance=\"<urn:uuid:1>\";reg-id=1\r\n"),
                     200);
    assert_true(has(w, "\r\nRequire: outbound\r\n"));
    assert_false(has(w, "Flow-Timer"));
    static const struct str hosts[] = {STR_INIT("edge.example.com"), STR_INIT("192.0.2.9")};
    struct registrar_config config = {.max_expires_s = 7200,
                                      .max_contacts = 3,
                                      .flow_timer_s = 90,
                                      .service_route = hosts,
                                      .n_service_route = 2};
    registrar_reconfigure(w->registrar, &config);
    assert_int_equal(
        send(w, "c", 4,
             "Require: outbound\r\n"
             "Contact: <sip:a@h>;+sip.instance=\"<urn:uuid:1>\";reg-id=1;expires=60\r\n"),
        200);
    assert_true(has(w, "\r\nRequire: outbound\r\nFlow-Timer: 90\r\n"));
    assert_true(has(w, "\r\nService-Route: <sip:edge.example.com;lr>\r\n"
                       "Service-Route: <sip:192.0.2.9;lr>\r\n"));
    assert_int_equal(send(w, "c", 5, "Contact: <sip:b@h>;expires=60\r\n"), 200);
    assert_false(has(w, "Flow-Timer"));
    world_free(w);
}

/* RFC 3261 10.3 step 5: To is no user of the Request-URI's domain. RFC 3261 8.2.2.2: merged. */
static void test_said_by_the_element(void **state)
{
    (void)state;
    struct world *w = world_new();
    w->foreign_to = true;
    assert_refused(w, send(w, "c", 1, "Contact: <sip:a@h>\r\n"), 404, "404 ");
    w->merged = true;
    assert_refused(w, send(w, "d", 1, "Contact: <sip:a@h>\r\n"), 482, "482 ");
    world_free(w);
}

/* RFC 3261 10.3 step 7: out of order fails with 500 and changes nothing. */
static void test_out_of_order(void **state)
{
    (void)state;
    struct world *w = world_new();
    assert_int_equal(send(w, "c", 5, "Contact: <sip:a@h>\r\n"), 200);
    assert_int_equal(send(w, "c", 4, "Contact: <sip:b@h>, <sip:a@h>;expires=0\r\n"), 500);
    assert_int_equal(w->store.written, 1);
    assert_int_equal(send(w, "f", 1, ""), 200);
    assert_true(has(w, "<sip:a@h>"));
    assert_false(has(w, "<sip:b@h>"));
    world_free(w);
}

/* RFC 3261 10.3 step 6; the user stays known, without bindings. */
static void test_remove_all(void **state)
{
    (void)state;
    struct world *w = world_new();
    assert_int_equal(send(w, "c", 1, "Contact: <sip:a@h>, <sip:b@h>\r\n"), 200);
    assert_int_equal(send(w, "c", 2, "Contact: *\r\nExpires: 0\r\n"), 200);
    assert_false(has(w, "Contact:"));
    assert_true(w->store.list[0].version != 0);
    assert_int_equal(w->store.list[0].expires, w->now + LIMIT_RECORD_KEPT_S * NS_PER_S);
    unsigned written = w->store.written;
    assert_int_equal(send_to(w, "<sip:nobody@example.com>", "c", 3, "Contact: *\r\nExpires: 0\r\n"),
                     200);
    assert_int_equal(w->store.written, written);
    world_free(w);
}

/* RFC 3327 5.3: stored always, echoed to who asks for it. */
static void test_path(void **state)
{
    (void)state;
    struct world *w = world_new();
    struct target t;
    assert_int_equal(send(w, "c", 1,
                          "Path: <sip:p1;lr>\r\nPath: <sip:p2;lr>,\r\n <sip:p3;lr>\r\nSupported: "
                          "path\r\nContact: <sip:a@h>\r\n"),
                     200);
    assert_true(has(w, "\r\nPath: <sip:p1;lr>, <sip:p2;lr>,   <sip:p3;lr>\r\n"));
    struct str record = {w->store.list[0].value, w->store.list[0].value_len};
    assert_int_equal(registrar_targets(record, w->now, &t, 1), 1);
    assert_true(str_equal(t.path, STR("<sip:p1;lr>, <sip:p2;lr>,   <sip:p3;lr>")));
    assert_int_equal(send(w, "c", 2, "Path: <sip:p1;lr>\r\nContact: <sip:a@h>\r\n"), 200);
    assert_false(has(w, "Path:"));
    world_free(w);
}

/* A failed commit is a 503: it may pass. */
static void test_store_fails(void **state)
{
    (void)state;
    struct world *w = world_new();
    w->store.failing = true;
    assert_refused(w, send(w, "c", 1, "Contact: <sip:a@h>\r\n"), 503, "503 Location store failed");
    w->hold = true;
    w->store.failing = false;
    char space[REGISTER_MAX];
    unsigned before = w->n_sent;
    send_text(w, register_text(space, "<sip:a@h>", "d", 1, "Contact: <sip:a@h>\r\n"),
              "192.0.2.1:5060");
    release(w);
    assert_int_equal(w->n_sent, before);
    w->store.failing = true;
    release(w);
    assert_refused(w, status(w), 503, "503 Location store failed");
    world_free(w);
}

/* Another writer was faster: decided anew on what is there now, but not for ever. */
static void test_conflicts(void **state)
{
    (void)state;
    struct world *w = world_new();
    w->store.conflicts = LIMIT_STORE_TRIES - 1;
    assert_int_equal(send(w, "c", 1, "Contact: <sip:a@h>\r\n"), 200);
    assert_true(has(w, "<sip:a@h>"));
    w->store.conflicts = LIMIT_STORE_TRIES;
    assert_int_equal(send(w, "c", 2, "Contact: <sip:b@h>\r\n"), 500);
    assert_int_equal(registrar_pending(w->registrar), 0);
    world_free(w);
}

/* RFC 3261 10.3: two at once on one user: both bindings are there in the end; the order of one
 * Call-ID holds. */
static void test_two_at_once(void **state)
{
    (void)state;
    struct world *w = world_new();
    char space[REGISTER_MAX];
    w->hold = true;
    send_text(w, register_text(space, "<sip:a@h>", "c", 2, "Contact: <sip:a@h>\r\n"),
              "192.0.2.1:5060");
    send_text(w, register_text(space, "<sip:a@h>", "c", 1, "Contact: <sip:a@h>;expires=0\r\n"),
              "192.0.2.1:5060");
    send_text(w, register_text(space, "<sip:a@h>", "d", 1, "Contact: <sip:b@h>\r\n"),
              "192.0.2.1:5060");
    assert_int_equal(registrar_pending(w->registrar), 3);
    for (int i = 0; w->n_held > 0; i++) {
        assert_true(i < 20);
        release(w);
    }
    w->hold = false;
    assert_int_equal(registrar_pending(w->registrar), 0);
    assert_int_equal(send_to(w, "<sip:a@h>", "e", 1, ""), 200);
    assert_true(has(w, "<sip:a@h>") && has(w, "<sip:b@h>"));
    world_free(w);
}

/* RFC 3261 17.2.2: a retransmission changes nothing and gets the same answer. */
static void test_retransmission(void **state)
{
    (void)state;
    struct world *w = world_new();
    char space[REGISTER_MAX];
    struct str text = register_text(space, "<sip:a@h>", "c", 1, "Contact: <sip:a@h>\r\n");
    send_text(w, text, "192.0.2.1:5060");
    send_text(w, text, "192.0.2.1:5060");
    assert_int_equal(w->n_sent, 2);
    assert_int_equal(status(w), 200);
    assert_int_equal(w->store.written, 1);
    world_free(w);
}

/* A phone behind a NAT is reached where it came from. */
static void test_flow(void **state)
{
    (void)state;
    struct world *w = world_new();
    struct target t;
    char space[REGISTER_MAX];
    send_text(w, register_text(space, "<sip:a@h>", "c", 1, "Contact: <sip:a@192.0.2.1>\r\n"),
              "198.51.100.1:40000");
    assert_int_equal(status(w), 200);
    struct str record = {w->store.list[0].value, w->store.list[0].value_len};
    assert_int_equal(registrar_targets(record, w->now, &t, 1), 1);
    assert_true(t.has_flow);
    struct flow f = flow_from("198.51.100.1:40000");
    assert_true(addr_equal(&t.flow.remote, &f.remote));
    assert_true(registrar_is_from(record, &f, w->now));
    world_free(w);
}

/* A record that is none counts as empty and is replaced. */
static void test_broken_record(void **state)
{
    (void)state;
    struct world *w = world_new();
    assert_int_equal(send(w, "c", 1, "Contact: <sip:a@h>\r\n"), 200);
    w->store.list[0].value[0] ^= 1;
    assert_int_equal(send(w, "c", 2, "Contact: <sip:b@h>\r\n"), 200);
    assert_true(has(w, "<sip:b@h>"));
    assert_false(has(w, "<sip:a@h>"));
    world_free(w);
}

/* Freed with work under way: nothing leaks (the sanitizer says so). A late answer of the store is
 * for nobody. */
static void test_free_while_pending(void **state)
{
    (void)state;
    struct world *w = world_new();
    char space[REGISTER_MAX];
    w->hold = true;
    send_text(
        w, register_text(space, "<sip:a@h>", "c", 1, "Path: <sip:p;lr>\r\nContact: <sip:a@h>\r\n"),
        "192.0.2.1:5060");
    assert_int_equal(registrar_pending(w->registrar), 1);
    struct engine_event late = {.kind = EVENT_STORE, .user = 12345};
    assert_int_equal(registrar_stored(w->registrar, &late, w->now, NULL), ERR_STALE);
    free((char *)(uintptr_t)w->asks[0].key.at);
    free((char *)(uintptr_t)w->asks[0].value.at);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_register_and_fetch),
        cmocka_unit_test(test_key),
        cmocka_unit_test(test_odd_contacts),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_outbound_is_told),
        cmocka_unit_test(test_said_by_the_element),
        cmocka_unit_test(test_out_of_order),
        cmocka_unit_test(test_remove_all),
        cmocka_unit_test(test_path),
        cmocka_unit_test(test_store_fails),
        cmocka_unit_test(test_conflicts),
        cmocka_unit_test(test_two_at_once),
        cmocka_unit_test(test_retransmission),
        cmocka_unit_test(test_flow),
        cmocka_unit_test(test_schemes),
        cmocka_unit_test(test_gruu_of_a_sips_contact),
        cmocka_unit_test(test_broken_record),
        cmocka_unit_test(test_free_while_pending),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
