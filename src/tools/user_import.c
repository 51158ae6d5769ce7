/* Reads accounts from lines and writes them in one transaction. Knows no command line. */
#include "tools/user_import.h"

#include <string.h>

#include "host/password.h"
#include "tools/user_name.h"

#define LINE_MAX_BYTES (2 * LIMIT_AOR_BYTES + PASSWORD_MAX)

struct import {
    struct accounts_file *file;
    struct digester *digester;
    unsigned line, n;
};

static bool wrong(const struct import *i, const char *what)
{
    fprintf(stderr, "tandem: user: import: line %u: %s\n", i->line, what);
    return false;
}

static bool put(struct import *i, const struct user_name *name, struct str record)
{
    struct store_fault fault;
    struct str key = user_name_key(name);
    enum accounts_result result = accounts_add(i->file, key, record, &fault);

    if (result == ACCOUNTS_EXISTS)
        result = accounts_replace(i->file, key, record, &fault);
    return result == ACCOUNTS_DONE || wrong(i, fault.what);
}

static bool take_account(struct import *i, struct str aor, struct str password)
{
    char record[ACCOUNT_MAX_BYTES];
    struct user_name name;
    struct buf b;

    buf_init(&b, record, sizeof(record));
    if (!user_name_read(&name, aor))
        return wrong(i, USER_NAME_EXPECTED);
    const char *unfit = password_judge(password);

    if (unfit)
        return wrong(i, unfit);
    bool good = user_name_record(&name, i->digester, password, &b) || wrong(i, "no memory");

    good = good && put(i, &name, buf_str(&b));
    explicit_bzero(record, sizeof(record));
    i->n += good;
    return good;
}

static size_t word_len(struct str s)
{
    size_t n = 0;

    while (n < s.len && s.at[n] != ' ' && s.at[n] != '\t')
        n++;
    return n;
}

static bool take_line(struct import *i, struct str line)
{
    line = str_trim(line);
    if (line.len == 0 || *line.at == '#')
        return true;
    size_t n = word_len(line);

    return take_account(i, str_slice(line, 0, n), str_trim(str_slice(line, n, line.len)));
}

/* What fgets took ends with a newline, but where it found no room, a NUL, or the end. */
static bool is_whole(const char *line, FILE *from)
{
    size_t len = strlen(line);

    return len > 0 && (line[len - 1] == '\n' || feof(from));
}

static bool take_lines(struct import *i, FILE *from)
{
    static char buffer[BUFSIZ]; /* the stream's, to be wiped */
    char line[LINE_MAX_BYTES + 1];
    bool good = true;

    (void)setvbuf(from, buffer, _IOFBF, sizeof(buffer));
    while (good && fgets(line, sizeof(line), from)) {
        i->line++;
        good = is_whole(line, from) ? take_line(i, str_from(line))
                                    : wrong(i, "too long, or has a NUL in it");
    }
    explicit_bzero(line, sizeof(line));
    explicit_bzero(buffer, sizeof(buffer));
    return good && (!ferror(from) || wrong(i, "cannot be read"));
}

bool user_import(struct accounts_file *file, FILE *from, unsigned *n)
{
    struct import i = {.file = file, .digester = digester_new(&mem_libc)};
    struct store_fault fault;
    bool begun = i.digester && accounts_begin(file, &fault);
    bool good = begun && take_lines(&i, from);

    if (!i.digester)
        (void)wrong(&i, "no memory");
    else if (!begun)
        (void)wrong(&i, fault.what);
    if (begun && !accounts_end(file, good, &fault))
        good = wrong(&i, fault.what);
    digester_free(i.digester);
    *n = i.n;
    return good;
}
