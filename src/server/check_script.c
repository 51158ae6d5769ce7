/* Owns the configuration around a single script, and the reading of a request from a file. */
#include "server/check_script.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "server/config_file.h"

/* YAML: in single quotes only these themselves are doubled. */
static void put_quoted(struct buf *b, struct str s)
{
    buf_put_char(b, '\'');
    for (size_t i = 0; i < s.len; i++) {
        buf_put_char(b, s.at[i]);
        if (s.at[i] == '\'')
            buf_put_char(b, '\'');
    }
    buf_put_char(b, '\'');
}

struct config *check_script_config(const char *script, const char *function, config_tell *tell,
                                   void *arg)
{
    char space[8192];
    struct buf b;

    buf_init(&b, space, sizeof space);
    buf_put_lit(&b, "lua: {scripts: [");
    put_quoted(&b, str_from(script));
    buf_put_lit(&b, "]}\nroutes: [{lua: ");
    put_quoted(&b, str_from(function));
    buf_put_lit(&b, "}]\n");
    if (b.over) {
        config_fault_tell(tell, arg, NULL, "--script", "the name is too long");
        return NULL;
    }
    const struct config_source source = {.text = buf_str(&b)};
    return config_file_read(&mem_libc, &source, tell, arg);
}

/* Whoever writes a message in an editor has no CR. */
static struct str with_crlf(struct str text, char *to)
{
    struct buf b;

    buf_init(&b, to, 2 * text.len + 1);
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '\n')
            buf_put_char(&b, '\r');
        buf_put_char(&b, text.at[i]);
    }
    return buf_str(&b);
}

bool check_request_read(const char *file, struct str *out)
{
    FILE *f = fopen(file, "re");
    char *text = malloc(LIMIT_MSG_BYTES + 1), *lines = malloc(2 * LIMIT_MSG_BYTES + 3);

    *out = (struct str){text, 0};
    if (f && text && lines)
        out->len = fread(text, 1, LIMIT_MSG_BYTES + 1, f);
    bool good = f && text && lines && !ferror(f);
    int error = errno;
    if (f)
        (void)fclose(f);
    if (good && !memmem(text, out->len, "\r\n", 2)) {
        *out = with_crlf(*out, lines);
        free(text);
        return true;
    }
    free(lines);
    if (!good)
        free(text);
    errno = error;
    return good;
}
