/* What the readers of both forms of capture file share. */
#ifndef TANDEM_CAPTURE_FILE_INSIDE_H
#define TANDEM_CAPTURE_FILE_INSIDE_H

#include "bytes.h"
#include "capture/file.h"

enum form { FORM_UNKNOWN, FORM_PCAP, FORM_NG, FORM_BROKEN };

static inline uint32_t file_32(const struct capture_file *f, const char *at)
{
    return f->is_big_endian ? get_32(at) : get_32_le(at);
}

static inline uint16_t file_16(const struct capture_file *f, const char *at)
{
    return f->is_big_endian ? get_16(at) : get_16_le(at);
}

/* `units` of a clock with `per_s` of them in a second, as nanoseconds. */
int64_t file_time(uint64_t units, uint64_t per_s, int64_t offset_s);

/* The next `len` bytes are of no use. */
void file_pass_over(struct capture_file *, uint64_t len);

/* One block of a PCAPNG file that begins at `bytes`: *used is its length once it is done, also
 * where nothing comes of it (MORE). */
enum capture_read file_ng_block(struct capture_file *, struct str bytes, size_t *used,
                                struct capture_frame *out);

#endif
