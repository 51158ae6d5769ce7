/* The only source of what nobody can guess. */
#ifndef TANDEM_NET_ENTROPY_H
#define TANDEM_NET_ENTROPY_H

#include "base/attr.h"
#include "base/rand.h"
#include "base/siphash.h"

/* False: the kernel gave none; the program must not go on. */
MUST_USE bool entropy_seed(struct rand_seed *out);
MUST_USE bool entropy_key(struct hash_key *out);

#endif
