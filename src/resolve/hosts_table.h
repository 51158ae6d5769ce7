/* What a line of an operator's file adds to the names that are known. */
#ifndef TANDEM_SRC_RESOLVE_HOSTS_TABLE_H
#define TANDEM_SRC_RESOLVE_HOSTS_TABLE_H

#include "resolve/hosts.h"

struct host_line {
    struct str name;
    uint16_t type;
    struct str alias; /* CNAME */
    struct dns_record record;
};

/* Copies all texts. ERR_LIMIT, ERR_NOMEM. */
MUST_USE int hosts_add(struct hosts *, const struct host_line *);

#endif
