/* Reads capture files, PCAP and PCAPNG, from bytes that come in any portions: frames and TLS
 * secrets out. Knows no link layer and no file system. PCAPNG is read in full: sections of either
 * byte order, interfaces with link types and clocks of their own, secrets. What is broken or too
 * long is passed over where the format tells where it ends. */
#ifndef TANDEM_CAPTURE_FILE_H
#define TANDEM_CAPTURE_FILE_H

#include "base/limits.h"
#include "base/str.h"

/* Link types as capture files number them (https://www.tcpdump.org/linktypes.html). */
enum capture_link {
    LINK_NULL = 0,
    LINK_ETHERNET = 1,
    LINK_PPP = 9,
    LINK_RAW_12 = 12, /* what some systems number raw IP */
    LINK_RAW_14 = 14,
    LINK_PPP_HDLC = 50,
    LINK_PPPOE = 51,
    LINK_RAW = 101,
    LINK_LOOP = 108,
    LINK_SLL = 113,
    LINK_IPV4 = 228,
    LINK_IPV6 = 229,
    LINK_SLL2 = 276
};

struct capture_frame {
    int64_t at;       /* nanoseconds since 1970; 0 where the file does not say */
    uint32_t link;    /* enum capture_link, or another number */
    uint32_t len;     /* as it was on the wire; `bytes` may be less of it */
    struct str bytes; /* borrowed from what was given */
};

struct capture_interface {
    uint16_t link;
    uint32_t snap_len; /* 0: no limit */
    uint64_t per_s;    /* units of its clock in a second */
    int64_t offset_s;  /* of its clock from 1970 */
};

struct capture_file {
    uint8_t form; /* 0: nothing read yet; private to the reader */
    bool is_big_endian, is_nano;
    uint32_t n_interfaces;
    uint64_t skip;        /* bytes still to come of what is passed over */
    uint64_t passed_over; /* frames and blocks that could not be read */
    struct capture_interface interfaces[LIMIT_CAPTURE_INTERFACES];
};

enum capture_read {
    CAPTURE_READ_MORE,  /* nothing whole yet; come again with *used bytes dropped and more behind */
    CAPTURE_READ_FRAME, /* *out is a frame */
    CAPTURE_READ_KEYS,  /* out->bytes is the text of a TLS key log (capture_keys) */
    CAPTURE_READ_BAD    /* neither PCAP nor PCAPNG, or no longer: nothing more can be read */
};

void capture_file_init(struct capture_file *);
/* Is nothing more to be read, whatever comes? */
bool capture_file_is_broken(const struct capture_file *);

/* `bytes` is everything that was not used yet. *used of them are done; call again with the rest.
 * The rest after MORE is never longer than LIMIT_CAPTURE_FRAME_BYTES + 64: that much room is
 * enough. */
enum capture_read capture_file_next(struct capture_file *, struct str bytes, size_t *used,
                                    struct capture_frame *out);

#endif
