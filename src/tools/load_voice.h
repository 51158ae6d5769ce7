/* What the calls of a load say: encoded once, for all of them. */
#ifndef TANDEM_TOOLS_LOAD_VOICE_H
#define TANDEM_TOOLS_LOAD_VOICE_H

#include "base/attr.h"
#include "base/mem.h"
#include "base/str.h"

struct load_voice {
    struct mem *mem;
    struct str pcmu, pcma; /* whole frames, of the same number */
};

/* `what`: "silence", "tone", or a WAV file, of which LIMIT_LOAD_VOICE_S are taken. NULL: it is
 * made; else why not, for people. load_voice_fini in either case. */
const char *load_voice_init(struct load_voice *, struct mem *, const char *what);
void load_voice_fini(struct load_voice *);

#endif
