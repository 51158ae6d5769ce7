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

/* Takes `bytes`, in which our Via line begins at `via_at`. */
static void become(struct engine *e, struct parcel *p, struct block *bytes, size_t via_at,
                   size_t via_len)
{
    block_unref(&e->blocks, p->bytes);
    p->bytes = bytes;
    p->via_at = (uint32_t)via_at;
    p->via_end = (uint32_t)(via_at + via_len);
}

static size_t own_via_len(const struct engine *e, const struct parcel *p, int listener)
{
    return listener < 0 ? 0 : e->listeners[listener].via.len + p->branch_len + 2;
}

static void put_own_via(const struct engine *e, const struct parcel *p, int listener, struct buf *b)
{
    if (listener < 0)
        return;
    buf_put(b, e->listeners[listener].via);
    buf_put(b, (struct str){p->branch, p->branch_len});
    buf_put_lit(b, "\r\n");
}

/* head + our Via + tail as the parcel's new bytes. */
static int assemble(struct engine *e, struct parcel *p, struct str head, struct str tail,
                    int listener)
{
    size_t via_len = own_via_len(e, p, listener), len = head.len + via_len + tail.len;
    struct block *bytes = block_new(&e->blocks, len);
    if (!bytes)
        return ERR_NOMEM;
    struct buf b;
    buf_init(&b, bytes->bytes, len);
    buf_put(&b, head);
    put_own_via(e, p, listener, &b);
    buf_put(&b, tail);
    assert(!b.over && b.len == len);
    bytes->len = (uint32_t)len;
    become(e, p, bytes, head.len, via_len);
    return OK;
}

static int print_text(struct engine *e, struct parcel *p, struct str text, int listener)
{
    size_t line = str_find(text, '\n') + 1;
    if (line >= text.len || text.len > LIMIT_MSG_BYTES)
        return ERR_INVALID;
    return assemble(e, p, str_slice(text, 0, line), str_slice(text, line, text.len), listener);
}

/* The edited request, written once: its start line then makes room for our Via. */
static int print_edited(struct engine *e, struct parcel *p, const struct msg *m,
                        const struct edits *edits, int listener)
{
    size_t len = msg_edited_len(m, edits), via_len = own_via_len(e, p, listener);
    if (edits->over || len > LIMIT_MSG_BYTES)
        return ERR_INVALID;
    struct block *bytes = block_new(&e->blocks, via_len + len);
    if (!bytes)
        return ERR_NOMEM;
    struct buf b;
    buf_init(&b, bytes->bytes + via_len, len);
    msg_print_edited(&b, m, edits);
    assert(!b.over && b.len == len);
    size_t line = str_find(buf_str(&b), '\n') + 1;
    if (line >= len) {
        block_unref(&e->blocks, bytes);
        return ERR_INVALID;
    }
    memmove(bytes->bytes, bytes->bytes + via_len, line);
    buf_init(&b, bytes->bytes + line, via_len);
    put_own_via(e, p, listener, &b);
    bytes->len = (uint32_t)(via_len + len);
    become(e, p, bytes, line, via_len);
    return OK;
}

int parcel_print(struct engine *e, struct parcel *p, struct outgoing *o, int listener)
{
    if (!o->base)
        return print_text(e, p, o->text, listener);
    struct edits none;
    struct edits *edits = o->edits;
    if (!edits) {
        edits_init(&none);
        edits = &none;
    }
    via_mark(e, o->base, edits);
    length_put(e, o->base, edits);
    return print_edited(e, p, o->base, edits, listener);
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
