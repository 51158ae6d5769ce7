/* Decides whether a place that passes is the one where the fault lies. */
#include "sim/fault.h"

static bool is_next(const struct fault *f, enum fault_kind kind)
{
    uint64_t place = f->seen[kind];
    return f->kind == kind && place >= f->nth && place - f->nth < f->count &&
           (f->every == 0 || (place - f->nth) % f->every == 0);
}

bool fault_hits(struct fault *f, enum fault_kind kind)
{
    bool hit = is_next(f, kind);
    f->seen[kind]++;
    return hit;
}

bool fault_hits_packet(struct fault *f, enum fault_kind kind, struct str bytes)
{
    return (!f->only || str_starts(bytes, str_from(f->only))) && fault_hits(f, kind);
}

time_ns fault_delay(struct fault *f, struct str bytes)
{
    return fault_hits_packet(f, FAULT_DELAY, bytes) ? f->delay : 0;
}

time_ns fault_echo(const struct fault *f)
{
    return f->kind == FAULT_DOUBLE ? f->delay : 0;
}

size_t fault_piece(struct fault *f, size_t len, size_t otherwise)
{
    if (f->kind != FAULT_SPLIT)
        return otherwise;
    size_t n = 0;
    do {
        f->seen[FAULT_SPLIT]++;
        n++;
    } while (n < len && !is_next(f, FAULT_SPLIT));
    return n;
}
