/* Reads capture files. Knows nothing of what is in their frames. */
#include "tools/trace_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The longest frame that may have to wait, and as much again to be read at once. */
#define BUFFER ((size_t)2 * LIMIT_CAPTURE_FRAME_BYTES)

/* Standard input is opened anew where it is not waited for, so that only we do not wait. */
static int open_file(const char *path, bool waits)
{
    bool is_input = strcmp(path, "-") == 0;

    if (is_input && waits)
        return STDIN_FILENO;
    return open(is_input ? "/dev/stdin" : path, O_RDONLY | O_CLOEXEC | (waits ? 0 : O_NONBLOCK));
}

int trace_file_open(struct trace_file *f, const char *path, bool waits)
{
    *f = (struct trace_file){.fd = open_file(path, waits)};
    if (f->fd < 0)
        return errno;
    f->buffer = malloc(BUFFER);
    if (!f->buffer) {
        trace_file_close(f);
        return ENOMEM;
    }
    capture_file_init(&f->form);
    return 0;
}

void trace_file_close(struct trace_file *f)
{
    free(f->buffer);
    if (f->fd > STDIN_FILENO)
        close(f->fd);
}

/* Reads on. */
static enum trace_file_news fill(struct trace_file *f)
{
    ssize_t n;

    f->len -= f->at;
    memmove(f->buffer, f->buffer + f->at, f->len);
    f->at = 0;
    do
        n = read(f->fd, f->buffer + f->len, BUFFER - f->len);
    while (n < 0 && errno == EINTR);
    if (n < 0 && errno == EAGAIN)
        return TRACE_FILE_NOTHING;
    f->error = n < 0 ? errno : 0;
    f->len += n > 0 ? (size_t)n : 0;
    return n > 0 ? TRACE_FILE_FRAME : TRACE_FILE_END;
}

enum trace_file_news trace_file_next(struct trace_file *f, struct capture_frame *out)
{
    enum trace_file_news filled = TRACE_FILE_FRAME;

    while (filled == TRACE_FILE_FRAME) {
        struct str rest = {f->buffer + f->at, f->len - f->at};
        size_t used;
        enum capture_read r = capture_file_next(&f->form, rest, &used, out);

        f->at += used;
        switch (r) {
        case CAPTURE_READ_FRAME:
            f->frames++;
            return TRACE_FILE_FRAME;
        case CAPTURE_READ_KEYS:
            return TRACE_FILE_KEYS;
        case CAPTURE_READ_MORE:
            filled = fill(f);
            break;
        case CAPTURE_READ_BAD:
            return TRACE_FILE_END;
        }
    }
    return filled;
}

bool trace_file_is_other(const struct trace_file *f)
{
    return f->error || (capture_file_is_broken(&f->form) && f->frames == 0);
}

const char *trace_file_fault(const struct trace_file *f)
{
    if (f->error)
        return strerror(f->error);
    if (trace_file_is_other(f))
        return "neither PCAP nor PCAPNG";
    if (capture_file_is_broken(&f->form))
        return "broken; what stands before is shown";
    if (f->len > f->at || f->form.skip > 0)
        return "ends within a frame";
    if (f->form.passed_over > 0)
        return "has frames that cannot be read; they are left out";
    return NULL;
}
