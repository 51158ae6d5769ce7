/* Creation of dialogs on both sides (RFC 3261 12.1) and their end; sends nothing. */
#include "dialog/dialog.h"

#include <assert.h>

#include "base/siphash.h"
#include "dialog/route_set.h"
#include "text.h"

#define CSEQ_MAX UINT32_C(0x7fffffff) /* RFC 3261 8.1.1.5 */

static void start(struct dialog *d, struct mem *mem, enum dialog_state state)
{
    *d = (struct dialog){.mem = mem, .state = state, .answered = state == DIALOG_CONFIRMED};
    list_init(&d->node);
}

static int finish(struct dialog *d, struct dialog_text *t)
{
    int err = dialog_text_commit(t, d);
    if (err)
        *d = (struct dialog){0};
    return err;
}

static bool is_sips(struct str uri)
{
    return str_starts_nocase(uri, STR("sips:"));
}

static bool is_complete(const struct dialog_start *s)
{
    struct uri target;
    struct msg_error err;
    return s->call_id.len && s->local_tag.len && s->local.len && s->remote.len && s->cseq > 0 &&
           s->cseq <= CSEQ_MAX && uri_parse(s->target, &target, &err);
}

int dialog_init_trying(struct dialog *d, struct mem *mem, const struct dialog_start *s)
{
    *d = (struct dialog){0};
    if (!is_complete(s))
        return ERR_INVALID;
    struct dialog_text t;
    dialog_text_init(&t);
    t.id.call_id = dialog_text_keep(&t, s->call_id);
    t.id.local_tag = dialog_text_keep(&t, s->local_tag);
    t.local = dialog_text_keep_address(&t, s->local);
    t.remote = dialog_text_keep_address(&t, s->remote);
    t.remote_target = dialog_text_keep(&t, s->target);
    t.contact = dialog_text_keep(&t, s->contact);
    t.routes = dialog_text_keep(&t, s->routes);

    start(d, mem, DIALOG_TRYING);
    d->is_uac = true;
    d->secure = s->over_tls && is_sips(s->target);
    d->has_local_seq = true;
    d->local_seq = s->cseq - 1;
    return finish(d, &t);
}

int dialog_retarget(struct dialog *d, struct str target)
{
    struct uri uri;
    struct msg_error err;
    if (d->state != DIALOG_TRYING || !uri_parse(target, &uri, &err))
        return ERR_INVALID;
    return dialog_text_replace(d, target, d->routes);
}

/* The remote target that a message's Contact names. OK with *uri empty: it has none. */
static int contact_of(struct msg *m, struct str *uri)
{
    *uri = STR_NONE;
    if (!msg_header(m, HDR_CONTACT))
        return OK;
    const struct nameaddr *c = msg_nameaddr_next(m, HDR_CONTACT, NULL);
    /* RFC 3261 12.1.1, 12.1.2: a SIP or SIPS URI */
    if (!c || c->star || (c->uri.scheme != URI_SIP && c->uri.scheme != URI_SIPS))
        return ERR_INVALID;
    *uri = c->uri_text;
    return OK;
}

static int keep_routes(struct dialog_text *t, struct msg *m, enum route_order order)
{
    size_t at = t->buf.len;
    int err = route_set_record(&t->buf, m, order);
    t->routes = (struct str){t->bytes + at, t->buf.len - at};
    return err;
}

static bool makes_dialog(const struct msg *response, const struct nameaddr *to)
{
    /* RFC 3261 12.1: 101-199 with a To tag, or 2xx, which an RFC 2543 peer may send without. */
    if (response->status > 100 && response->status < 200)
        return to->tag.len > 0;
    return response->status >= 200 && response->status < 300;
}

int dialog_init_uac(struct dialog *d, const struct dialog *trying, struct msg *response)
{
    *d = (struct dialog){0};
    const struct nameaddr *to = msg_to(response);
    if (response->is_request || !to || !makes_dialog(response, to))
        return ERR_INVALID;
    struct str target;
    struct dialog_text t;
    dialog_text_init(&t);
    int err = contact_of(response, &target);
    if (!err)
        err = keep_routes(&t, response, ROUTE_REVERSED);
    if (err)
        return err;
    t.id.call_id = dialog_text_keep(&t, trying->id.call_id);
    t.id.local_tag = dialog_text_keep(&t, trying->id.local_tag);
    t.id.remote_tag = dialog_text_keep(&t, to->tag);
    t.local = dialog_text_keep(&t, trying->local);
    t.remote = dialog_text_keep(&t, trying->remote);
    t.remote_target = dialog_text_keep(&t, target.len ? target : trying->remote_target);
    t.contact = dialog_text_keep(&t, trying->contact);

    start(d, trying->mem, response->status < 200 ? DIALOG_EARLY : DIALOG_CONFIRMED);
    d->is_uac = true;
    d->secure = trying->secure;
    d->has_local_seq = true;
    d->local_seq = trying->local_seq;
    d->invite_seq = trying->invite_seq;
    return finish(d, &t);
}

static bool came_over_tls(const struct msg *m)
{
    return m->flow.transport == TRANSPORT_TLS || m->flow.transport == TRANSPORT_WSS;
}

static int text_from_request(struct dialog_text *t, struct msg *request, struct str local_tag,
                             struct str contact)
{
    const struct nameaddr *from = msg_from(request), *to = msg_to(request);
    struct str target;
    int err = contact_of(request, &target);
    if (!err)
        err = keep_routes(t, request, ROUTE_AS_RECEIVED);
    if (err)
        return err;
    t->id.call_id = dialog_text_keep(t, msg_call_id(request));
    t->id.local_tag = dialog_text_keep(t, local_tag);
    t->id.remote_tag = dialog_text_keep(t, from->tag);
    t->local = dialog_text_keep_nameaddr(t, to);
    t->remote = dialog_text_keep_nameaddr(t, from);
    t->remote_target = dialog_text_keep(t, target.len ? target : from->uri_text);
    t->contact = dialog_text_keep(t, contact);
    return OK;
}

int dialog_init_uas(struct dialog *d, struct mem *mem, struct msg *request, unsigned status,
                    struct str local_tag, struct str contact)
{
    assert(status > 100 && status < 300 && local_tag.len > 0);
    *d = (struct dialog){0};
    const struct cseq *cseq = msg_cseq(request);
    if (!request->is_request || !msg_from(request) || !msg_to(request) || !cseq ||
        msg_call_id(request).len == 0)
        return ERR_INVALID;
    struct dialog_text t;
    dialog_text_init(&t);
    int err = text_from_request(&t, request, local_tag, contact);
    if (err)
        return err;
    start(d, mem, status < 200 ? DIALOG_EARLY : DIALOG_CONFIRMED);
    d->secure = came_over_tls(request) && is_sips(request->uri_text);
    d->has_remote_seq = true;
    d->remote_seq = cseq->number;
    return finish(d, &t);
}

bool dialog_wants_sips(struct msg *request)
{
    /* RFC 3261 12.1.1: the Request-URI, else the top Record-Route, else the Contact */
    if (is_sips(request->uri_text))
        return true;
    enum hdr_id id = msg_header(request, HDR_RECORD_ROUTE) ? HDR_RECORD_ROUTE : HDR_CONTACT;
    const struct nameaddr *n = msg_nameaddr_next(request, id, NULL);
    return n && n->uri.scheme == URI_SIPS;
}

void dialog_fini(struct dialog *d)
{
    if (d->text)
        mem_free(d->mem, d->text, d->text_len);
    *d = (struct dialog){0};
}

void dialog_confirm(struct dialog *d)
{
    if (d->state != DIALOG_EARLY)
        return;
    d->state = DIALOG_CONFIRMED;
    d->answered = true;
}

int dialog_confirm_uac(struct dialog *d, struct msg *response)
{
    if (d->state != DIALOG_EARLY)
        return OK;
    struct dialog_text t;
    struct str target;
    dialog_text_init(&t);
    int err = contact_of(response, &target);
    if (!err)
        err = keep_routes(&t, response, ROUTE_REVERSED);
    if (!err && t.buf.over)
        err = ERR_LIMIT;
    if (!err)
        err = dialog_text_replace(d, target.len ? target : d->remote_target, t.routes);
    if (err != ERR_NOMEM)
        dialog_confirm(d);
    return err;
}

void dialog_terminate(struct dialog *d)
{
    d->state = DIALOG_TERMINATED;
}

static int move_target(struct dialog *d, struct msg *m)
{
    struct str target;
    int err = contact_of(m, &target);
    if (err || target.len == 0)
        return err;
    return dialog_text_replace(d, target, d->routes);
}

int dialog_refresh(struct dialog *d, struct msg *request)
{
    return dialog_is_target_refresh(request->method) ? move_target(d, request) : OK;
}

int dialog_answered(struct dialog *d, struct msg *response)
{
    const struct cseq *cseq = msg_cseq(response);
    if (response->status < 200 || response->status > 299 || !cseq ||
        !dialog_is_target_refresh((enum method)cseq->method))
        return OK;
    return move_target(d, response);
}

bool dialog_ends_on(unsigned status)
{
    return status == 481 || status == 408;
}

unsigned dialog_receive(struct dialog *d, struct msg *request)
{
    const struct cseq *cseq = msg_cseq(request);
    if (!cseq)
        return 400;
    if (request->method == METHOD_ACK || request->method == METHOD_CANCEL)
        return 0;
    if (d->state == DIALOG_TERMINATED)
        return 481;
    /* RFC 3261 12.2.2. An equal number belongs to another transaction, which the rule of strictly
     * increasing numbers (12.2.1.1) forbids as well. */
    if (d->has_remote_seq && cseq->number <= d->remote_seq)
        return 500;
    d->has_remote_seq = true;
    d->remote_seq = cseq->number;
    return 0;
}
