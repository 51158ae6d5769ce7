/* What stands in a session's list of codecs and is no voice: events and comfort noise. */
#include "operations.h"

/* RFC 4733 2.4.1, 3.2: the keys of a telephone. */
static void put_events(struct buf *b)
{
    buf_put_lit(b, "0-15");
}

const struct codec_operations codec_events = {.put_fmtp = put_events};
const struct codec_operations codec_silent = {.put_fmtp = NULL};
