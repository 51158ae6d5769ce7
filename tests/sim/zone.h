/* A name server in virtual time: the records of a zone's text, and answers as a name server writes
 * them (RFC 1035 4). */
#ifndef TANDEM_TESTS_SIM_ZONE_H
#define TANDEM_TESTS_SIM_ZONE_H

#include "base/block.h"
#include "base/rand.h"
#include "resolve/hosts.h"

#define ZONE_ANSWER_MAX 4096

/* The whole message of the answer; a name that the zone does not have does not exist, with an SOA
 * whose minimum is `ttl_s` seconds. All records hold as long. What does not fit is left out. */
struct str zone_answer(const struct hosts *, struct block_pool *, const struct dns_question *,
                       uint32_t ttl_s, char at[ZONE_ANSWER_MAX]);
/* The message of an answer made false: cut short, changed in places, refused, or of a name that is
 * said not to be. */
struct str zone_lie(struct rand *, char at[ZONE_ANSWER_MAX], size_t len);

#endif
