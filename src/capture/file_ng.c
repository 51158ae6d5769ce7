/* The blocks of PCAPNG: sections, interfaces, packets, secrets; all others are passed over.
 * draft-ietf-opsawg-pcapng. */
#include "file_inside.h"

enum block {
    BLOCK_INTERFACE = 1,
    BLOCK_OLD_PACKET = 2,
    BLOCK_SIMPLE_PACKET = 3,
    BLOCK_PACKET = 6,
    BLOCK_SECRETS = 10,
    BLOCK_SECTION = 0x0a0d0d0a
};

#define BLOCK_ENDS 12 /* type and length before a block's body, its length again behind it */
#define BLOCK_MOST (LIMIT_CAPTURE_FRAME_BYTES + 64)
#define BYTE_ORDER 0x1a2b3c4dU
#define SECRETS_TLS 0x544c534bU /* "TLSK": a key log */

enum option { OPTION_END = 0, OPTION_RESOLUTION = 9, OPTION_OFFSET = 14 };

static enum capture_read broken(struct capture_file *f)
{
    f->form = FORM_BROKEN;
    return CAPTURE_READ_BAD;
}

static uint64_t resolution(uint8_t exponent)
{
    uint64_t per_s = 1;

    if (exponent & 0x80)
        return (uint64_t)1 << (exponent & 0x3f);
    for (unsigned i = 0; i < exponent && i < 19; i++)
        per_s *= 10;
    return per_s;
}

static void read_option(struct capture_file *f, struct capture_interface *i, unsigned code,
                        struct str value)
{
    if (code == OPTION_RESOLUTION && value.len == 1)
        i->per_s = resolution(get_8(value.at));
    else if (code == OPTION_OFFSET && value.len == 8) {
        uint64_t low = file_32(f, value.at), high = file_32(f, value.at + 4);

        if (f->is_big_endian) {
            uint64_t swap = low;

            low = high;
            high = swap;
        }
        i->offset_s = (int64_t)(high << 32 | low);
    }
}

static void read_options(struct capture_file *f, struct capture_interface *i, struct str rest)
{
    while (rest.len >= 4) {
        unsigned code = file_16(f, rest.at), len = file_16(f, rest.at + 2);

        if (code == OPTION_END || len > rest.len - 4)
            return;
        read_option(f, i, code, str_slice(rest, 4, len));
        rest = behind(rest, 4 + (len + 3) / 4 * 4);
    }
}

/* An interface beyond the bound is not kept: its frames are passed over. */
static void read_interface(struct capture_file *f, struct str body)
{
    if (body.len < 8 || f->n_interfaces == LIMIT_CAPTURE_INTERFACES)
        return;
    struct capture_interface *i = &f->interfaces[f->n_interfaces++];

    *i = (struct capture_interface){
        .link = file_16(f, body.at), .snap_len = file_32(f, body.at + 4), .per_s = 1000000};
    read_options(f, i, behind(body, 8));
}

static enum capture_read pass_over(struct capture_file *f)
{
    f->passed_over++;
    return CAPTURE_READ_MORE;
}

static enum capture_read read_packet(struct capture_file *f, struct str body, bool is_old,
                                     struct capture_frame *out)
{
    if (body.len < 20)
        return pass_over(f);
    uint32_t n = is_old ? file_16(f, body.at) : file_32(f, body.at);
    uint64_t time = (uint64_t)file_32(f, body.at + 4) << 32 | file_32(f, body.at + 8);
    uint32_t len = file_32(f, body.at + 12);

    if (n >= f->n_interfaces || len > body.len - 20)
        return pass_over(f);
    out->at = file_time(time, f->interfaces[n].per_s, f->interfaces[n].offset_s);
    out->link = f->interfaces[n].link;
    out->len = file_32(f, body.at + 16);
    out->bytes = str_slice(body, 20, len);
    return CAPTURE_READ_FRAME;
}

static enum capture_read read_simple(struct capture_file *f, struct str body,
                                     struct capture_frame *out)
{
    if (body.len < 4 || f->n_interfaces == 0)
        return pass_over(f);
    uint32_t len = file_32(f, body.at), snap = f->interfaces[0].snap_len;

    *out = (struct capture_frame){.link = f->interfaces[0].link, .len = len};
    out->bytes = str_slice(body, 4, snap > 0 && snap < len ? snap : len);
    return CAPTURE_READ_FRAME;
}

static enum capture_read read_secrets(struct capture_file *f, struct str body,
                                      struct capture_frame *out)
{
    if (body.len < 8 || file_32(f, body.at) != SECRETS_TLS)
        return CAPTURE_READ_MORE;
    *out = (struct capture_frame){.bytes = str_slice(body, 8, file_32(f, body.at + 4))};
    return CAPTURE_READ_KEYS;
}

static enum capture_read read_block(struct capture_file *f, uint32_t type, struct str body,
                                    struct capture_frame *out)
{
    switch (type) {
    case BLOCK_SECTION:
        f->n_interfaces = 0;
        return CAPTURE_READ_MORE;
    case BLOCK_INTERFACE:
        read_interface(f, body);
        return CAPTURE_READ_MORE;
    case BLOCK_PACKET:
        return read_packet(f, body, false, out);
    case BLOCK_OLD_PACKET:
        return read_packet(f, body, true, out);
    case BLOCK_SIMPLE_PACKET:
        return read_simple(f, body, out);
    case BLOCK_SECRETS:
        return read_secrets(f, body, out);
    default:
        return CAPTURE_READ_MORE;
    }
}

/* A section says its own byte order, behind its type, which reads the same either way. */
static bool read_order(struct capture_file *f, const char *at)
{
    f->is_big_endian = get_32(at) == BYTE_ORDER;
    return f->is_big_endian || get_32_le(at) == BYTE_ORDER;
}

enum capture_read file_ng_block(struct capture_file *f, struct str bytes, size_t *used,
                                struct capture_frame *out)
{
    if (bytes.len < BLOCK_ENDS)
        return CAPTURE_READ_MORE;
    if (get_32(bytes.at) == BLOCK_SECTION && !read_order(f, bytes.at + 8))
        return broken(f);
    uint32_t type = file_32(f, bytes.at), len = file_32(f, bytes.at + 4);

    if (len < BLOCK_ENDS)
        return broken(f);
    if (len > BLOCK_MOST) {
        file_pass_over(f, len);
        return CAPTURE_READ_MORE;
    }
    len = (len + 3) / 4 * 4;
    if (bytes.len < len)
        return CAPTURE_READ_MORE;
    *used = len;
    return read_block(f, type, str_slice(bytes, 8, len - BLOCK_ENDS), out);
}
