/* Capture files: which of the two forms it is, and the records of PCAP. What a frame holds is not
 * looked at. draft-ietf-opsawg-pcap. */
#include "file_inside.h"

#include "base/time.h"

#define PCAP_HEAD 24
#define PCAP_RECORD_HEAD 16
#define MAGIC_MICRO 0xa1b2c3d4U
#define MAGIC_NANO 0xa1b23c4dU
#define MAGIC_NG 0x0a0d0d0aU

void capture_file_init(struct capture_file *f)
{
    *f = (struct capture_file){.form = FORM_UNKNOWN};
}

bool capture_file_is_broken(const struct capture_file *f)
{
    return f->form == FORM_BROKEN;
}

void file_pass_over(struct capture_file *f, uint64_t len)
{
    f->skip = len;
    f->passed_over++;
}

int64_t file_time(uint64_t units, uint64_t per_s, int64_t offset_s)
{
    uint64_t s = units / per_s, part = units % per_s;

    /* part * 10^9 has to fit 64 bits */
    for (; per_s >> 34; per_s >>= 1)
        part >>= 1;
    uint64_t all = (s + (uint64_t)offset_s) * NS_PER_S + part * NS_PER_S / per_s;

    return all > INT64_MAX ? 0 : (int64_t)all;
}

/* The four ways in which the first bytes may tell the order and the clock. */
static bool read_magic(struct capture_file *f, const char *at)
{
    uint32_t big = get_32(at), little = get_32_le(at);

    f->is_big_endian = big == MAGIC_MICRO || big == MAGIC_NANO;
    f->is_nano = big == MAGIC_NANO || little == MAGIC_NANO;
    return f->is_big_endian || little == MAGIC_MICRO || little == MAGIC_NANO;
}

static enum capture_read read_head(struct capture_file *f, struct str bytes, size_t *used)
{
    if (bytes.len < 4)
        return CAPTURE_READ_MORE;
    if (get_32(bytes.at) == MAGIC_NG) {
        f->form = FORM_NG;
        return CAPTURE_READ_MORE;
    }
    if (!read_magic(f, bytes.at)) {
        f->form = FORM_BROKEN;
        return CAPTURE_READ_BAD;
    }
    if (bytes.len < PCAP_HEAD)
        return CAPTURE_READ_MORE;
    /* the upper bits of the link type tell of frame check sequences, which do no harm */
    f->interfaces[0].link = (uint16_t)file_32(f, bytes.at + 20);
    f->form = FORM_PCAP;
    *used = PCAP_HEAD;
    return CAPTURE_READ_MORE;
}

static enum capture_read read_record(struct capture_file *f, struct str bytes, size_t *used,
                                     struct capture_frame *out)
{
    if (bytes.len < PCAP_RECORD_HEAD)
        return CAPTURE_READ_MORE;
    uint32_t s = file_32(f, bytes.at), part = file_32(f, bytes.at + 4);
    uint32_t len = file_32(f, bytes.at + 8);

    if (len > LIMIT_CAPTURE_FRAME_BYTES) {
        *used = PCAP_RECORD_HEAD;
        file_pass_over(f, len);
        return CAPTURE_READ_MORE;
    }
    if (bytes.len - PCAP_RECORD_HEAD < len)
        return CAPTURE_READ_MORE;
    out->at = (int64_t)s * (int64_t)NS_PER_S + (int64_t)part * (f->is_nano ? 1 : 1000);
    out->link = f->interfaces[0].link;
    out->len = file_32(f, bytes.at + 12);
    out->bytes = str_slice(bytes, PCAP_RECORD_HEAD, len);
    *used = PCAP_RECORD_HEAD + len;
    return CAPTURE_READ_FRAME;
}

static enum capture_read read_next(struct capture_file *f, struct str bytes, size_t *used,
                                   struct capture_frame *out)
{
    if (f->form == FORM_UNKNOWN)
        return read_head(f, bytes, used);
    if (f->form == FORM_PCAP)
        return read_record(f, bytes, used, out);
    return f->form == FORM_NG ? file_ng_block(f, bytes, used, out) : CAPTURE_READ_BAD;
}

static size_t skip(struct capture_file *f, struct str bytes)
{
    size_t n = f->skip < bytes.len ? (size_t)f->skip : bytes.len;

    f->skip -= n;
    return n;
}

enum capture_read capture_file_next(struct capture_file *f, struct str bytes, size_t *used,
                                    struct capture_frame *out)
{
    enum capture_read r = CAPTURE_READ_MORE;
    uint8_t form;
    size_t done;

    *used = 0;
    do {
        form = f->form;
        done = skip(f, behind(bytes, *used));
        if (done == 0 && f->skip == 0)
            r = read_next(f, behind(bytes, *used), &done, out);
        *used += done;
    } while (r == CAPTURE_READ_MORE &&
             (done > 0 || f->form != form || (f->skip > 0 && *used < bytes.len)));
    return r;
}
