/* What identifies a transaction (RFC 3261 17.1.3, 17.2.3, 9.2, 8.2.2.2): keys read from messages,
 * hashed, copied and compared. Owns no table. */
#ifndef TANDEM_TX_MATCH_H
#define TANDEM_TX_MATCH_H

#include "msg/msg.h"

enum tx_key_field {
    KEY_BRANCH,
    KEY_HOST,   /* of sent-by */
    KEY_METHOD, /* the name, for methods that the table does not know; else empty */
    KEY_FROM_TAG,
    KEY_CALL_ID,
    KEY_TO_TAG, /* these two for RFC 2543 keys alone */
    KEY_URI,
    N_KEY_FIELDS
};

struct tx_key {
    bool cookie; /* the branch begins with z9hG4bK: RFC 3261 rules; else those of RFC 2543 */
    uint8_t transport;
    uint8_t method; /* enum method */
    uint16_t port;  /* of sent-by, the transport's default where absent */
    uint32_t cseq;
    struct str field[N_KEY_FIELDS];
};

/* The magic cookie of RFC 3261 8.1.1.7. */
bool tx_branch_has_cookie(struct str branch);

/* Reads the key of a request: views into it. False: Via, CSeq, From or Call-ID is unreadable. */
bool tx_key_of(struct msg *request, struct tx_key *);
/* Of the Call-ID's keyed hash and the CSeq number, which all requests have in common that could
 * match each other by the rules below: one look at a table finds a retransmission, what a CANCEL or
 * an ACK belongs to, and what the request merges with. */
uint64_t tx_hash(uint64_t call_hash, uint32_t cseq);

/* The bytes that tx_key_copy needs. */
size_t tx_key_size(const struct tx_key *);
/* Copies the texts into `at` (tx_key_size bytes) and makes *to views of them. */
void tx_key_copy(struct tx_key *to, const struct tx_key *from, char *at);

/* RFC 3261 17.2.3: is `incoming` (not an ACK) a retransmission of the request that made `have`? */
bool tx_key_matches(const struct tx_key *have, const struct tx_key *incoming);
/* 17.2.3 for an ACK and the INVITE's key; reply_tag is the To tag of the response that was sent
 * (RFC 2543 rules look at it). */
bool tx_key_matches_ack(const struct tx_key *invite, const struct tx_key *ack,
                        struct str reply_tag);
/* 9.2: is `have` what the CANCEL names? Any method but CANCEL and ACK. */
bool tx_key_matches_cancel(const struct tx_key *have, const struct tx_key *cancel);

/* 8.2.2.2: From tag, Call-ID and CSeq. */
bool tx_key_merges(const struct tx_key *have, const struct tx_key *incoming);

#endif
