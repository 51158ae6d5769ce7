/* What the stage's own files share. */
#ifndef FUZZ_STAGE_PARTS_H
#define FUZZ_STAGE_PARTS_H

#include "stage.h"

/* Around each input: what the counters were, then the checks and the outputs. */
struct engine_stats stage_begin(struct stage *);
void stage_done(struct stage *, int err, const struct engine_stats *before);

/* Of a datagram's sender, or of one of the latest connections; where there is none, of a sender. */
struct flow party_flow(const struct stage *, unsigned party);
/* False: it is not there. */
bool stage_forget_conn(struct stage *, conn_id);
void memory_keep(struct memory *, const struct flow *, unsigned party, struct str text);

#endif
