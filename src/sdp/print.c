/* Lines and whole descriptions written. */
#include "sdp/print.h"

static void end_line(struct buf *b)
{
    buf_put_lit(b, "\r\n");
}

void sdp_put_line(struct buf *b, char type, struct str value)
{
    buf_put_char(b, type);
    buf_put_char(b, '=');
    buf_put(b, value);
    end_line(b);
}

static void put_place(struct buf *b, const struct addr *addr)
{
    buf_put(b, addr->family == ADDR_IP6 ? STR("IN IP6 ") : STR("IN IP4 "));
    addr_print_ip(b, addr);
}

void sdp_put_connection(struct buf *b, const struct addr *addr)
{
    buf_put_lit(b, "c=");
    put_place(b, addr);
    end_line(b);
}

void sdp_put_session(struct buf *b, uint64_t id, uint64_t version, const struct addr *addr)
{
    buf_put_lit(b, "v=0\r\no=- ");
    buf_put_u64(b, id);
    buf_put_char(b, ' ');
    buf_put_u64(b, version);
    buf_put_char(b, ' ');
    put_place(b, addr);
    buf_put_lit(b, "\r\ns=-\r\n");
    sdp_put_connection(b, addr);
    buf_put_lit(b, "t=0 0\r\n");
}

void sdp_put_media(struct buf *b, const struct sdp_media *media)
{
    struct str formats = media->formats, format;
    buf_put_lit(b, "m=");
    buf_put(b, media->kind);
    buf_put_char(b, ' ');
    buf_put_u64(b, media->port);
    if (media->n_ports > 1) {
        buf_put_char(b, '/');
        buf_put_u64(b, media->n_ports);
    }
    buf_put_char(b, ' ');
    buf_put(b, media->proto);
    while (sdp_format_next(&formats, &format)) {
        buf_put_char(b, ' ');
        buf_put(b, format);
    }
    end_line(b);
}

void sdp_put_flag(struct buf *b, struct str name)
{
    sdp_put_line(b, 'a', name);
}

static void begin_attribute(struct buf *b, struct str name)
{
    buf_put_lit(b, "a=");
    buf_put(b, name);
    buf_put_char(b, ':');
}

void sdp_put_attribute(struct buf *b, struct str name, struct str value)
{
    begin_attribute(b, name);
    buf_put(b, value);
    end_line(b);
}

void sdp_put_number(struct buf *b, struct str name, uint64_t value)
{
    begin_attribute(b, name);
    buf_put_u64(b, value);
    end_line(b);
}

void sdp_put_rtpmap(struct buf *b, const struct sdp_rtpmap *map)
{
    begin_attribute(b, STR("rtpmap"));
    buf_put_u64(b, map->payload_type);
    buf_put_char(b, ' ');
    buf_put(b, map->encoding);
    buf_put_char(b, '/');
    buf_put_u64(b, map->clock);
    if (map->params.len > 0) {
        buf_put_char(b, '/');
        buf_put(b, map->params);
    }
    end_line(b);
}

/* The lines of these types, in the order in which they stand. */
static bool put_lines(struct buf *b, const struct sdp *s, struct sdp_section section,
                      struct str types)
{
    bool any = false;
    for (uint32_t i = section.first; i < section.first + section.n; i++) {
        if (str_find(types, s->lines[i].type) == types.len)
            continue;
        sdp_put_line(b, s->lines[i].type, s->lines[i].value);
        any = true;
    }
    return any;
}

/* What does not belong here, but stood here. */
static void put_misplaced(struct buf *b, const struct sdp *s, struct sdp_section section,
                          struct str known)
{
    for (uint32_t i = section.first; i < section.first + section.n; i++)
        if (str_find(known, s->lines[i].type) == known.len)
            sdp_put_line(b, s->lines[i].type, s->lines[i].value);
}

static void put_session(struct buf *b, const struct sdp *s)
{
    static const struct str first = STR_INIT("vo"), middle = STR_INIT("iuepcb");
    for (size_t i = 0; i < first.len; i++)
        (void)put_lines(b, s, s->session, str_slice(first, i, 1));
    if (!put_lines(b, s, s->session, STR("s")))
        buf_put_lit(b, "s=-\r\n");
    for (size_t i = 0; i < middle.len; i++)
        (void)put_lines(b, s, s->session, str_slice(middle, i, 1));
    if (!put_lines(b, s, s->session, STR("trz")))
        buf_put_lit(b, "t=0 0\r\n");
    (void)put_lines(b, s, s->session, STR("k"));
    (void)put_lines(b, s, s->session, STR("a"));
}

void sdp_print(struct buf *b, const struct sdp *s)
{
    static const struct str order = STR_INIT("micbka");
    put_session(b, s);
    for (uint32_t n = 0; n < s->n_media; n++) {
        for (size_t i = 0; i < order.len; i++)
            (void)put_lines(b, s, s->media[n], str_slice(order, i, 1));
        put_misplaced(b, s, s->media[n], order);
    }
}
