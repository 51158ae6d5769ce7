/* A SIP message: one immutable block of bytes, an index of its headers, and typed values that are
 * decoded on first use and remembered. Parsing copies nothing and allocates nothing: the index and
 * the typed values go into space that lies behind the bytes in the same block, or that the caller
 * lends. RFC 3261 section 7, 25. */
#ifndef TANDEM_MSG_MSG_H
#define TANDEM_MSG_MSG_H

#include "base/attr.h"
#include "base/block.h"
#include "base/flow.h"
#include "base/time.h"
#include "msg/error.h"
#include "msg/types.h"

/* data/headers.def: HEADER(ID, "Name", "compact or empty", family, flags) */
enum hdr_id {
    HDR_NONE = 0, /* no header, or one that the table does not know: compare its name */
#define HEADER(id, name, compact, family, flags) HDR_##id,
#include "headers.def"
#undef HEADER
    N_HDR
};

/* data/methods.def: METHOD(NAME, flags) */
enum method {
    METHOD_OTHER = 0, /* compare its name: methods are case-sensitive tokens */
#define METHOD(name, flags) METHOD_##name,
#include "methods.def"
#undef METHOD
    N_METHODS
};

/* One header line; its value may be a comma list. Offsets count from the message's first byte. */
struct hdr {
    uint32_t at;                  /* of the name */
    uint32_t end;                 /* behind the line's CRLF, continuation lines included */
    uint32_t value_at, value_len; /* without the white space at both ends */
    uint16_t name_len;
    uint16_t next; /* index + 1 of the next line with the same id; 0: none. Lines of HDR_NONE are
                      not linked */
    uint8_t id;    /* enum hdr_id */
    uint8_t bad;   /* decoding was tried and failed */
    void *typed;   /* the first value of this line once decoded */
};

#define MSG_MAX_ERRORS 16

struct msg {
    uint32_t refs;
    bool is_request;
    uint8_t method;   /* enum method; for a response that of its CSeq, METHOD_OTHER before CSeq is
                         decoded */
    uint16_t status;  /* 100-699 in responses */
    struct str bytes; /* start line to the end of the body; octets behind a UDP message's
                         Content-Length are not in it */
    struct str method_name;
    struct str uri_text; /* Request-URI */
    struct str version;
    struct str reason;
    struct str body;
    uint16_t n_headers;
    uint16_t first[N_HDR]; /* index + 1 of the first line with this id */
    uint16_t keep_s;   /* RFC 6223: how often whoever sent it may send keep-alives here, where its
                          Via asks; 0: that is not answered. Set by the role that takes it */
    uint32_t head_len; /* with the empty line */
    struct hdr *headers;
    struct uri *uri; /* once decoded */
    bool is_folded;  /* some header's value has a CR or LF in it: a folding, or a fault */
    uint8_t n_errors;
    struct msg_error errors[MSG_MAX_ERRORS];
    enum msg_error_code fault; /* what msg_check_essential said; set by the engine */
    char *space;               /* what is left for typed values */
    size_t space_len;
    struct flow flow; /* where it came from; set by who received it */
    time_ns received_at;
    uint64_t call_hash;  /* of the Call-ID: its worker and its transaction are found by it; set by
                            the engine */
    struct block *block; /* the block that holds all of this; NULL: the caller lends the memory */
};

enum msg_framing {
    MSG_DATAGRAM, /* RFC 3261 18.3: no Content-Length means to the end; bytes behind it are cut */
    MSG_STREAM    /* Content-Length is required, `bytes` is exactly one message */
};

/* Parses `bytes`, which must stay as they are while m lives. `space` (16-aligned) takes index and
 * typed values; MSG_SPACE(len) suffices for every legal message. Returns the first fault's code, or
 * MSG_OK. After a fault m holds what could be read (m->errors says what could not), so that an
 * answer can still be built from Via, From, To, Call-ID, CSeq. Fills the start line, the index and
 * the body and checks that the mandatory headers are there once each; their values are decoded on
 * first use. */
enum msg_error_code msg_parse(struct msg *m, struct str bytes, enum msg_framing, void *space,
                              size_t space_len);

/* Bytes of space for a message of `len` bytes. */
size_t msg_space(size_t len);

/* Copies `bytes` into a block of the pool, parses it there and hands over one reference. NULL: no
 * memory. Look at m->n_errors for faults. */
MUST_USE struct msg *msg_new(struct block_pool *, struct str bytes, enum msg_framing);
struct msg *msg_ref(struct msg *);
void msg_unref(struct block_pool *, struct msg *); /* NULL is legal */

/* Checks all that RFC 3261 makes every element check by itself, decoding every header of the table,
 * and notes up to MSG_MAX_ERRORS faults in m->errors in the order of their offsets. Returns the
 * first one's code. */
enum msg_error_code msg_check(struct msg *m);
/* The faults that forbid processing a request at any element: start line, mandatory headers'
 * syntax, CSeq against the method, Content-Length, Via. A fault elsewhere (a bad Date, a bad
 * Contact in a request that is only forwarded) is none. MSG_OK: fit for work. */
enum msg_error_code msg_check_essential(struct msg *m);
/* The status that a server answers a request with on the grounds of m->errors; 0: none (valid, a
 * response, or to be dropped). */
unsigned msg_answer(const struct msg *m);

/* --- the index --- */
static inline struct hdr *msg_header(const struct msg *m, enum hdr_id id)
{
    return m->first[id] ? &m->headers[m->first[id] - 1] : NULL;
}
static inline struct hdr *msg_header_next(const struct msg *m, const struct hdr *h)
{
    return h->next ? &m->headers[h->next - 1] : NULL;
}
struct hdr *msg_header_named(const struct msg *m,
                             struct str name); /* any case, compact forms count */
static inline struct str hdr_name(const struct msg *m, const struct hdr *h)
{
    return (struct str){m->bytes.at + h->at, h->name_len};
}
static inline struct str hdr_value(const struct msg *m, const struct hdr *h)
{
    return (struct str){m->bytes.at + h->value_at, h->value_len};
}

/* --- typed values: NULL where the header is absent or malformed (then m->errors tells) --- */
/* The decoded first value of one line, of the type that data/headers.def gives its header; NULL:
 * malformed (m->errors has why) or a header without a decoder. Other typed headers are read through
 * this: (const struct number *)msg_typed(m, h). */
void *msg_typed(struct msg *m, struct hdr *h);
/* For a header that occurs once: msg_typed of its first line, NULL where absent. */
static inline void *msg_single(struct msg *m, enum hdr_id id)
{
    struct hdr *h = msg_header(m, id);
    return !h ? NULL : h->typed ? h->typed : msg_typed(m, h);
}

const struct uri *msg_uri(struct msg *m); /* the Request-URI */
/* The topmost; only its header line is decoded. */
static inline struct via *msg_via(struct msg *m)
{
    return msg_single(m, HDR_VIA);
}

/* The value behind `v`, decoding the next line where `v` is its line's last. */
struct via *msg_via_next(struct msg *m, const struct via *v);
static inline const struct nameaddr *msg_from(struct msg *m)
{
    return msg_single(m, HDR_FROM);
}

static inline const struct nameaddr *msg_to(struct msg *m)
{
    return msg_single(m, HDR_TO);
}

/* Empty: absent or malformed. */
static inline struct str msg_call_id(struct msg *m)
{
    const struct callid *v = msg_single(m, HDR_CALL_ID);
    return v ? v->id : STR_NONE;
}

const struct cseq *msg_cseq(struct msg *m);
/* -1: absent or malformed; values over 255 count as malformed (RFC 4475 3.1.2.4: then treat it as
 * absent). */
int msg_max_forwards(struct msg *m);
/* All values of all lines of a name-addr list: start with NULL. A malformed line is passed over
 * (its hdr.bad and m->errors tell): whoever must not go on then looks there. msg_via_next stops at
 * one. */
const struct nameaddr *msg_nameaddr_next(struct msg *m, enum hdr_id id,
                                         const struct nameaddr *last);
const struct token *msg_token_next(struct msg *m, enum hdr_id id, const struct token *last);

/* Supported/Require/…: is the option tag or token among the values? Case is ignored. */
bool msg_has_token(struct msg *m, enum hdr_id id, struct str name);

/* --- tables --- */
enum hdr_id hdr_id_of(struct str name); /* any case, compact forms; the name is always compared */
const char *hdr_name_of(enum hdr_id);
enum method method_of(struct str name);
struct str method_name_of(enum method);
/* The registered reason phrase; "Unknown" family phrase by class for others. */
struct str status_reason(unsigned status);

#endif
