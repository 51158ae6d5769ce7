/* Reads files whole; knows nothing of what is in them. */
#include "tools/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static int grow(struct input *in)
{
    size_t cap = in->cap ? in->cap * 2 : 16384;
    char *at = realloc(in->at, cap);

    if (!at)
        return ENOMEM;
    in->at = at;
    in->cap = cap;
    return 0;
}

static int read_all(struct input *in, int fd, size_t most)
{
    ssize_t n = 1;

    while (n > 0) {
        if (in->len == in->cap && grow(in))
            return ENOMEM;
        n = read(fd, in->at + in->len, in->cap - in->len);
        if (n > 0)
            in->len += (size_t)n;
        if (in->len > most)
            return EFBIG;
    }
    return n < 0 ? errno : 0;
}

int input_read(struct input *in, const char *path, size_t most)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    int error;

    *in = (struct input){0};
    if (fd < 0)
        return errno;
    error = read_all(in, fd, most);
    if (!is_stdin)
        close(fd);
    if (error)
        input_free(in);
    return error;
}

void input_free(struct input *in)
{
    free(in->at);
    *in = (struct input){0};
}
