/* Owns explanations: an element like a worker's, made for the moment, is asked what it would do. */
#include "server/explain.h"

#include "base/json.h"
#include "msg/print.h"
#include "server/element_config.h"
#include "server/explain_text.h"
#include "server/wall_clock.h"

#define REQUEST_MAX LIMIT_MSG_BYTES

struct explaining {
    explain_tell *tell;
    void *arg;
    const struct config *config;
    struct element *element;
    time_ns now;
};

/* --- the request --- */

static void put_request(struct buf *b, const struct explain_ask *a, const char *transport)
{
    if (a->message.len > 0) {
        buf_put(b, a->message);
        return;
    }
    size_t space = str_find(a->request, ' ');
    struct str method = str_slice(a->request, 0, space);
    struct str uri = str_trim(str_slice(a->request, space, a->request.len));

    buf_put(b, method);
    buf_put_char(b, ' ');
    buf_put(b, uri);
    buf_put_lit(b, " SIP/2.0\r\nVia: SIP/2.0/");
    buf_put(b, str_from(transport));
    buf_put_lit(b, " explained.invalid;branch=z9hG4bKexplain\r\nMax-Forwards: 70\r\nFrom: <");
    buf_put(b, a->from.len > 0 ? a->from : STR("sip:anonymous@anonymous.invalid"));
    buf_put_lit(b, ">;tag=explain\r\nTo: <");
    buf_put(b, uri);
    buf_put_lit(b, ">\r\nCall-ID: explain\r\nCSeq: 1 ");
    buf_put(b, method);
    buf_put_lit(b, "\r\n");
    for (unsigned i = 0; i < a->n_headers; i++) {
        buf_put(b, a->headers[i]);
        buf_put_lit(b, "\r\n");
    }
    buf_put_lit(b, "Content-Length: 0\r\n\r\n");
}

static bool read_sender(struct str word, enum route_sender *sender)
{
    *sender = str_equal(word, STR("account")) ? ROUTE_ACCOUNT
              : str_equal(word, STR("peer"))  ? ROUTE_PEER
                                              : ROUTE_STRANGER;
    return *sender != ROUTE_STRANGER || word.len == 0 || str_equal(word, STR("stranger"));
}

static void set_flow(struct msg *m, const struct engine *e, const struct explain_ask *a,
                     enum transport transport)
{
    struct flow *f = &m->flow;

    if (a->source.len == 0 ||
        (!addr_parse(a->source, &f->remote) && !addr_parse_ip(a->source, &f->remote)))
        (void)addr_parse(STR("127.0.0.1"), &f->remote);
    f->transport = (uint8_t)transport;
    int at = engine_listener_for(e, transport, &f->remote);
    const struct listener *l = engine_listener(e, at < 0 ? 0 : (unsigned)at);
    f->listener = (uint8_t)(at < 0 ? 0 : at);
    if (l)
        f->local = l->local;
}

/* --- what is told --- */

static void tell_step(void *arg, const struct route_step *s)
{
    struct explaining *x = arg;
    char space[EXPLAIN_TEXT];
    struct buf what;
    struct explain_row row = {
        .rule = s->rule + 1, .line = s->line, .name = s->name, .key = s->key, .found = s->found};

    buf_init(&what, space, sizeof space);
    row.outcome = explain_put_step(&what, s, &x->config->routes.list[s->rule]);
    row.what = buf_str(&what);
    x->tell(x->arg, &row);
}

static void tell_end(struct explaining *x, const struct element_outlook *o)
{
    char space[EXPLAIN_TEXT];
    struct buf what;
    struct explain_row row = {.asked = o->is_asked};

    buf_init(&what, space, sizeof space);
    row.outcome = explain_put_outlook(&what, o, x->config);
    row.what = buf_str(&what);
    row.uri = o->by_rules ? o->decision.uri.text : STR_NONE;
    x->tell(x->arg, &row);
}

static const char *ask(struct explaining *x, const struct explain_ask *a)
{
    struct engine *engine = element_engine(x->element);
    enum transport transport = a->transport.len > 0 ? transport_of(a->transport) : TRANSPORT_UDP;
    struct element_outlook outlook;
    enum route_sender sender;
    char text[REQUEST_MAX];
    struct buf b;

    if (transport == TRANSPORT_NONE)
        return "--transport: expected udp, tcp, tls, ws, wss or sctp";
    if (!read_sender(a->sender, &sender))
        return "--sender: expected account, peer or stranger";
    buf_init(&b, text, sizeof text);
    put_request(&b, a, transport_name(transport));
    struct msg *m = b.over ? NULL : msg_new(engine_blocks(engine), buf_str(&b), MSG_DATAGRAM);
    if (!m)
        return "the request is too long";
    set_flow(m, engine, a, transport);
    bool good = m->n_errors == 0 && m->is_request && msg_uri(m) && msg_from(m);
    if (good) {
        element_explain(x->element, m, sender, x->now, &outlook, tell_step, x);
        tell_end(x, &outlook);
    }
    msg_unref(engine_blocks(engine), m);
    return good ? NULL
                : "the request cannot be read: expected METHOD URI, such as INVITE "
                  "sip:bob@example.com";
}

static bool listen_all(struct engine *e, const struct shared *s)
{
    for (unsigned i = 0; i < s->listen.n; i++)
        if (engine_listen(e, s->listen.list[i].transport, &s->listen.list[i].addr,
                          element_host_of(s, &s->listen.list[i])) < 0)
            return false;
    return true;
}

const char *explain(const struct shared *s, const struct config *config,
                    const struct explain_ask *a, explain_tell *tell, void *arg)
{
    struct explaining x = {
        .tell = tell, .arg = arg, .config = config, .now = net_clock_now(&s->clock)};
    struct element_config c;
    const char *wrong = "there is no memory for it";

    element_config_of(&c, s, config);
    c.engine.worker = 0;
    c.engine.n_workers = 1;
    x.element = element_new(&c);
    if (x.element && listen_all(element_engine(x.element), s)) {
        element_set_clock(x.element, wall_clock_week(), x.now);
        wrong = ask(&x, a);
    }
    element_free(x.element);
    return wrong;
}

static void put_text(FILE *f, const char *key, struct str text)
{
    fprintf(f, ",\"%s\":", key);
    json_string(f, text);
}

void explain_put_json(FILE *f, const struct explain_row *row)
{
    if (row->rule > 0) {
        fprintf(f, "{\"rule\":%u,\"line\":%u", row->rule, row->line);
        if (row->name.len > 0)
            put_text(f, "name", row->name);
        put_text(f, "outcome", str_from(row->outcome));
        if (row->key) {
            put_text(f, "condition", str_from(row->key));
            put_text(f, "found", row->found);
        }
    } else {
        fputs("{\"outcome\":", f);
        json_string(f, str_from(row->outcome));
        fprintf(f, ",\"asked\":%s", row->asked ? "true" : "false");
        if (row->uri.len > 0)
            put_text(f, "uri", row->uri);
    }
    put_text(f, "what", row->what);
    putc('}', f);
}
