/* CANCEL at a proxy: the branches that are given up (RFC 3261 16.7 step 10, 16.10), with the reason
 * (RFC 3326). */
#include "proxy/context.h"

#define REASON_MAX 512

void context_cancel(struct proxy *p, struct context *c, struct str headers, time_ns now)
{
    for (struct branch *b = c->invite ? c->branches : NULL; b; b = b->next) {
        if (b->status || b->cancelled)
            continue;
        if (b->asked) {
            b->own = true;
            branch_end(p, b, 487, NULL);
            continue;
        }
        /* Where there was no memory for the CANCEL, Timer C goes on. */
        b->cancelled = engine_cancel(p->engine, b->tx, headers, now) != ERR_NOMEM;
        if (b->cancelled)
            wheel_stop(&p->wheel, &b->timer_c);
    }
}

void context_cancel_for(struct proxy *p, struct context *c, unsigned status, time_ns now)
{
    char text[REASON_MAX];
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_put_lit(&b, "Reason: SIP;cause=");
    buf_put_u64(&b, status);
    buf_put_lit(&b, ";text=\"");
    buf_put(&b, status < 300 ? STR("Call completed elsewhere") : status_reason(status));
    buf_put_lit(&b, "\"\r\n");
    context_cancel(p, c, buf_str(&b), now);
}

/* RFC 3326 2: the caller's reasons go with the CANCEL; those that do not fit are left out. */
void context_cancelled(struct proxy *p, struct context *c, struct msg *cancel, time_ns now)
{
    char text[REASON_MAX];
    size_t len = 0;
    context_close(p, c);
    const struct hdr *h = msg_header(cancel, HDR_REASON);
    for (; h; h = msg_header_next(cancel, h)) {
        size_t line = h->end - h->at;
        if (line > sizeof text - len)
            continue;
        memcpy(text + len, cancel->bytes.at + h->at, line);
        len += line;
    }
    context_cancel(p, c, (struct str){text, len}, now);
}
