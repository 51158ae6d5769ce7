/* Writes what is drawn. Opens and closes nothing. */
#include "host/file_sink.h"

#include "base/list.h"

static void put(struct trace_sink *sink, struct str text)
{
    const struct file_sink *s = CONTAINER_OF(sink, struct file_sink, sink);
    fwrite(text.at, 1, text.len, s->file);
}

void file_sink_init(struct file_sink *s, FILE *file)
{
    *s = (struct file_sink){.sink.put = put, .file = file};
}
