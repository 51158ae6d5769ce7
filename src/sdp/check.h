/* Inside of sdp/: what is noted while a description is read, and who looks for it. */
#ifndef TANDEM_SDP_CHECK_H
#define TANDEM_SDP_CHECK_H

#include "sdp/sdp.h"

/* `line` from 1; 0: the description as a whole. The same fault of a line is noted once. */
void sdp_note(struct sdp *, enum sdp_fault_code, uint32_t line);
void sdp_note_at(struct sdp *, enum sdp_fault_code, const struct sdp_line *);

/* Which lines are there, and in which order (order.c). */
void sdp_check_order(struct sdp *);
/* What each line says (check.c). */
void sdp_check_values(struct sdp *);

#endif
