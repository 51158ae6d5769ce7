/* One direction of a stream, piece by piece: gather, see what it is, cut. */
#include "content.h"

#include "base/limits.h"
#include "bytes.h"
#include "inside.h"
#include "sip_like.h"
#include "tls.h"
#include "web.h"

#define HELD_MOST ((size_t)LIMIT_CAPTURE_MESSAGE_BYTES + 65536)

void content_init(struct content *c)
{
    *c = (struct content){.kind = CONTENT_UNKNOWN};
}

void content_fini(struct content *c, struct mem *mem)
{
    held_free(&c->held, mem);
    held_free(&c->message, mem);
    if (c->inner)
        content_fini(c->inner, mem);
    mem_free(mem, c->inner, sizeof(*c->inner));
}

/* --- what waits for more --- */

char *held_room(struct held *h, struct mem *mem, size_t len)
{
    if (h->len + len > h->cap) {
        size_t cap = h->len + len < 2 * h->cap ? 2 * h->cap : h->len + len;
        char *at = mem_alloc(mem, cap);

        if (!at)
            return NULL;
        if (h->len > 0)
            memcpy(at, h->at, h->len);
        mem_free(mem, h->at, h->cap);
        h->at = at;
        h->cap = cap;
    }
    return h->at + h->len;
}

void held_free(struct held *h, struct mem *mem)
{
    mem_free(mem, h->at, h->cap);
    *h = (struct held){0};
}

void held_drop(struct held *h, size_t len)
{
    h->len -= len;
    if (h->len > 0)
        memmove(h->at, h->at + len, h->len);
}

/* --- its kinds; each step returns how many bytes are done, 0: more has to come --- */

static void begin(struct content *c, enum content_kind kind)
{
    c->kind = (uint8_t)kind;
    c->message.len = 0;
    if (kind == CONTENT_SIP)
        frame_init(&c->frame, LIMIT_CAPTURE_MESSAGE_BYTES);
}

static bool is_http(struct str s)
{
    return str_starts(s, STR("GET ")) || str_starts(s, STR("HTTP/1.1 "));
}

/* The handshake of a WebSocket, of either side (RFC 6455 4). */
static size_t take_http(struct content *c, struct str s)
{
    size_t end = web_handshake_end(s);

    if (end == 0)
        return s.len > LIMIT_WS_HANDSHAKE_BYTES ? s.len : 0;
    if (!web_is_handshake(str_slice(s, 0, end)))
        return s.len;
    begin(c, CONTENT_WEB);
    return end;
}

static size_t find_out(struct content *c, struct str all)
{
    struct str s = sip_behind_line_ends(all);
    enum sip_like like = s.len > 0 ? sip_like(s) : SIP_NOT;

    if (like == SIP_LIKE)
        begin(c, CONTENT_SIP);
    else if (tls_is_record(s))
        begin(c, CONTENT_TLS);
    else if (is_http(s))
        return all.len - s.len + take_http(c, s);
    else if (web_is_sip(s))
        begin(c, CONTENT_WEB);
    else if (like == SIP_NOT)
        return all.len;
    return all.len - s.len;
}

/* A message that does not say its length ends with its head. */
static size_t take_bad(struct capture *cap, struct content *c, const struct way *w, struct str s)
{
    size_t end = web_handshake_end(s);

    if (end > 0)
        capture_tell(cap, w, str_slice(s, 0, end));
    begin(c, CONTENT_UNKNOWN);
    return end > 0 ? end : s.len;
}

static size_t take_sip(struct capture *cap, struct content *c, const struct way *w, struct str s)
{
    size_t skip, len;
    unsigned status;

    switch (frame_next(&c->frame, s, &skip, &len, &status)) {
    case FRAME_MORE:
        return skip;
    case FRAME_PING:
        return skip + len;
    case FRAME_MESSAGE:
        if (sip_like(str_slice(s, skip, len)) == SIP_LIKE)
            capture_tell(cap, w, str_slice(s, skip, len));
        else
            begin(c, CONTENT_UNKNOWN);
        return skip + len;
    case FRAME_BAD:
    default:
        return skip + take_bad(cap, c, w, behind(s, skip));
    }
}

static size_t take_web(struct capture *cap, struct content *c, const struct way *w, struct str s)
{
    struct way web = *w;
    struct str message = STR_NONE;
    size_t done;

    web.transport = w->transport == TRANSPORT_TLS ? TRANSPORT_WSS : TRANSPORT_WS;
    switch (web_next(&c->message, &cap->heap.mem, c->held.at, s.len, &done, &message)) {
    case WEB_BAD:
        begin(c, CONTENT_UNKNOWN);
        return s.len;
    case WEB_MESSAGE:
        if (message.len > 0)
            message = sip_behind_line_ends(message);
        if (sip_like(message) == SIP_LIKE)
            capture_tell(cap, &web, message);
        c->message.len = 0;
        return done;
    case WEB_MORE:
    default:
        return done;
    }
}

/* What was opened goes to the content inside, which is never TLS again. */
static void take_opened(struct capture *cap, struct content *c, unsigned side, const struct way *w,
                        struct str plain)
{
    struct way inner = *w;

    if (!c->inner) {
        c->inner = mem_alloc(&cap->heap.mem, sizeof(*c->inner));
        if (!c->inner)
            return;
        content_init(c->inner);
    }
    inner.transport = TRANSPORT_TLS;
    content_take(cap, c->inner, NULL, side, &inner, plain);
}

static size_t take_tls(struct capture *cap, struct content *c, struct tls_session **tls,
                       unsigned side, const struct way *w, struct str s)
{
    char room[TLS_PLAIN_MOST];
    struct str plain;
    size_t len = tls_record_len(s);

    if (len == 0 && s.len >= TLS_RECORD_HEAD)
        return s.len; /* no record: the stream was cut; it goes on where one begins */
    if (len == 0 || s.len < len)
        return 0;
    if (!*tls)
        *tls = tls_session_new(&cap->heap.mem);
    if (*tls)
        switch (tls_read_record(*tls, &cap->keys, side, str_slice(s, 0, len), room, &plain)) {
        case TLS_OPENED:
            take_opened(cap, c, side, w, plain);
            break;
        case TLS_SEALED:
            cap->counts.sealed++;
            break;
        case TLS_NO_DATA:
            break;
        }
    return len;
}

static size_t step(struct capture *cap, struct content *c, struct tls_session **tls, unsigned side,
                   const struct way *w, struct str s)
{
    switch ((enum content_kind)c->kind) {
    case CONTENT_SIP:
        return take_sip(cap, c, w, s);
    case CONTENT_WEB:
        return take_web(cap, c, w, s);
    case CONTENT_TLS:
        return tls ? take_tls(cap, c, tls, side, w, s) : s.len;
    case CONTENT_UNKNOWN:
        break;
    }
    return find_out(c, s);
}

void content_take(struct capture *cap, struct content *c, struct tls_session **tls, unsigned side,
                  const struct way *w, struct str bytes)
{
    struct mem *mem = &cap->heap.mem;
    uint8_t kind;
    size_t done;

    if (bytes.len == 0)
        return;
    if (c->held.len + bytes.len > HELD_MOST)
        content_gap(c);
    char *room = held_room(&c->held, mem, bytes.len);

    if (!room) {
        content_gap(c);
        return;
    }
    memcpy(room, bytes.at, bytes.len);
    c->held.len += bytes.len;
    do {
        kind = c->kind;
        done = step(cap, c, tls, side, w, (struct str){c->held.at, c->held.len});
        held_drop(&c->held, done);
    } while (c->held.len > 0 && (done > 0 || c->kind != kind));
    if (c->held.len == 0)
        held_free(&c->held, mem);
}

void content_gap(struct content *c)
{
    c->held.len = 0;
    if (c->inner)
        content_gap(c->inner);
    if (c->kind != CONTENT_TLS)
        begin(c, CONTENT_UNKNOWN);
}
