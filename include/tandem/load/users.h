/* Who takes part in a load: a table with a line for each user, in SIPp's form of CSV. */
#ifndef TANDEM_LOAD_USERS_H
#define TANDEM_LOAD_USERS_H

#include "base/attr.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"

struct users;

/* The first line says SEQUENTIAL or RANDOM (USERS counts as SEQUENTIAL); each further one that is
 * not empty and does not begin with '#' is a user: fields, a ';' between two. Copies. NULL: `what`
 * (of `size` bytes) says why and in which line. */
MUST_USE struct users *users_read(struct mem *, struct str csv, char *what, size_t size);
/* NULL is legal. */
void users_free(struct users *);
unsigned users_count(const struct users *); /* at least 1 */
bool users_are_random(const struct users *);
/* The n-th field, from 0 on, of a user; empty where the line has none. A view of the table. */
struct str users_field(const struct users *, unsigned user, unsigned n);

#endif
