/* Writes blocks of PCAPNG. What cannot be written is told at the end. */
#include "tools/trace_record.h"

#include <errno.h>
#include <stdlib.h>

#define ROOM ((size_t)LIMIT_CAPTURE_FRAME_BYTES + PCAPNG_AROUND)

static struct buf room_of(struct trace_record *r)
{
    struct buf b;

    buf_init(&b, r->room, ROOM);
    return b;
}

static void put(struct trace_record *r, const struct buf *b)
{
    if (!b->over)
        fwrite(b->at, 1, b->len, r->file);
}

int trace_record_open(struct trace_record *r, const char *path)
{
    *r = (struct trace_record){.file = fopen(path, "wbe"), .room = malloc(ROOM)};
    int error = !r->file ? errno : ENOMEM;

    if (r->file && r->room) {
        struct buf b = room_of(r);

        pcapng_begin(&r->writer, &b);
        put(r, &b);
        return 0;
    }
    if (r->file)
        (void)fclose(r->file);
    free(r->room);
    *r = (struct trace_record){0};
    return error;
}

void trace_record_frame(struct trace_record *r, const struct capture_frame *f)
{
    if (!r->file)
        return;
    struct buf b = room_of(r);

    if (pcapng_frame(&r->writer, &b, f))
        put(r, &b);
}

void trace_record_message(struct trace_record *r, int64_t at, const struct addr *from,
                          const struct addr *to, struct str message)
{
    if (!r->file)
        return;
    struct buf b = room_of(r);

    if (pcapng_message(&r->writer, &b, at, from, to, message))
        put(r, &b);
}

void trace_record_flush(struct trace_record *r)
{
    if (r->file)
        (void)fflush(r->file);
}

bool trace_record_close(struct trace_record *r)
{
    if (!r->file)
        return true;
    bool is_written = !ferror(r->file);

    is_written &= fclose(r->file) == 0;
    free(r->room);
    *r = (struct trace_record){0};
    return is_written;
}
