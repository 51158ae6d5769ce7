/* Fills the fields of a message with what a session has. Sends nothing. */
#include "msg/print.h"
#include "session.h"

struct filler {
    struct load *load;
    struct session *session;
    struct leg *leg;         /* NULL: of no dialog */
    const struct step *step; /* NULL: a text, no message */
    struct buf *out;
    struct str body; /* already written */
    enum filled result;
    struct msg old; /* the message that came last, where it came before */
    struct msg *last;
};

/* --- what came last --- */

static struct msg *last_message(struct filler *f)
{
    struct load *l = f->load;
    if (!f->last && l->message)
        f->last = l->message;
    if (!f->last && f->session->last)
        f->last = load_parse(l, l->old_space, &f->old, block_str(f->session->last));
    return f->last;
}

static struct hdr *next_named(struct msg *m, const struct piece *p, struct hdr *h)
{
    if (p->number != HDR_NONE)
        return h ? msg_header_next(m, h) : msg_header(m, (enum hdr_id)p->number);
    for (struct hdr *at = h ? h + 1 : m->headers; at < m->headers + m->n_headers; at++)
        if (str_equal_nocase(hdr_name(m, at), p->text))
            return at;
    return NULL;
}

static void put_last(struct filler *f, const struct piece *p)
{
    struct msg *m = last_message(f);
    bool follows = false;
    for (struct hdr *h = m ? next_named(m, p, NULL) : NULL; h; h = next_named(m, p, h)) {
        if (follows)
            buf_put_lit(f->out, "\r\n");
        buf_put(f->out, hdr_name(m, h));
        buf_put_lit(f->out, ": ");
        buf_put(f->out, hdr_value(m, h));
        follows = true;
    }
}

static void put_last_value(struct filler *f, const struct piece *p)
{
    struct msg *m = last_message(f);
    struct hdr *h = m ? next_named(m, p, NULL) : NULL;
    if (m && str_equal_nocase(p->text, STR("message")))
        buf_put(f->out, m->bytes);
    else if (m && str_equal_nocase(p->text, STR("Request_URI")))
        buf_put(f->out, m->uri_text);
    else if (m && str_equal_nocase(p->text, STR("cseq_number")))
        buf_put_u64(f->out, (msg_cseq(m) ? msg_cseq(m)->number : 0) + (uint64_t)0);
    else if (h)
        buf_put(f->out, hdr_value(m, h));
}

/* --- who --- */

static void put_user(struct filler *f)
{
    const struct load_config *c = &f->load->config;
    if (c->users) {
        buf_put(f->out, users_field(c->users, f->session->user, 0));
        return;
    }
    buf_put(f->out, c->user);
    if (c->n_users > 1)
        buf_put_u64(f->out, c->first_user + f->session->user);
}

static void put_piece(struct filler *f, const struct piece *p);

/* A URI of the configuration: it has no field but [user] and what is of a session. */
static void put_uri(struct filler *f, const struct template *t)
{
    for (unsigned i = 0; i < t->n; i++)
        if (t->pieces[i].field != FIELD_CALLEE && t->pieces[i].field != FIELD_CALLER)
            put_piece(f, &t->pieces[i]);
}

static int no_variable(void *arg, struct str name)
{
    (void)arg;
    (void)name;
    return -1;
}

/* As SIPp has it, a user's line may hold credentials: "[authentication username=… password=…]". */
static void put_credentials_of(struct filler *f, struct str text)
{
    static const struct template_names names = {.variable = no_variable};
    char what[100];
    struct template *t = template_text(f->load->mem, text, &names, what, sizeof what);
    if (t && t->n == 1 && t->pieces[0].field == FIELD_AUTHENTICATION)
        f->result = credentials_fill(f->load, f->session, &t->pieces[0], f->out, f->body);
    template_free(t);
}

static void put_user_field(struct filler *f, const struct piece *p)
{
    const struct users *u = f->load->config.users;
    if (!u && p->number == 0) {
        put_user(f);
        return;
    }
    struct str text = u ? users_field(u, f->session->user, (unsigned)p->number) : STR_NONE;
    if (str_starts(text, STR("[authentication")))
        put_credentials_of(f, text);
    else
        buf_put(f->out, text);
}

/* --- the dialog --- */

static void put_branch(struct filler *f)
{
    buf_put_lit(f->out, "z9hG4bK");
    buf_put_hex(f->out, f->load->run, 8);
    buf_put_char(f->out, '.');
    buf_put_u64(f->out, f->session->number);
    buf_put_char(f->out, '.');
    buf_put_u64(f->out, f->leg ? (uint64_t)(f->leg - f->session->legs) : 0);
    buf_put_char(f->out, '.');
    buf_put_u64(f->out, f->leg ? f->leg->branch : 0);
}

static void put_routes(struct filler *f)
{
    struct str routes = f->leg ? peer_routes(f->leg) : STR_NONE;
    if (routes.len > 0)
        buf_put_lit(f->out, "Route: ");
    buf_put(f->out, routes);
}

static void put_peer_tag(struct filler *f)
{
    struct str tag = f->leg ? peer_tag(f->leg) : STR_NONE;
    if (tag.len > 0)
        buf_put_lit(f->out, ";tag=");
    buf_put(f->out, tag);
}

static void put_of_dialog(struct filler *f, const struct piece *p)
{
    const struct leg *leg = f->leg;
    switch ((int)p->field) {
    case FIELD_BRANCH:
        put_branch(f);
        break;
    case FIELD_CALL_ID:
        buf_put(f->out, leg ? leg->call_id : STR_NONE);
        break;
    case FIELD_CSEQ:
        buf_put_u64(f->out, (uint64_t)((int64_t)(leg ? leg->cseq : 0) + p->number));
        break;
    case FIELD_NEXT_URL:
        buf_put(f->out, leg ? peer_target(leg) : STR_NONE);
        break;
    case FIELD_PEER_TAG:
        put_peer_tag(f);
        break;
    case FIELD_ROUTES:
        put_routes(f);
        break;
    case FIELD_TAG:
        buf_put_hex(f->out, leg ? leg->tag : 0, 16);
        break;
    }
}

/* --- where --- */

static void put_of_link(struct filler *f, const struct piece *p)
{
    const struct flow *flow = &f->load->links[f->session->link].flow;
    switch ((int)p->field) {
    case FIELD_LOCAL_IP:
        addr_print_host(f->out, &flow->local);
        break;
    case FIELD_MEDIA_IP:
        addr_print_ip(f->out, &flow->local);
        break;
    case FIELD_LOCAL_IP_TYPE:
    case FIELD_MEDIA_IP_TYPE:
        buf_put_u64(f->out, flow->local.family);
        break;
    case FIELD_LOCAL_PORT:
        buf_put_u64(f->out, (uint64_t)(flow->local.port + p->number));
        break;
    case FIELD_REMOTE_IP:
    case FIELD_SERVER_IP:
        addr_print_host(f->out, &f->session->remote);
        break;
    case FIELD_REMOTE_PORT:
        buf_put_u64(f->out, (uint64_t)(f->session->remote.port + p->number));
        break;
    case FIELD_TRANSPORT:
        buf_put(f->out, str_from(transport_name((enum transport)flow->transport)));
        break;
    }
}

/* --- all --- */

static void put_number(struct filler *f, const struct piece *p, uint64_t n)
{
    buf_put_u64(f->out, n + (uint64_t)(int64_t)p->number);
}

static void put_media_port(struct filler *f, const struct piece *p)
{
    const struct load_config *c = &f->load->config;
    pool_id talk = f->leg ? talk_of(f->load, f->leg) : 0;
    put_number(f, p, talk ? load_rtp_port(c->rtp, talk) : c->media_port);
}

/* RFC 5576 4.1, 6.1 */
static void put_ssrc(struct filler *f)
{
    struct load_rtp *rtp = f->load->config.rtp;
    pool_id talk = f->leg && rtp && load_rtp_speaks(rtp) ? talk_of(f->load, f->leg) : 0;
    if (!talk)
        return;
    buf_put_lit(f->out, "a=ssrc:");
    buf_put_u64(f->out, load_rtp_ssrc(rtp, talk));
    buf_put_lit(f->out, " cname:");
    buf_put_hex(f->out, f->load->run, 16);
}

static void put_of_session(struct filler *f, const struct piece *p)
{
    const struct load *l = f->load;
    const struct variable *v;
    switch ((int)p->field) {
    case FIELD_CALL_NUMBER:
        put_number(f, p, f->session->number);
        break;
    case FIELD_CLOCK_TICK:
        put_number(f, p, (f->session->due - l->began) / NS_PER_MS);
        break;
    case FIELD_EXPIRES:
        buf_put_u64(f->out, l->config.expires_s);
        break;
    case FIELD_LEN:
        put_number(f, p, f->body.len);
        break;
    case FIELD_MEDIA_PORT:
    case FIELD_AUTO_MEDIA_PORT:
    case FIELD_RTPSTREAM_AUDIO_PORT:
    case FIELD_RTPSTREAM_VIDEO_PORT:
        put_media_port(f, p);
        break;
    case FIELD_SSRC:
        put_ssrc(f);
        break;
    case FIELD_SIPP_VERSION:
        buf_put_lit(f->out, "tandem");
        break;
    case FIELD_MSG_INDEX:
        put_number(f, p, (uint64_t)f->session->at);
        break;
    case FIELD_PID:
        put_number(f, p, l->run >> 44);
        break;
    case FIELD_USERID:
        put_number(f, p, f->session->user);
        break;
    case FIELD_VARIABLE:
        v = &f->session->variables[p->number];
        buf_put(f->out, v->text ? block_str(v->text) : STR_NONE);
        break;
    }
}

static void put_piece(struct filler *f, const struct piece *p)
{
    switch ((int)p->field) {
    case FIELD_TEXT:
        buf_put(f->out, p->text);
        break;
    case FIELD_AUTHENTICATION:
        f->result = credentials_fill(f->load, f->session, p, f->out, f->body);
        break;
    case FIELD_LAST:
        put_last(f, p);
        break;
    case FIELD_LAST_VALUE:
        put_last_value(f, p);
        break;
    case FIELD_USER_FIELD:
        put_user_field(f, p);
        break;
    case FIELD_USER:
        put_user(f);
        break;
    case FIELD_CALLEE:
        put_uri(f, f->load->callee);
        break;
    case FIELD_CALLER:
        put_uri(f, f->load->caller);
        break;
    case FIELD_SERVICE:
        buf_put(f->out, f->load->config.service);
        break;
    case FIELD_BRANCH:
    case FIELD_CALL_ID:
    case FIELD_CSEQ:
    case FIELD_NEXT_URL:
    case FIELD_PEER_TAG:
    case FIELD_ROUTES:
    case FIELD_TAG:
        put_of_dialog(f, p);
        break;
    case FIELD_LOCAL_IP:
    case FIELD_MEDIA_IP:
    case FIELD_LOCAL_IP_TYPE:
    case FIELD_MEDIA_IP_TYPE:
    case FIELD_LOCAL_PORT:
    case FIELD_REMOTE_IP:
    case FIELD_SERVER_IP:
    case FIELD_REMOTE_PORT:
    case FIELD_TRANSPORT:
        put_of_link(f, p);
        break;
    default:
        put_of_session(f, p);
        break;
    }
}

static void put_pieces(struct filler *f, const struct template *t, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to && f->result == FILLED; i++) {
        const struct piece *p = &t->pieces[i];
        size_t before = f->out->len;
        put_piece(f, p);
        if (p->alone && f->out->len > before)
            buf_put_lit(f->out, "\r\n");
    }
}

enum filled fill_message(struct load *l, struct session *s, struct leg *leg,
                         const struct step *step, struct buf *out)
{
    struct buf body;
    struct filler f = {.load = l, .session = s, .leg = leg, .step = step, .out = &body};
    const struct template *t = step->message;
    buf_init(&body, l->body, LIMIT_MSG_BYTES);
    put_pieces(&f, t, t->body, t->n);
    f.body = buf_str(&body);
    f.out = out;
    put_pieces(&f, t, 0, t->body);
    buf_put(out, f.body);
    out->over |= body.over;
    return f.result;
}

enum filled fill_text(struct load *l, struct session *s, const struct template *t, struct buf *out)
{
    struct filler f = {.load = l, .session = s, .leg = &s->legs[0], .out = out};
    put_pieces(&f, t, 0, t->n);
    return f.result;
}
