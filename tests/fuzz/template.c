/* Makes messages from digits and from earlier ones. */
#include "template.h"

#include "dialog/route_set.h"

static const char *const methods[] = {"INVITE", "ACK",     "BYE",    "CANCEL", "OPTIONS",
                                      "PRACK",  "MESSAGE", "UPDATE", "FOO"};
static const char *const branches[] = {";branch=z9hG4bK0",
                                       ";branch=z9hG4bK1",
                                       ";branch=z9hG4bK2",
                                       ";branch=z9hG4bK3",
                                       ";branch=old0",
                                       ";branch=old1",
                                       "",
                                       ";rport;branch=z9hG4bK0"};
#define LONG "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
static const char *const users[] = {
    "alice@example.com",    "bob@example.com",           "carol@example.com",
    "stranger@example.com", "eve@elsewhere.example.net", LONG LONG LONG LONG "@example.com"};
static const char *const uris[] = {"sip:bob@192.0.2.1",
                                   "sip:bob@example.com",
                                   "sip:alice@example.com",
                                   "sip:example.com",
                                   "sip:192.0.2.1",
                                   "sip:x@203.0.113.5",
                                   "sips:bob@example.com",
                                   "sip:bob@example.com;transport=tcp",
                                   "sip:bob@host.example.net",
                                   "tel:+15550100",
                                   "sip:bob@127.0.0.1:5071",
                                   "sip:192.0.2.1;lr",
                                   "sip:bob@192.0.2.1;maddr=192.0.2.1",
                                   "http://example.com",
                                   "sip:nobody@example.com",
                                   "sip:bob@example.com:5062",
                                   "sip:bob@localhost:5071",
                                   "sip:bob@127.0.0.1:5071;maddr=127.0.0.1",
                                   "sip:" LONG LONG LONG LONG "@example.com"};
static const char *const tags[] = {"", ";tag=b1", ";tag=b2", ";tag=b3"};
static const char *const extras[] = {"",
                                     "Max-Forwards: 0\r\n",
                                     "Max-Forwards: 1\r\n",
                                     "Max-Forwards: 300\r\n",
                                     "Require: foo\r\n",
                                     "Proxy-Require: foo\r\n",
                                     "Route: <sip:192.0.2.1;lr>\r\n",
                                     "Route: <sip:203.0.113.5;lr>\r\n",
                                     "Route: <sip:192.0.2.1;lr>, <sip:203.0.113.5>\r\n",
                                     "Contact: <sip:alice@192.0.2.9>\r\n",
                                     "Contact: <sip:bob@192.0.2.20>\r\n",
                                     "Record-Route: <sip:192.0.2.77;lr>\r\n",
                                     "Max-Breadth: 2\r\n",
                                     "Via: SIP/2.0/UDP 192.0.2.99;branch=z9hG4bKx\r\n",
                                     "Timestamp: 5\r\n",
                                     "Supported: path, 100rel\r\nPath: <sip:192.0.2.20;lr>\r\n",
                                     "Content-Length: 70000\r\n",
                                     "Route: <sip:bob@localhost:5071;lr>\r\n"};
static const char *const contacts[] = {"",
                                       "<sip:alice@192.0.2.9>",
                                       "<sip:bob@192.0.2.20>;q=0.5",
                                       "<sip:bob@192.0.2.21:40000;transport=tcp>",
                                       "*",
                                       "<sip:bob@phone.example.net>",
                                       "<sip:a@192.0.2.9>;expires=0",
                                       "<sip:b@192.0.2.9>;expires=61;q=0.1",
                                       "<sip:c@[2001:db8::9]>",
                                       "<sips:bob@192.0.2.20>",
                                       "<sip:alice@192.0.2.1>",
                                       "<sip:bob@example.com>",
                                       "<sip:i@192.0.2.9>;+sip.instance=\"<urn:x>\";reg-id=1",
                                       "<sip:j@192.0.2.20>;+sip.instance=\"<urn:x>\";reg-id=1",
                                       "<mailto:a@b>",
                                       "<sip:bob@198.51.100.66>"};
static const char *const expires[] = {"",
                                      "Expires: 0\r\n",
                                      "Expires: 60\r\n",
                                      "Expires: 5\r\n",
                                      "Expires: 7300\r\n",
                                      "Expires: x\r\n",
                                      "Expires: 4294967295\r\n"};
static const unsigned statuses[] = {100, 180, 183, 200, 202, 301, 302, 400,
                                    401, 404, 408, 415, 480, 486, 503, 603};
static const char *const answers[] = {"",
                                      "Contact: <sip:bob@192.0.2.20>\r\n",
                                      "Contact: <sip:bob@192.0.2.20;transport=tcp>\r\n",
                                      "WWW-Authenticate: Digest realm=\"a\", nonce=\"b\"\r\n",
                                      "Retry-After: 5\r\n",
                                      "Via: SIP/2.0/UDP 192.0.2.99;branch=z9hG4bKy\r\n",
                                      "Record-Route: <sip:192.0.2.88;lr>\r\n",
                                      "Require: 100rel\r\nRSeq: 1\r\n"};

#define COUNT(table) (sizeof(table) / sizeof(table)[0])
#define CHOICE(s, table) (table)[acts_digit(&(s)->acts, COUNT(table))]

static char room[2 * STAGE_TEXT];

static struct buf begin(void)
{
    struct buf b;
    buf_init(&b, room, sizeof(room));
    return b;
}

static void put(struct buf *b, const char *text)
{
    buf_put(b, str_from(text));
}

static void put_via(struct buf *b, const struct stage *s, unsigned party, const char *branch)
{
    put(b, "Via: SIP/2.0/");
    buf_put(b, stage_via(s, party));
    put(b, branch);
    put(b, "\r\n");
}

static void put_user(struct buf *b, const char *name, const char *user, const char *tag)
{
    put(b, name);
    put(b, ": <sip:");
    put(b, user);
    put(b, ">");
    put(b, tag);
    put(b, "\r\n");
}

static void put_number(struct buf *b, const char *before, uint64_t n, const char *after)
{
    put(b, before);
    buf_put_u64(b, n);
    put(b, after);
}

/* The rest from Max-Forwards, which an extra may bring, to the body. */
static void put_end(struct buf *b, const char *one, const char *two, size_t body)
{
    if (one[0] != 'M' || one[4] != 'F')
        put(b, "Max-Forwards: 70\r\n");
    put(b, one);
    put(b, two);
    if (body > 0)
        put(b, "Content-Type: text/plain\r\n");
    put_number(b, "Content-Length: ", body, "\r\n\r\n");
    for (size_t i = 0; i < body; i++)
        buf_put_char(b, (char)('a' + i % 26));
}

static void play_request(struct stage *s)
{
    static const size_t bodies[] = {0, 20, 1400};
    struct buf b = begin();
    const char *method = CHOICE(s, methods);
    unsigned party = acts_digit(&s->acts, STAGE_PARTIES);
    const char *branch = CHOICE(s, branches);
    put(&b, method);
    put(&b, " ");
    put(&b, CHOICE(s, uris));
    put(&b, " SIP/2.0\r\n");
    put_via(&b, s, party, branch);
    const char *from = CHOICE(s, users);
    if (party == STAGE_STRANGER)
        from = users[3 + acts_digit(&s->acts, 2)];
    put_user(&b, "From", from, ";tag=a1");
    put_user(&b, "To", users[1], CHOICE(s, tags));
    put_number(&b, "Call-ID: c", acts_digit(&s->acts, 4), "\r\n");
    put_number(&b, "CSeq: ", 1 + acts_digit(&s->acts, 8), " ");
    put(&b, method);
    put(&b, "\r\n");
    const char *one = CHOICE(s, extras), *two = CHOICE(s, extras);
    put_end(&b, one, two, CHOICE(s, bodies));
    stage_deliver(s, party, buf_str(&b));
}

static void put_contact(struct buf *b, const char *contact)
{
    if (contact[0] == '\0')
        return;
    put(b, "Contact: ");
    put(b, contact);
    put(b, "\r\n");
}

static void play_register(struct stage *s)
{
    struct buf b = begin();
    unsigned party = acts_digit(&s->acts, STAGE_PARTIES);
    party = party == STAGE_STRANGER ? 0 : party;
    put(&b, "REGISTER sip:example.com SIP/2.0\r\n");
    put_via(&b, s, party, CHOICE(s, branches));
    const char *user = CHOICE(s, users);
    put_user(&b, "From", user, ";tag=r1");
    put_user(&b, "To", user, "");
    put_contact(&b, CHOICE(s, contacts));
    put_contact(&b, CHOICE(s, contacts));
    put(&b, CHOICE(s, expires));
    put_number(&b, "Call-ID: r", acts_digit(&s->acts, 3), "\r\n");
    put_number(&b, "CSeq: ", 1 + acts_digit(&s->acts, 36), " REGISTER\r\n");
    put_end(&b, CHOICE(s, extras), "", 0);
    stage_deliver(s, party, buf_str(&b));
}

/* --- from earlier messages --- */
static void put_lines(struct buf *b, struct msg *m, enum hdr_id id)
{
    for (const struct hdr *h = msg_header(m, id); h; h = msg_header_next(m, h))
        buf_put(b, (struct str){m->bytes.at + h->at, h->end - h->at});
}

static void put_first(struct buf *b, struct msg *m, enum hdr_id id)
{
    const struct hdr *h = msg_header(m, id);
    if (h)
        buf_put(b, (struct str){m->bytes.at + h->at, h->end - h->at});
}

static void put_value(struct buf *b, const char *name, struct msg *m, enum hdr_id id,
                      const char *more)
{
    const struct hdr *h = msg_header(m, id);
    put(b, name);
    buf_put(b, h ? hdr_value(m, h) : STR_NONE);
    put(b, more);
    put(b, "\r\n");
}

static void put_start(struct buf *b, const char *method, struct str uri)
{
    put(b, method);
    put(b, " ");
    buf_put(b, uri.len ? uri : STR("sip:bob@192.0.2.1"));
    put(b, " SIP/2.0\r\n");
}

static uint32_t number_of(struct msg *m)
{
    const struct cseq *c = msg_cseq(m);
    return c ? c->number : 1;
}

static void put_cseq(struct buf *b, uint32_t number, const char *method)
{
    put_number(b, "CSeq: ", number, " ");
    put(b, method);
    put(b, "\r\n");
}

static struct str contact_of(struct msg *m)
{
    const struct nameaddr *c = msg_nameaddr_next(m, HDR_CONTACT, NULL);
    return c ? c->uri_text : STR_NONE;
}

static void put_routes(struct buf *b, struct msg *m, enum route_order order)
{
    char text[STAGE_TEXT];
    struct buf routes;
    buf_init(&routes, text, sizeof(text));
    if (route_set_record(&routes, m, order) || routes.len == 0 || routes.over)
        return;
    put(b, "Route: ");
    buf_put(b, buf_str(&routes));
    put(b, "\r\n");
}

static void play_again(struct stage *s)
{
    const struct kept *k = memory_at(&s->requests_in, acts_digit(&s->acts, 8));
    char text[STAGE_TEXT];
    if (!k)
        return;
    memcpy(text, k->text, k->len);
    stage_deliver(s, k->party, (struct str){text, k->len});
}

/* RFC 3261 9.1 */
static void play_cancel(struct stage *s)
{
    const struct kept *k = memory_at(&s->requests_in, acts_digit(&s->acts, 8));
    struct msg *m = k ? kept_parse(k) : NULL;
    struct buf b = begin();
    if (!m)
        return;
    put_start(&b, "CANCEL", m->uri_text);
    put_first(&b, m, HDR_VIA);
    put_lines(&b, m, HDR_ROUTE);
    put_first(&b, m, HDR_FROM);
    put_first(&b, m, HDR_TO);
    put_first(&b, m, HDR_CALL_ID);
    put_cseq(&b, number_of(m), "CANCEL");
    put_end(&b, "", "", 0);
    stage_deliver(s, k->party, buf_str(&b));
}

static void put_status(struct buf *b, unsigned status)
{
    put_number(b, "SIP/2.0 ", status, " Word\r\n");
}

static void play_response(struct stage *s)
{
    const struct kept *k = memory_at(&s->requests_out, acts_digit(&s->acts, 16));
    unsigned status = CHOICE(s, statuses);
    const char *tag = CHOICE(s, tags), *extra = CHOICE(s, answers);
    unsigned from = acts_digit(&s->acts, 4);
    struct msg *m = k ? kept_parse(k) : NULL;
    struct buf b = begin();
    if (!m)
        return;
    const struct nameaddr *to = msg_to(m);
    put_status(&b, status);
    put_lines(&b, m, HDR_VIA);
    put_lines(&b, m, HDR_RECORD_ROUTE);
    put_first(&b, m, HDR_FROM);
    put_value(&b, "To: ", m, HDR_TO, to && to->tag.len ? "" : tag);
    put_first(&b, m, HDR_CALL_ID);
    put_first(&b, m, HDR_CSEQ);
    put_end(&b, extra, "", 0);
    if (from == 3)
        stage_deliver(s, 2, buf_str(&b));
    else
        stage_answer(s, &k->flow, 1, buf_str(&b));
}

/* RFC 3261 17.1.1.3: the ACK of what is no 2xx is part of its transaction. */
static void put_follow_via(struct buf *b, const struct stage *s, struct msg *m, const char *method,
                           const char *branch)
{
    if (m->status >= 300 && str_equal(str_from(method), STR("ACK")))
        put_first(b, m, HDR_VIA);
    else
        put_via(b, s, 0, branch);
}

static void play_follow(struct stage *s)
{
    const struct kept *k = memory_at(&s->responses_out, acts_digit(&s->acts, 16));
    const char *method = CHOICE(s, methods), *branch = CHOICE(s, branches);
    const char *extra = CHOICE(s, extras);
    struct msg *m = k ? kept_parse(k) : NULL;
    struct buf b = begin();
    if (!m || k->flow.remote.ip[0] == 198)
        return;
    bool is_ack = str_equal(str_from(method), STR("ACK"));
    put_start(&b, method, contact_of(m));
    put_follow_via(&b, s, m, method, branch);
    put_routes(&b, m, ROUTE_REVERSED);
    put_first(&b, m, HDR_FROM);
    put_first(&b, m, HDR_TO);
    put_first(&b, m, HDR_CALL_ID);
    put_cseq(&b, number_of(m) + !is_ack, method);
    put_end(&b, extra, "", 0);
    stage_answer(s, &k->flow, 0, buf_str(&b));
}

static void play_callee(struct stage *s)
{
    const struct kept *k = memory_at(&s->requests_out, acts_digit(&s->acts, 16));
    const char *method = CHOICE(s, methods), *branch = CHOICE(s, branches), *tag = CHOICE(s, tags);
    struct msg *m = k ? kept_parse(k) : NULL;
    struct buf b = begin();
    if (!m)
        return;
    put_start(&b, method, contact_of(m));
    put_via(&b, s, 1, branch);
    put_routes(&b, m, ROUTE_AS_RECEIVED);
    put_value(&b, "From: ", m, HDR_TO, tag);
    put_value(&b, "To: ", m, HDR_FROM, "");
    put_first(&b, m, HDR_CALL_ID);
    put_cseq(&b, 1 + number_of(m), method);
    put_end(&b, "", "", 0);
    stage_answer(s, &k->flow, 1, buf_str(&b));
}

static void play_echo(struct stage *s)
{
    const struct kept *k = memory_at(&s->requests_out, acts_digit(&s->acts, 16));
    char text[STAGE_TEXT];
    if (!k)
        return;
    memcpy(text, k->text, k->len);
    stage_deliver(s, 4, (struct str){text, k->len});
}

bool template_play(struct stage *s, char letter)
{
    static void (*const plays['z' + 1])(struct stage *) = {
        ['d'] = play_request,  ['g'] = play_register, ['a'] = play_again,  ['c'] = play_cancel,
        ['r'] = play_response, ['f'] = play_follow,   ['b'] = play_callee, ['e'] = play_echo,
    };
    if (!plays[(unsigned char)letter])
        return false;
    plays[(unsigned char)letter](s);
    return true;
}
