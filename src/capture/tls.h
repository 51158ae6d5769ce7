/* TLS 1.2 (RFC 5246) and 1.3 (RFC 8446) as somebody between sees it who has the secrets: records of
 * both directions, opened. AES-GCM and ChaCha20-Poly1305 (RFC 5288, RFC 7905). Checks nobody's
 * certificate, follows no renegotiation. */
#ifndef TANDEM_CAPTURE_TLS_H
#define TANDEM_CAPTURE_TLS_H

#include "base/str.h"
#include "tls_keys.h"
#include "tls_seal.h"

#define TLS_RECORD_HEAD 5
#define TLS_PLAIN_MOST (16384 + 2048)

/* Does it begin like a record? */
bool tls_is_record(struct str bytes);
/* The length of the record that begins here, head included; 0: none does, or its head is not whole.
 */
size_t tls_record_len(struct str bytes);

struct tls_side {
    bool is_sealed; /* TLS 1.2: ChangeCipherSpec has come */
    bool has_seal;
    struct tls_seal seal;
    uint8_t secret_len; /* TLS 1.3: of what the next keys are made of */
    char secret[TLS_SECRET_MOST];
    uint64_t sequence; /* of the next record */
};

struct tls_session {
    bool has_client, has_server; /* their hellos */
    uint8_t client;              /* which side it is */
    bool is_13;
    uint16_t suite;
    char client_random[TLS_RANDOM], server_random[TLS_RANDOM];
    struct tls_side sides[2];
};

/* NULL: no memory. */
MUST_USE struct tls_session *tls_session_new(struct mem *);
void tls_session_free(struct tls_session *, struct mem *); /* NULL is legal */

enum tls_result {
    TLS_NO_DATA, /* what belongs to TLS itself */
    TLS_OPENED,  /* *plain is data, in `room` */
    TLS_SEALED   /* data that cannot be opened: no secret is known, or the beginning was not seen */
};

/* One whole record that `side` sent. */
enum tls_result tls_read_record(struct tls_session *, const struct tls_keys *, unsigned side,
                                struct str record, char room[TLS_PLAIN_MOST], struct str *plain);

#endif
