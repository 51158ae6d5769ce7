/* Which phone, and which of its flows, a Contact names (RFC 5626 4.1, 4.2). */
#ifndef TANDEM_SRC_REGISTRAR_INSTANCE_H
#define TANDEM_SRC_REGISTRAR_INSTANCE_H

#include "base/buf.h"
#include "msg/types.h"

/* The URN of +sip.instance without quotes and brackets; empty: there is none. */
struct str instance_of(struct params);
/* RFC 5626 4.1: by the rules of the URN's scheme where it is uuid, else as RFC 2141 5 has it. An
 * empty one is nobody's. */
bool instance_equal(struct str a, struct str b);
/* In the spelling that equal ones share. */
void instance_print(struct buf *, struct str instance);
/* RFC 5626 10: the number of reg-id. 0: there is none; REG_ID_BAD: it is no number from 1 to
 * 2**31-1. */
uint32_t reg_id_of(struct params);

#define REG_ID_BAD UINT32_MAX

#endif
