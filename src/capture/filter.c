/* Asks packets what a filter wants to know of them. */
#include "capture/filter.h"

#include "bytes.h"
#include "ip.h"
#include "link.h"
#include "tunnel.h"

/* What a term is asked about. */
struct hop {
    const struct addr *from, *to;
    unsigned protocol;
};

static bool end_fits(const struct capture_term *t, const struct addr *a)
{
    return t->what == CAPTURE_NET ? addr_block_has(&t->net, a)
                                  : a->port >= t->ports[0] && a->port <= t->ports[1];
}

static bool term_fits(const struct capture_term *t, const struct hop *h)
{
    if ((t->protocol && t->protocol != h->protocol) || (t->family && t->family != h->from->family))
        return false;
    return t->what == CAPTURE_ALL || (t->side != CAPTURE_TO && end_fits(t, h->from)) ||
           (t->side != CAPTURE_FROM && end_fits(t, h->to));
}

static bool fits(const struct capture_filter *f, const struct hop *h)
{
    bool stack[LIMIT_CAPTURE_FILTER_TERMS];
    unsigned n = 0;

    for (unsigned i = 0; i < f->n; i++) {
        const struct capture_term *t = &f->terms[i];

        switch (t->kind) {
        case CAPTURE_TERM:
            stack[n++] = term_fits(t, h);
            break;
        case CAPTURE_NOT:
            stack[n - 1] = !stack[n - 1];
            break;
        case CAPTURE_AND:
            n--;
            stack[n - 1] = stack[n - 1] && stack[n];
            break;
        case CAPTURE_OR:
            n--;
            stack[n - 1] = stack[n - 1] || stack[n];
            break;
        }
    }
    return n == 0 || stack[0];
}

bool capture_filter_fits(const struct capture_filter *f, const struct addr *from,
                         const struct addr *to, unsigned protocol)
{
    return fits(f, &(struct hop){from, to, protocol});
}

static void read_ports(struct ip_packet *p)
{
    bool has_ports = p->protocol == IP_UDP || p->protocol == IP_TCP || p->protocol == IP_SCTP;

    if (has_ports && p->payload.len >= 4) {
        p->from.port = get_16(p->payload.at);
        p->to.port = get_16(p->payload.at + 2);
    }
}

bool capture_filter_frame(const struct capture_filter *f, const struct capture_frame *frame)
{
    struct str packet;
    struct ip_packet p;

    if (f->n == 0)
        return true;
    if (!link_packet(frame->link, frame->bytes, &packet))
        return false;
    for (unsigned depth = 0; depth < LIMIT_CAPTURE_TUNNELS && ip_read(packet, &p); depth++) {
        if (p.is_fragment && p.offset > 0)
            return true;
        read_ports(&p);
        if (capture_filter_fits(f, &p.from, &p.to, p.protocol))
            return true;
        if (!tunnel_packet(&p, &packet))
            return false;
    }
    return false;
}
