/* Reads the optional test data: files, lines and columns. */
#include "testfiles.h"

#include <stdio.h>
#include <stdlib.h>

bool test_read(const char *folder, const char *name, char *at, size_t cap, size_t *len)
{
    const char *root = getenv("TANDEM_TESTDATA");
    char path[1024];
    snprintf(path, sizeof path, "%s/%s/%s", root ? root : SOURCE_ROOT "/../shared/testdata", folder,
             name);
    FILE *f = fopen(path, "rb");
    if (!f)
        return false;
    *len = fread(at, 1, cap, f);
    fclose(f);
    return true;
}

struct str test_column(struct str line, unsigned n)
{
    while (n--) {
        size_t tab = str_find(line, '\t');
        line = str_slice(line, tab + 1, line.len);
    }
    return str_slice(line, 0, str_find(line, '\t'));
}

bool test_line(struct str text, size_t *at, struct str *line)
{
    do {
        if (*at >= text.len)
            return false;
        struct str rest = str_slice(text, *at, text.len);
        *line = str_slice(rest, 0, str_find(rest, '\n'));
        *at += line->len + 1;
    } while (line->len == 0 || line->at[0] == '#');
    return true;
}
