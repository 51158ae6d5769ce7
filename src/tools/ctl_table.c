/* Lays out tables; knows no verb. Characters count as one place each. */
#include "tools/ctl_table.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/utf8.h"

#define KEEP_ROWS 500 /* whose widths decide */
#define GAP 2
#define NARROWEST 6

/* --- text --- */

/* The next character as it is shown: a control or a stray byte as '?'. */
static struct str next_shown(struct str *s)
{
    size_t n = utf8_character(*s);
    struct str shown = n > 0 && !utf8_is_control(*s) ? str_slice(*s, 0, n) : STR("?");

    *s = str_slice(*s, n > 0 ? n : 1, s->len);
    return shown;
}

static unsigned places(struct str s)
{
    unsigned n = 0;

    for (; s.len > 0; n++)
        (void)next_shown(&s);
    return n;
}

static void print_text(FILE *f, struct str s, unsigned most)
{
    bool cut = most > 0 && places(s) > most;

    for (unsigned n = 0; s.len > 0 && (!cut || n + 1 < most); n++) {
        struct str c = next_shown(&s);

        fwrite(c.at, 1, c.len, f);
    }
    if (cut)
        fputs("…", f);
}

static void print_gap(FILE *f, unsigned n)
{
    while (n-- > 0)
        putc(' ', f);
}

/* --- widths --- */

static unsigned sum(const struct ctl_table *t)
{
    unsigned n = 0;

    for (unsigned i = 0; i < t->n_columns; i++)
        n += t->widths[i] + (i > 0 ? GAP : 0);
    return n;
}

static unsigned *widest(struct ctl_table *t)
{
    unsigned *w = &t->widths[0];

    for (unsigned i = 1; i < t->n_columns; i++)
        if (t->widths[i] > *w)
            w = &t->widths[i];
    return w;
}

static void fit(struct ctl_table *t)
{
    while (t->width > 0 && sum(t) > t->width && *widest(t) > NARROWEST)
        (*widest(t))--;
}

static void measure(struct ctl_table *t)
{
    for (unsigned i = 0; i < t->n_columns; i++)
        t->widths[i] = places(str_from(t->columns[i].title));
    for (unsigned i = 0; i < t->n_kept * t->n_columns; i++) {
        unsigned n = places(t->cells[i]), *w = &t->widths[i % t->n_columns];

        *w = n > *w ? n : *w;
    }
    fit(t);
}

/* --- rows --- */

static void print_row(const struct ctl_table *t, const struct str *cells)
{
    for (unsigned i = 0; i < t->n_columns; i++) {
        unsigned most = t->width > 0 ? t->widths[i] : 0;
        unsigned shown = places(cells[i]), room;

        shown = most > 0 && shown > most ? most : shown;
        room = t->widths[i] > shown ? t->widths[i] - shown : 0;
        if (t->columns[i].right)
            print_gap(t->out, room);
        print_text(t->out, cells[i], most);
        if (!t->columns[i].right && i + 1 < t->n_columns)
            print_gap(t->out, room);
        if (i + 1 < t->n_columns)
            print_gap(t->out, GAP);
    }
    putc('\n', t->out);
}

static void flush(struct ctl_table *t)
{
    struct str titles[CTL_COLUMNS];

    if (!t->begun) {
        measure(t);
        for (unsigned i = 0; i < t->n_columns; i++)
            titles[i] = str_from(t->columns[i].title);
        print_row(t, titles);
        t->begun = true;
    }
    for (unsigned i = 0; i < t->n_kept; i++)
        print_row(t, &t->cells[i * t->n_columns]);
    for (unsigned i = 0; i < t->n_kept * t->n_columns; i++)
        free((char *)(uintptr_t)t->cells[i].at);
    t->n_kept = 0;
}

bool ctl_table_begin(struct ctl_table *t, FILE *out, const struct ctl_column *columns,
                     unsigned width)
{
    *t = (struct ctl_table){.out = out, .columns = columns, .width = width};
    while (columns[t->n_columns].key)
        t->n_columns++;
    t->cells = calloc((size_t)KEEP_ROWS * t->n_columns, sizeof(*t->cells));
    return t->cells != NULL;
}

static bool keep(struct str *cell, struct str s)
{
    char *copy = malloc(s.len + 1);

    if (!copy)
        return false;
    if (s.len > 0)
        memcpy(copy, s.at, s.len);
    *cell = (struct str){copy, s.len};
    return true;
}

bool ctl_table_add(struct ctl_table *t, const struct ctl_row *row)
{
    struct str *cells = &t->cells[t->n_kept * t->n_columns];

    for (unsigned i = 0; i < t->n_columns; i++)
        if (!keep(&cells[i], ctl_row_get(row, t->columns[i].key))) {
            while (i-- > 0)
                free((char *)(uintptr_t)cells[i].at);
            return false;
        }
    t->n_kept++;
    if (t->n_kept == KEEP_ROWS || t->begun)
        flush(t);
    return true;
}

void ctl_table_end(struct ctl_table *t)
{
    if (t->n_kept > 0)
        flush(t);
    free(t->cells);
    *t = (struct ctl_table){0};
}

/* --- one thing --- */

static void print_seconds(FILE *f, uint64_t s)
{
    if (s >= 86400)
        fprintf(f, "%llu d ", (unsigned long long)(s / 86400));
    if (s >= 3600)
        fprintf(f, "%llu h ", (unsigned long long)(s / 3600 % 24));
    if (s >= 60)
        fprintf(f, "%llu min ", (unsigned long long)(s / 60 % 60));
    fprintf(f, "%llu s", (unsigned long long)(s % 60));
}

static void print_value(FILE *f, const struct ctl_field *field)
{
    uint64_t n;

    if (str_ends_nocase(field->key, STR("_bytes")) && str_to_u64(field->value, UINT64_MAX, &n))
        fprintf(f, "%.1f MiB", (double)n / (1 << 20));
    else if (str_ends_nocase(field->key, STR("_s")) && str_to_u64(field->value, UINT64_MAX, &n))
        print_seconds(f, n);
    else
        print_text(f, field->value, 0);
}

/* "memory_bytes" is shown as "memory" */
static struct str title_of(struct str key)
{
    static const char *const units[] = {"_bytes", "_s"};

    for (size_t i = 0; i < 2; i++)
        if (str_ends_nocase(key, str_from(units[i])))
            return str_slice(key, 0, key.len - strlen(units[i]));
    return key;
}

void ctl_print_one(FILE *f, const struct ctl_row *row)
{
    unsigned widest_title = 0;

    for (unsigned i = 0; i < row->n; i++) {
        unsigned n = places(title_of(row->fields[i].key));

        widest_title = n > widest_title ? n : widest_title;
    }
    for (unsigned i = 0; i < row->n; i++) {
        struct str title = title_of(row->fields[i].key);

        for (size_t k = 0; k < title.len; k++)
            putc(title.at[k] == '_' ? ' ' : title.at[k], f);
        print_gap(f, widest_title - places(title) + GAP);
        print_value(f, &row->fields[i]);
        putc('\n', f);
    }
}

unsigned ctl_width(FILE *out)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size = {0};
    uint64_t n = 0;

    if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0)
        n = size.ws_col;
    if (columns)
        (void)str_to_u64(str_from(columns), 10000, &n);
    if (n == 0)
        return 0;
    return n < CTL_WIDTH_LEAST  ? CTL_WIDTH_LEAST
           : n > CTL_WIDTH_MOST ? CTL_WIDTH_MOST
                                : (unsigned)n;
}
