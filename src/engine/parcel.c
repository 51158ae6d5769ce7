/* Makes the bytes of outgoing requests: branch, our Via, and the same anew for another transport.
 * Sends nothing. */
#include "engine/state.h"

#include <assert.h>

#define BRANCH_RANDOM_AT (7 + 16) /* behind the cookie and the transaction's id */

void parcel_branch(struct engine *e, struct parcel *p, tx_id id, struct str suffix)
{
    struct buf b;
    buf_init(&b, p->branch, sizeof p->branch);
    buf_put_lit(&b, "z9hG4bK");
    buf_put_hex(&b, id, 16);
    buf_put_hex(&b, rand_u64(&e->rand), 16);
    if (suffix.len) {
        buf_put_char(&b, '.');
        buf_put(&b, suffix);
    }
    assert(!b.over);
    p->branch_len = (uint8_t)b.len;
}

void parcel_fini(struct engine *e, struct parcel *p)
{
    block_unref(&e->blocks, p->bytes);
    block_unref(&e->blocks, p->domain);
    p->bytes = p->domain = NULL;
}

void parcel_share(struct parcel *p)
{
    if (p->bytes)
        block_ref(p->bytes);
    if (p->domain)
        block_ref(p->domain);
}

void parcel_rebranch(struct engine *e, struct parcel *p)
{
    struct buf b;
    buf_init(&b, p->branch + BRANCH_RANDOM_AT, 16);
    buf_put_hex(&b, rand_u64(&e->rand), 16);
    assert(!b.over);
}

/* The request without our Via, in scratch (or the caller's text). */
static int print_plain(struct engine *e, struct outgoing *o, struct str *out)
{
    if (!o->base) {
        *out = o->text;
        return o->text.len && o->text.len <= LIMIT_MSG_BYTES ? OK : ERR_INVALID;
    }
    struct edits none;
    struct edits *edits = o->edits;
    if (!edits) {
        edits_init(&none);
        edits = &none;
    }
    via_mark(e, o->base, edits);
    length_put(e, o->base, edits);
    struct buf b;
    buf_init(&b, e->scratch, LIMIT_MSG_BYTES);
    msg_print_edited(&b, o->base, edits);
    *out = buf_str(&b);
    return b.over || edits->over ? ERR_INVALID : OK;
}

/* head + our Via + tail as the parcel's new bytes. */
static int assemble(struct engine *e, struct parcel *p, struct str head, struct str tail,
                    int listener)
{
    struct str via = listener < 0 ? STR_NONE : e->listeners[listener].via;
    size_t via_len = listener < 0 ? 0 : via.len + p->branch_len + 2;
    struct block *bytes = block_new(&e->blocks, head.len + via_len + tail.len);
    if (!bytes)
        return ERR_NOMEM;
    struct buf b;
    buf_init(&b, bytes->bytes, bytes->cap);
    buf_put(&b, head);
    if (via_len) {
        buf_put(&b, via);
        buf_put(&b, (struct str){p->branch, p->branch_len});
        buf_put_lit(&b, "\r\n");
    }
    buf_put(&b, tail);
    bytes->len = (uint32_t)b.len;
    block_unref(&e->blocks, p->bytes);
    p->bytes = bytes;
    p->via_at = (uint32_t)head.len;
    p->via_end = (uint32_t)(head.len + via_len);
    return OK;
}

int parcel_print(struct engine *e, struct parcel *p, struct outgoing *o, int listener)
{
    struct str plain;
    int err = print_plain(e, o, &plain);
    if (err)
        return err;
    size_t line = str_find(plain, '\n') + 1;
    if (line >= plain.len)
        return ERR_INVALID;
    return assemble(e, p, str_slice(plain, 0, line), str_slice(plain, line, plain.len), listener);
}

int parcel_put_via(struct engine *e, struct parcel *p, unsigned listener)
{
    struct str all = block_str(p->bytes);
    return assemble(e, p, str_slice(all, 0, p->via_at), str_slice(all, p->via_end, all.len),
                    (int)listener);
}

/* RFC 3261 18.1.1: over 1300 bytes by TCP, if we have it. */
int parcel_fit(struct engine *e, struct parcel *p)
{
    struct flow tcp;
    if (p->flow.transport != TRANSPORT_UDP || p->bytes->len <= LIMIT_UDP_REQUEST_BYTES ||
        route_to(e, TRANSPORT_TCP, &p->flow.remote, &tcp))
        return OK;
    int err = parcel_put_via(e, p, tcp.listener);
    if (err)
        return err;
    p->flow = tcp;
    p->by_size = true;
    return OK;
}

int parcel_back_to_udp(struct engine *e, struct parcel *p)
{
    struct flow udp;
    assert(p->by_size);
    int err = route_to(e, TRANSPORT_UDP, &p->flow.remote, &udp);
    if (!err)
        err = parcel_put_via(e, p, udp.listener);
    if (err)
        return err;
    p->flow = udp;
    p->by_size = false;
    return OK;
}
