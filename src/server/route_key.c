/* Owns the file of the key; knows nothing of what is signed with it. */
#include "server/route_key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "net/entropy.h"

static bool fail(struct store_fault *fault, const char *file)
{
    return fault_say(fault, "%s: %s", file, strerror(errno));
}

static bool read_key(int fd, const char *file, struct hash_key *key, struct store_fault *fault)
{
    char bytes[sizeof(*key) + 1];
    ssize_t n = read(fd, bytes, sizeof(bytes));

    close(fd);
    if (n < 0)
        return fail(fault, file);
    if (n != sizeof(*key))
        return fault_say(fault,
                         "%s: not a key of 16 bytes; remove it: calls in progress are lost with it",
                         file);
    memcpy(key, bytes, sizeof(*key));
    return true;
}

/* The folder's own entry has to last as well. */
static bool sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    return done;
}

static bool write_all(int fd, const struct hash_key *key)
{
    bool done = write(fd, key, sizeof(*key)) == sizeof(*key) && fsync(fd) == 0;

    return close(fd) == 0 && done;
}

/* Whole or not at all, whenever the power fails: under another name first. */
static bool make_key(const char *folder, const char *file, struct hash_key *key,
                     struct store_fault *fault)
{
    char unfinished[FOLDER_PATH_MAX];

    if (!folder_file(folder, "route.key.new", unfinished, fault))
        return false;
    if (!entropy_key(key))
        return fault_say(fault, "the kernel gives no entropy");
    int fd = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0 || !write_all(fd, key) || rename(unfinished, file) || !sync_folder(folder))
        return fail(fault, file);
    return true;
}

bool route_key_load(const char *folder, struct hash_key *key, struct store_fault *fault)
{
    char file[FOLDER_PATH_MAX];

    if (!folder_file(folder, "route.key", file, fault))
        return false;
    int fd = open(file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

    if (fd >= 0)
        return read_key(fd, file, key, fault);
    return errno == ENOENT ? make_key(folder, file, key, fault) : fail(fault, file);
}
