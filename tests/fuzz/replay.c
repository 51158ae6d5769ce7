/* Runs a fuzz target over files and over every beginning of theirs, with any compiler: what once
 * was found stays found. */
#include <assert.h>
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX 65536
#define PREFIXES 400 /* of a file, evenly spread */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run_exactly(const uint8_t *data, size_t size)
{
    uint8_t *at = malloc(size ? size : 1);
    assert(at);
    if (size > 0)
        memcpy(at, data, size);
    LLVMFuzzerTestOneInput(at, size);
    free(at);
}

static void run_file(const char *path)
{
    static uint8_t data[FILE_MAX];
    FILE *file = fopen(path, "rb");
    if (!file)
        return;
    size_t size = fread(data, 1, sizeof data, file);
    fclose(file);
    size_t step = size / PREFIXES + 1;
    for (size_t len = 0; len < size; len += step)
        run_exactly(data, len);
    run_exactly(data, size);
}

/* The number of files in the folder; 0 where there is no such folder. */
static unsigned run_folder(const char *folder)
{
    unsigned n = 0;
    DIR *dir = opendir(folder);
    if (!dir)
        return 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        char path[4096];
        if (entry->d_name[0] == '.')
            continue;
        int len = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        assert(len > 0 && (size_t)len < sizeof path);
        run_file(path);
        n++;
    }
    closedir(dir);
    return n;
}

int main(int argc, char **argv)
{
    unsigned n = 0;
    for (int i = 1; i < argc; i++)
        n += run_folder(argv[i]);
    printf("1..1\n%sok 1 - %u files and their beginnings\n", n > 0 ? "" : "not ", n);
    return n > 0 ? 0 : 1;
}
