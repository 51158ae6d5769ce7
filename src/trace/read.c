/* Reads what a trace needs of a message that may be broken anywhere. Keeps nothing. */
#include "trace/read.h"

#include "msg/body.h"
#include "msg/msg.h"
#include "sdp/attribute.h"

struct desk {
    _Alignas(16) char message[LIMIT_MSG_SPACE + LIMIT_MSG_SPACE_PER_BYTE * LIMIT_MSG_BYTES];
    _Alignas(16) char description[(sizeof(struct sdp_line) * LIMIT_SDP_LINES) +
                                  (sizeof(struct sdp_section) * LIMIT_SDP_MEDIA)];
    struct sdp sdp;
    char name[128]; /* of a call whose messages have no Call-ID */
};

struct desk *read_desk_new(struct mem *mem)
{
    return mem_alloc(mem, sizeof(struct desk));
}

void read_desk_free(struct mem *mem, struct desk *desk)
{
    mem_free(mem, desk, sizeof *desk);
}

const struct sdp *description_read(struct desk *desk, struct str text)
{
    sdp_parse(&desk->sdp, text, desk->description, sizeof desk->description);
    return &desk->sdp;
}

static struct str value_of(const struct msg *m, enum hdr_id id)
{
    const struct hdr *h = msg_header(m, id);
    return h ? hdr_value(m, h) : STR_NONE;
}

static struct str user_of(const struct nameaddr *a)
{
    return a ? a->uri.user : STR_NONE;
}

static struct str uri_of(const struct nameaddr *a)
{
    return a ? a->uri_text : STR_NONE;
}

/* "sip:carol@example.com;method=…?Replaces=…" without what follows the host. */
static struct str plain_uri(const struct uri *u)
{
    return str_slice(u->text, 0, u->text.len - u->params.len - u->headers.len);
}

static void add_mark(struct reading *r, struct mark mark)
{
    if (mark.a.len > 0 && r->n_marks < LIMIT_TRACE_MARKS)
        r->marks[r->n_marks++] = mark;
}

/* RFC 7989 5: 32 digits; of a nil UUID all are 0. */
static bool is_uuid(struct str s)
{
    bool nil = true;
    for (size_t i = 0; i < s.len; i++)
        nil = nil && s.at[i] == '0';
    return s.len == 32 && !nil;
}

static void mark_session(struct reading *r, struct msg *m)
{
    struct str value = value_of(m, HDR_SESSION_ID), remote;
    struct str local = str_trim(str_slice(value, 0, str_find(value, ';')));
    struct params params = {str_slice(value, str_find(value, ';'), value.len)};
    if (is_uuid(local))
        add_mark(r, (struct mark){.kind = MARK_SESSION, .a = local});
    if (params_get(params, STR("remote"), &remote) && is_uuid(remote))
        add_mark(r, (struct mark){.kind = MARK_SESSION, .a = remote});
}

static void read_related(struct reading *r, struct msg *m)
{
    static const enum hdr_id ids[] = {HDR_REPLACES, HDR_JOIN, HDR_TARGET_DIALOG};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0] && r->related.len == 0; i++) {
        const struct callid *other = msg_single(m, ids[i]);
        if (other)
            r->related = other->id;
    }
    r->referred = msg_header(m, HDR_REFERRED_BY) != NULL;
}

/* What a request is about, in a word. */
static void read_about(struct reading *r, struct msg *m)
{
    struct trace_item *t = &r->item;
    const struct nameaddr *refer = msg_single(m, HDR_REFER_TO);
    if (t->method == METHOD_REFER && refer) {
        t->about = user_of(refer).len ? user_of(refer) : refer->uri_text;
        add_mark(r, (struct mark){.kind = MARK_REFER, .a = plain_uri(&refer->uri)});
    } else if (t->method == METHOD_NOTIFY && str_starts_nocase(m->body, STR("SIP/2.0 "))) {
        t->about = str_trim(str_slice(m->body, 8, str_find(m->body, '\n')));
        t->about = str_slice(t->about, 0, str_find(t->about, '\r'));
    } else if (msg_header(m, HDR_EVENT)) {
        const struct token *event = msg_single(m, HDR_EVENT);
        t->about = event ? event->name : STR_NONE;
    } else if (r->opens) {
        const struct uri *u =
            t->method == METHOD_REGISTER && msg_to(m) ? &msg_to(m)->uri : msg_uri(m);
        t->about = u ? u->user : STR_NONE;
    }
}

static void read_vias(struct trace_item *t, struct msg *m)
{
    const struct via *top = msg_via(m);
    for (const struct via *v = top; v && t->n_vias < UINT16_MAX; v = msg_via_next(m, v))
        t->n_vias++;
    if (top && addr_parse_ip(top->host, &t->sent_by))
        t->sent_by.port = top->port ? top->port : transport_port(top->transport);
}

static void read_media(struct reading *r, struct desk *desk)
{
    const struct sdp *s = description_read(desk, r->item.sdp);
    const struct sdp_line *line = sdp_line_find(s, s->session, 'o');
    struct sdp_origin origin;
    /* "0" or "1" as session id is everybody's */
    if (line && sdp_read_origin(line->value, &origin) && origin.id.len > 3)
        add_mark(r, (struct mark){.kind = MARK_SDP, .a = origin.id, .b = origin.place.address});
    for (uint32_t i = 0; i < s->n_media && r->n_places < LIMIT_TRACE_PLACES; i++) {
        struct sdp_section section = sdp_media_section(s, i);
        struct sdp_connection c;
        struct sdp_media media;
        if (!sdp_read_media(s->lines[section.first].value, &media) || media.beyond ||
            media.port == 0 || !sdp_proto_is_rtp(media.proto) ||
            !sdp_connection_of(s, section, &c) || c.place.addr.family == ADDR_NONE)
            continue;
        struct place *p = &r->places[r->n_places++];
        *p = (struct place){c.place.addr, i};
        p->addr.port = media.port;
    }
}

static void read_head(struct reading *r, struct msg *m)
{
    struct trace_item *t = &r->item;
    const struct nameaddr *from = msg_from(m), *to = msg_to(m);
    const struct cseq *cseq = msg_cseq(m);
    t->method = cseq && !m->is_request ? (uint8_t)cseq->method : m->method;
    t->method_name = m->is_request ? m->method_name : cseq ? cseq->method_name : STR_NONE;
    t->cseq = cseq ? cseq->number : 0;
    t->status = m->is_request ? 0 : m->status;
    t->reason = m->reason;
    t->uri = m->uri_text;
    t->from_uri = uri_of(from);
    t->to_uri = uri_of(to);
    t->from_tag = from ? from->tag : STR_NONE;
    t->to_tag = to ? to->tag : STR_NONE;
    t->agent =
        value_of(m, m->is_request || !msg_header(m, HDR_SERVER) ? HDR_USER_AGENT : HDR_SERVER);
    t->contact = uri_of(msg_nameaddr_next(m, HDR_CONTACT, NULL));
    read_vias(t, m);
}

static bool is_before(const struct addr *a, const struct addr *b)
{
    int order = memcmp(a->ip, b->ip, sizeof a->ip);
    return order != 0 ? order < 0 : a->port <= b->port;
}

/* Both ways between two are of one call. A space cannot stand in a Call-ID. */
static struct str made_up_id(struct desk *desk, const struct trace_event *event)
{
    bool forward = is_before(&event->from, &event->to);
    struct buf b;
    buf_init(&b, desk->name, sizeof desk->name);
    buf_put_lit(&b, "no Call-ID ");
    addr_print(&b, forward ? &event->from : &event->to);
    buf_put_char(&b, ' ');
    addr_print(&b, forward ? &event->to : &event->from);
    return buf_str(&b);
}

/* Whose message it is has to be told of broken ones, too: they are what is looked for. */
static struct str call_id_of(struct desk *desk, const struct trace_event *event, struct msg *m)
{
    struct str id = msg_call_id(m), as_it_stands = str_trim(value_of(m, HDR_CALL_ID));
    return id.len > 0 ? id : as_it_stands.len > 0 ? as_it_stands : made_up_id(desk, event);
}

bool message_read(struct desk *desk, const struct trace_event *event, struct reading *r)
{
    struct msg m;
    struct body body;
    *r = (struct reading){.item = {.kind = TRACE_MESSAGE,
                                   .transport = event->transport,
                                   .at = event->at,
                                   .last_at = event->at,
                                   .from = event->from,
                                   .to = event->to,
                                   .text = event->text}};
    if (event->text.len > LIMIT_MSG_BYTES)
        return false;
    (void)msg_parse(&m, event->text, MSG_DATAGRAM, desk->message, sizeof desk->message);
    r->call_id = call_id_of(desk, event, &m);
    read_head(r, &m);
    struct trace_item *t = &r->item;
    r->opens = t->status == 0 && t->to_tag.len == 0 && t->method != METHOD_ACK &&
               t->method != METHOD_CANCEL;
    read_about(r, &m);
    if (r->opens) {
        mark_session(r, &m);
        read_related(r, &m);
    }
    body_read(&m, &body);
    t->sdp = body.sdp;
    if (t->sdp.len > 0)
        read_media(r, desk);
    if (r->opens && t->method == METHOD_INVITE)
        add_mark(r, (struct mark){.kind = MARK_CALLED,
                                  .a = user_of(msg_from(&m)),
                                  .b = user_of(msg_to(&m)),
                                  .where = event->to});
    return true;
}
