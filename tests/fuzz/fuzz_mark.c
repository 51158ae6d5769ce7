/* Flow tokens and the marks in our Record-Route URIs: what we made we read, from either side of the
 * dialog; what was changed in any way is not ours. The input: two flows, a number of changes to the
 * URI (offset, byte), then a URI that a stranger made. */
#include "message.h"
#include "proxy/mark.h"
#include "proxy_given.h"

#define URI_MAX 256

static const char by_caller[] =
    "BYE sip:b@192.0.2.2 SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
    "From: <sip:a@example.com>;tag=a\r\nTo: <sip:b@example.com>;tag=b\r\n"
    "Call-ID: 1@192.0.2.1\r\nCSeq: 2 BYE\r\nContent-Length: 0\r\n\r\n";
static const char by_callee[] =
    "BYE sip:a@192.0.2.1 SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK2\r\n"
    "From: <sip:b@example.com>;tag=b\r\nTo: <sip:a@example.com>;tag=a\r\n"
    "Call-ID: 1@192.0.2.1\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n";

/* Has the flow all that its token tells? */
static void check_flow(const struct flow *made, const struct flow *read)
{
    assert(read->transport == made->transport && read->listener == made->listener);
    assert(read->conn == made->conn && addr_equal(&read->local, &made->local));
    if (!transport_is_reliable(made->transport))
        assert(addr_equal(&read->remote, &made->remote));
}

static struct str print_token(const struct flow *f, char at[FLOW_TOKEN_MAX])
{
    struct flow again;
    struct buf b;
    buf_init(&b, at, FLOW_TOKEN_MAX);
    flow_token_print(&b, f);
    assert(!b.over && flow_token_parse(proxy_given(), buf_str(&b), &again));
    check_flow(f, &again);
    return buf_str(&b);
}

/* A text that names a flow names the flow that its own token names. */
static void check_any_token(struct str text)
{
    char at[FLOW_TOKEN_MAX];
    struct flow f;
    struct str exact = exact_copy(text);
    if (flow_token_parse(proxy_given(), exact, &f))
        (void)print_token(&f, at);
    exact_free(exact);
}

static void print_own(struct buf *b, struct msg *m, struct mark mark)
{
    buf_put_lit(b, "sip:192.0.2.10:5060;lr;f=");
    buf_put(b, mark.from);
    buf_put_lit(b, ";g=");
    buf_put(b, mark.to);
    if (mark.stateless)
        buf_put_lit(b, ";m=s");
    buf_put_lit(b, ";t=");
    mark_print(proxy_given(), b, m, mark);
}

/* Is it ours by this request? Then *flow is where the other side is. */
static bool is_ours(struct msg *m, struct str text, struct flow *flow)
{
    struct uri u;
    struct msg_error err;
    bool has_flow = false, ours = false, stateless;
    struct str exact = exact_copy(text);
    if (uri_parse(exact, &u, &err) && u.scheme == URI_SIP)
        ours = mark_read(proxy_given(), m, &u, flow, &has_flow, &stateless);
    assert(!ours || has_flow);
    exact_free(exact);
    return ours;
}

#define COVERED 4

/* The values that the mark covers, the last of each name. */
static void read_covered(struct str text, struct str value[COVERED])
{
    static const char names[COVERED] = {'f', 'g', 't', 'm'};
    struct uri u;
    struct msg_error err;
    struct str name, v;
    for (unsigned i = 0; i < COVERED; i++)
        value[i] = STR_NONE;
    if (!uri_parse(text, &u, &err))
        return;
    struct params params = {u.params};
    for (size_t at = 0; params_next(params, &at, &name, &v);)
        for (unsigned i = 0; i < COVERED; i++)
            if (name.len == 1 && name.at[0] == names[i])
                value[i] = v;
}

static void check_changed(struct msg *m, struct str own, struct str *changes)
{
    char text[URI_MAX];
    struct str before[COVERED], after[COVERED];
    struct flow flow;
    unsigned n = draw_byte(changes) % 8;
    memcpy(text, own.at, own.len);
    while (n-- > 0) {
        size_t at = draw_byte(changes);
        uint8_t byte = draw_byte(changes);
        if (at < own.len)
            text[at] = (char)byte;
    }
    struct str changed = {text, own.len};
    if (!is_ours(m, changed, &flow))
        return;
    read_covered(own, before);
    read_covered(changed, after);
    for (unsigned i = 0; i < COVERED; i++)
        assert(str_equal(before[i], after[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str input = {(const char *)data, size};
    struct message caller, callee;
    struct flow from = proxy_draw_flow(&input), to = proxy_draw_flow(&input), flow;
    char tokens[2][FLOW_TOKEN_MAX], text[URI_MAX];
    struct buf own;
    message_parse(&caller, STR(by_caller), MSG_DATAGRAM);
    message_parse(&callee, STR(by_callee), MSG_DATAGRAM);
    buf_init(&own, text, sizeof text);
    print_own(&own, &caller.m,
              (struct mark){.from = print_token(&from, tokens[0]),
                            .to = print_token(&to, tokens[1]),
                            .stateless = draw_byte(&input) & 1});
    assert(!own.over);
    assert(is_ours(&caller.m, buf_str(&own), &flow));
    check_flow(&to, &flow);
    assert(is_ours(&callee.m, buf_str(&own), &flow));
    check_flow(&from, &flow);
    check_changed(&caller.m, buf_str(&own), &input);
    check_any_token(input);
    assert(!is_ours(&callee.m, input, &flow) || str_equal(input, buf_str(&own)));
    message_free(&caller);
    message_free(&callee);
    return 0;
}
