/* Telephone numbers of a drawn world, which nobody has: where the DNS says that they lead (RFC
 * 6116). */
#ifndef SIM_NUMBERS_H
#define SIM_NUMBERS_H

#include "sim/agent.h"

/* What each number is, +1 being the first. */
enum number_way {
    NUMBER_TO_FIRST,  /* alice of the first server */
    NUMBER_TO_LAST,   /* bob of the last one */
    NUMBER_ROUND,     /* the next number, … */
    NUMBER_AND_ROUND, /* … which leads back */
    NUMBER_TO_ITSELF,
    NUMBER_EMPTY,   /* its name has no such records */
    NUMBER_UNKNOWN, /* its name is not there */
    NUMBER_NAMES,   /* names that lead to each other */
    NUMBER_BAD,     /* no record of it can be used */
    NUMBER_DEAD,    /* a server that is not there */
    N_NUMBER_WAYS
};

#define NUMBER_SUFFIX "e164.arpa"

/* Puts them into the DNS. */
void numbers_spread(struct world *, const struct node *first, const struct node *last);
/* Whom the number leads to: false: to nobody. */
bool number_leads(enum number_way, const struct node *first, const struct node *last, char aor[96]);

#endif
