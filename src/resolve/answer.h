/* Makes answers for dns.c: what dns_make does, with an alias. */
#ifndef TANDEM_SRC_RESOLVE_ANSWER_H
#define TANDEM_SRC_RESOLVE_ANSWER_H

#include "resolve/dns.h"

/* head->n records; all texts are copied, the question's name in lower case. NULL: no memory. */
struct block *dns_answer_new(struct block_pool *, const struct dns_answer *head,
                             const struct dns_record *records);

#endif
