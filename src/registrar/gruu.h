/* GRUUs: addresses that lead to one instance of a user (RFC 5627). Public ones say which; temporary
 * ones say nothing to anybody but us, and no table is kept of them: what a REGISTER has made valid
 * stands in the URI itself, enciphered and signed. */
#ifndef TANDEM_SRC_REGISTRAR_GRUU_H
#define TANDEM_SRC_REGISTRAR_GRUU_H

#include "base/siphash.h"
#include "registrar/record.h"
#include "registrar/registrar.h"

#define GRUU_INSTANCE_MAX 256 /* a longer one gets no GRUU */
/* The most bytes of either kind for a record's key of this length. */
#define GRUU_BYTES(key_len) (3 * GRUU_INSTANCE_MAX + 2 * (key_len) + 160)

/* Whose they are. */
struct gruu_maker {
    const struct hash_key *key;
    struct str aor; /* the record's key; empty: no GRUUs are wanted */
    bool secure;    /* sips is what is printed (RFC 5630 5.2.1); it leads to the same */
};

/* registrar.c: what a registrar signs with. */
const struct hash_key *registrar_secret(const struct registrar *);

/* "sip:alice@example.com;gr=urn:uuid:…" */
void gruu_print_public(struct buf *, const struct gruu_maker *, struct str instance);
/* "sip:tgruu.…@example.com;gr", as the newest binding of the instance has it: each REGISTER's is
 * another one (RFC 5627 5.1). */
void gruu_print_temporary(struct buf *, const struct gruu_maker *, const struct binding *newest);
/* May an instance have them? */
bool gruu_is_possible(struct str instance);
/* RFC 5627 5.1: is the contact the user himself, by his address-of-record or a GRUU of his? */
bool gruu_leads_back(const struct gruu_maker *, const struct uri *contact);

#endif
