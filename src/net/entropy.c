/* Asks the kernel for random bytes; knows nothing of what they are for. */
#include "net/entropy.h"

#include <errno.h>
#include <sys/random.h>

static bool fill(void *at, size_t len)
{
    char *next = at;

    while (len > 0) {
        ssize_t n = getrandom(next, len, 0);

        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0) {
            next += n;
            len -= (size_t)n;
        }
    }
    return true;
}

bool entropy_seed(struct rand_seed *out)
{
    return fill(out->bytes, sizeof(out->bytes));
}

bool entropy_key(struct hash_key *out)
{
    return fill(out, sizeof(*out));
}
