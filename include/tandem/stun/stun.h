/* STUN messages (RFC 8489): read and written, byte for byte. Knows neither transactions nor what a
 * usage does with them; binding.h has the one usage that a SIP server needs.
 *
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  |0 0|     STUN Message Type     |         Message Length        |
 *  |                         Magic Cookie                          |
 *  |                     Transaction ID (96 bits)                  |
 */
#ifndef TANDEM_STUN_STUN_H
#define TANDEM_STUN_STUN_H

#include "base/addr.h"
#include "base/buf.h"

#define STUN_HEADER_BYTES 20
#define STUN_ID_BYTES 12
#define STUN_COOKIE UINT32_C(0x2112a442)

enum stun_class { STUN_REQUEST, STUN_INDICATION, STUN_SUCCESS, STUN_ERROR };
enum { STUN_BINDING = 1 };

/* RFC 8489 14; from 0x8000 on an attribute may be ignored by who does not know it. */
enum stun_type {
    STUN_MAPPED_ADDRESS = 0x0001,
    STUN_USERNAME = 0x0006,
    STUN_MESSAGE_INTEGRITY = 0x0008,
    STUN_ERROR_CODE = 0x0009,
    STUN_UNKNOWN_ATTRIBUTES = 0x000a,
    STUN_REALM = 0x0014,
    STUN_NONCE = 0x0015,
    STUN_MESSAGE_INTEGRITY_SHA256 = 0x001c,
    STUN_PASSWORD_ALGORITHM = 0x001d,
    STUN_USERHASH = 0x001e,
    STUN_XOR_MAPPED_ADDRESS = 0x0020,
    STUN_PASSWORD_ALGORITHMS = 0x8002,
    STUN_ALTERNATE_DOMAIN = 0x8003,
    STUN_SOFTWARE = 0x8022,
    STUN_ALTERNATE_SERVER = 0x8023,
    STUN_FINGERPRINT = 0x8028
};

/* Could these bytes be STUN's, and can they be nothing of SIP? By the first two bits and the magic
 * cookie (RFC 8489 6.3, RFC 5626 8). */
bool stun_is(struct str bytes);

struct stun_msg {
    struct str bytes; /* borrowed: header and attributes */
    uint16_t method;
    enum stun_class class;
    struct str id; /* STUN_ID_BYTES */
};

/* All of `bytes` is one message, and its attributes fill it. False: it is not; *out is undefined
 * and the bytes are to be dropped. Attributes that nobody knows are no fault. */
bool stun_parse(struct str bytes, struct stun_msg *out);

struct stun_attr {
    uint16_t type;
    struct str value; /* without padding */
    size_t at;        /* where the attribute begins in the message; 0: before the first */
};
/* In order; start with a zeroed one. What stands behind MESSAGE-INTEGRITY is left out, but for
 * MESSAGE-INTEGRITY-SHA256 and FINGERPRINT, and all behind FINGERPRINT (RFC 8489 14.5 to 14.7). */
bool stun_attr_next(const struct stun_msg *, struct stun_attr *);
/* The first one of the type (RFC 8489 14: others count for nothing). */
bool stun_attr_find(const struct stun_msg *, enum stun_type, struct stun_attr *out);

/* MAPPED-ADDRESS and its like. False: it is none. */
bool stun_read_addr(struct str value, struct addr *out);
/* XOR-MAPPED-ADDRESS and its like. */
bool stun_read_xor_addr(const struct stun_msg *, struct str value, struct addr *out);
/* ERROR-CODE: 300 to 699; 0: it is none. */
unsigned stun_read_error(struct str value, struct str *reason);

/* RFC 8489 14.7: there is one, it is the last attribute and right. */
bool stun_has_fingerprint(const struct stun_msg *);
/* … or there is one and it is wrong: not STUN's bytes. */
bool stun_is_forged(const struct stun_msg *);
/* RFC 8489 14.5, 14.6: is there one of this type (MESSAGE_INTEGRITY or …_SHA256), and by this key?
 * The SHA-256 one may be cut to 16 bytes and more, by fours. */
bool stun_is_authentic(const struct stun_msg *, enum stun_type, struct str key);

/* --- written into a buf that holds nothing else; what does not fit sticks in it --- */
/* `id`: STUN_ID_BYTES of them. */
void stun_begin(struct buf *, enum stun_class, uint16_t method, struct str id);
void stun_put(struct buf *, enum stun_type, struct str value);
void stun_put_addr(struct buf *, enum stun_type, const struct addr *);
void stun_put_xor_addr(struct buf *, enum stun_type, const struct addr *);
/* `code`: 300 to 699 */
void stun_put_error(struct buf *, unsigned code, struct str reason);
void stun_put_unknown(struct buf *, const uint16_t *types, size_t n);
/* Last come these, in this order. */
void stun_put_integrity(struct buf *, enum stun_type, struct str key);
void stun_put_fingerprint(struct buf *);

#endif
