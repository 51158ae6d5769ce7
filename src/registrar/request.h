/* What a REGISTER asks for, decoded and judged as far as that needs no bindings (RFC 3261 10.3
 * steps 2 to 7). */
#ifndef TANDEM_SRC_REGISTRAR_REQUEST_H
#define TANDEM_SRC_REGISTRAR_REQUEST_H

#include "base/limits.h"
#include "msg/msg.h"
#include "registrar/registrar.h"

/* One Contact value. */
struct wish {
    const struct nameaddr *contact; /* lives with the message */
    struct str instance;            /* the contact's; empty: none */
    uint32_t expires_s;             /* 0: remove; else what the registrar grants */
    uint16_t q;                     /* 0-1000 */
    bool outbound;                  /* instance and reg-id name its binding (RFC 5626 6) */
};

struct wishes {
    bool star;           /* Contact: * */
    bool path_asked;     /* Supported: path (RFC 3327) */
    bool outbound_asked; /* Supported or Require: outbound (RFC 5626) */
    bool gruu_asked;     /* Supported or Require: gruu (RFC 5627) */
    bool outbound;       /* one of the contacts is outbound */
    struct str call_id;
    uint32_t cseq;
    size_t n; /* 0 without star: only the current bindings are asked for */
    struct wish *list;
};

struct refusal {
    unsigned status;   /* 0: none */
    struct str reason; /* static text; empty: the registered phrase */
};

/* RFC 3261 10.3 step 2: the option tags of Require that a registrar of ours does not have, comma
 * separated (those that fit). True: there are some. */
bool request_unsupported(struct msg *, struct buf *names);
/* Steps 6 and 7. `list` becomes out->list. */
struct refusal request_read(struct msg *, const struct registrar_config *,
                            struct wish list[LIMIT_REGISTER_CONTACTS], struct wishes *out);
/* The Path values of a REGISTER in order, comma separated, unfolded. Writes at most the head's
 * length. */
void request_print_path(struct buf *, const struct msg *);

#endif
