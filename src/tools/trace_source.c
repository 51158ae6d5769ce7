/* Reads a capture file portion by portion, so that its size does not matter. */
#include "tools/trace_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/entropy.h"

/* The longest frame that may have to wait, and as much again to be read at once. */
#define BUFFER ((size_t)2 * LIMIT_CAPTURE_FRAME_BYTES)

static int begin(struct trace_source *s, int fd, struct str key_log)
{
    struct hash_key key;

    *s = (struct trace_source){.fd = fd};
    if (fd < 0)
        return errno;
    if (!entropy_key(&key)) {
        trace_source_close(s);
        return EIO;
    }
    s->buffer = malloc(BUFFER);
    s->capture = capture_new(&mem_libc, &key);
    if (!s->buffer || !s->capture) {
        trace_source_close(s);
        return ENOMEM;
    }
    capture_file_init(&s->file);
    capture_keys(s->capture, key_log);
    return 0;
}

int trace_source_open(struct trace_source *s, const char *path, struct str key_log)
{
    bool is_input = strcmp(path, "-") == 0;

    return begin(s, is_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC), key_log);
}

/* Standard input is opened anew, so that only we do not wait for it. */
int trace_source_follow(struct trace_source *s, const char *path, struct str key_log)
{
    bool is_input = strcmp(path, "-") == 0;

    return begin(s, open(is_input ? "/dev/stdin" : path, O_RDONLY | O_NONBLOCK | O_CLOEXEC),
                 key_log);
}

void trace_source_close(struct trace_source *s)
{
    capture_free(s->capture);
    free(s->buffer);
    if (s->fd > STDIN_FILENO)
        close(s->fd);
}

/* False: there is no more, or it cannot be read. */
static bool fill(struct trace_source *s)
{
    ssize_t n;

    s->len -= s->at;
    memmove(s->buffer, s->buffer + s->at, s->len);
    s->at = 0;
    do
        n = read(s->fd, s->buffer + s->len, BUFFER - s->len);
    while (n < 0 && errno == EINTR);
    s->waits = n < 0 && errno == EAGAIN;
    s->error = n < 0 && !s->waits ? errno : 0;
    s->len += n > 0 ? (size_t)n : 0;
    return n > 0;
}

/* The file goes on by a frame, or by keys; false: it is at its end. */
static bool advance(struct trace_source *s)
{
    struct str rest = {s->buffer + s->at, s->len - s->at};
    size_t used;
    enum capture_read r = capture_file_next(&s->file, rest, &used, &s->frame);

    s->at += used;
    switch (r) {
    case CAPTURE_READ_FRAME:
        capture_take(s->capture, &s->frame);
        return true;
    case CAPTURE_READ_KEYS:
        capture_keys(s->capture, s->frame.bytes);
        return true;
    case CAPTURE_READ_MORE:
        return fill(s);
    case CAPTURE_READ_BAD:
        break;
    }
    return false;
}

bool trace_source_next(struct trace_source *s, struct capture_event *out)
{
    while (!capture_next(s->capture, out)) {
        if (s->has_ended)
            return false;
        if (!advance(s)) {
            if (s->waits)
                return false;
            s->has_ended = true;
            capture_end(s->capture);
        }
    }
    return true;
}

bool trace_source_waits(const struct trace_source *s)
{
    return s->waits;
}

bool trace_source_is_other(const struct trace_source *s)
{
    return s->error || (capture_file_is_broken(&s->file) && capture_counts(s->capture).frames == 0);
}

const char *trace_source_fault(const struct trace_source *s)
{
    if (s->error)
        return strerror(s->error);
    if (trace_source_is_other(s))
        return "neither PCAP nor PCAPNG";
    if (capture_file_is_broken(&s->file))
        return "broken; what stands before is shown";
    if (s->len > s->at || s->file.skip > 0)
        return "ends within a frame";
    if (s->file.passed_over > 0)
        return "has frames that cannot be read; they are left out";
    return NULL;
}

int trace_source_tell(const struct capture_event *e, struct trace_calls *calls)
{
    if (e->kind == CAPTURE_RTP)
        return trace_calls_hear(
            calls,
            &(struct trace_packet){
                .at = e->at, .from = e->from, .to = e->to, .rtp = &e->rtp, .len = e->bytes.len});
    return trace_calls_take(calls,
                            &(struct trace_event){.kind = TRACE_MESSAGE,
                                                  .at = e->at,
                                                  .from = e->from,
                                                  .to = e->to,
                                                  .transport = e->transport,
                                                  .text = str_slice(e->bytes, 0, LIMIT_MSG_BYTES)});
}
