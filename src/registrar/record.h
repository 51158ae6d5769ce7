/* The bytes of a location record and the bindings that they stand for. A record is data: whatever
 * its bytes, reading it is safe. */
#ifndef TANDEM_SRC_REGISTRAR_RECORD_H
#define TANDEM_SRC_REGISTRAR_RECORD_H

#include "base/attr.h"
#include "base/block.h"
#include "base/flow.h"
#include "base/limits.h"
#include "base/time.h"
#include "msg/types.h"

/* RFC 3261 10.3: one contact of an address-of-record. All text is borrowed: from the record or from
 * the REGISTER. */
struct binding {
    struct str uri;
    struct params
        params; /* of the Contact header, as they are echoed; "expires" among them is not stored */
    struct str call_id;
    struct str path; /* RFC 3327: its values, comma separated; empty: none */
    uint32_t cseq;
    uint16_t q;    /* 0-1000 */
    bool by_flow;  /* the phone itself registered: it is reached by its flow */
    bool outbound; /* RFC 5626 6: named by its instance and reg-id, whatever its URI */
    time_ns begun; /* with an instance: since when its Call-IDs have been the same (RFC 5627 5.1) */
    time_ns expires;
    struct flow flow; /* that the REGISTER came in by */
};

#define RECORD_NO_LISTENER 255 /* of a flow: it ended with an earlier run */

/* Newest first. */
struct bindings {
    size_t n;
    struct binding list[LIMIT_BINDINGS];
};

/* The bindings that are alive at `now`; an empty record has none. False: the bytes are no record
 * (none then, too). */
bool record_read(struct str record, time_ns now, struct bindings *out);
/* A block with the record of these bindings, whose texts are views into it from then on, as
 * record_read would have them. NULL with *too_large: over LIMIT_RECORD_BYTES or a text over 64 KiB;
 * else no memory. */
MUST_USE struct block *record_write(struct block_pool *, struct bindings *, bool *too_large);
/* When the record of these bindings may be dropped. */
time_ns record_end(const struct bindings *, time_ns now);

/* The target that a binding is. False: it is none, its flow is gone (RFC 5626 7). */
struct target;
bool binding_target(const struct binding *, struct target *out);

/* Parameters in the form in which they are stored and echoed: ";name=value" without white space or
 * folding, "expires" and what is the registrar's to say
 * left out. Writes at most params.text.len bytes. */
void print_contact_params(struct buf *b, struct params params);
/* May they stand in a record? Nothing in them can end a header's value or begin another one. */
bool is_storable_contact(struct str uri, struct params params);

#endif
