/* Prints every key as a file that is a configuration already and says what could be written. */
#include "config/example.h"

#include "config/table.h"

#define WIDTH 90

/* Words of the sentence, in comment lines of at most WIDTH. */
static void print_sentence(FILE *f, struct str text, const char *indent)
{
    size_t used = 0;

    while (text.len > 0) {
        struct str word = str_slice(text, 0, str_find(text, ' '));

        if (used == 0 || used + word.len + 1 > WIDTH) {
            fprintf(f, "%s%s#", used > 0 ? "\n" : "", indent);
            used = 1;
        }
        fprintf(f, " %.*s", STR_ARG(word));
        used += word.len + 1;
        text = str_trim(str_slice(text, word.len, text.len));
    }
    fputc('\n', f);
}

/* The table of what its entries have as entries; NULL: none. */
static const struct key_table *entries_within(const struct key_table *t)
{
    for (unsigned i = 0; i < t->n; i++)
        if (key_entries(&t->keys[i]))
            return key_entries(&t->keys[i]);
    return NULL;
}

/* The keys of a list's entries, as remarks. */
static void print_entries(FILE *f, const struct key_table *t, const char *indent)
{
    fprintf(f, "%s# The keys of a %s:\n", indent, t->name);
    for (unsigned i = 0; i < t->n; i++) {
        const struct key *k = &t->keys[i];

        print_sentence(f, str_from(k->row.what), indent);
        fprintf(f, "%s#     %s: %s\n", indent, k->row.key, k->row.example);
    }
}

static void print_key(FILE *f, const struct key *k, const char *name, const char *indent)
{
    print_sentence(f, str_from(k->row.what), indent);
    if (k->row.preset[0])
        fprintf(f, "%s# Default: %s\n", indent, k->row.preset);
    for (const struct key_table *t = key_entries(k); t; t = entries_within(t))
        print_entries(f, t, indent);
    fprintf(f, "%s#%s: %s\n\n", indent, name, k->row.example);
}

void config_print_example(FILE *f)
{
    struct str section = STR_NONE;

    for (size_t i = 0; i < N_KEYS; i++) {
        struct str path = str_from(keys[i].row.key);
        size_t dot = str_find(path, '.');

        if (dot == path.len) {
            section = STR_NONE;
            print_key(f, &keys[i], path.at, "");
            continue;
        }
        if (!str_equal(section, str_slice(path, 0, dot))) {
            section = str_slice(path, 0, dot);
            fprintf(f, "%.*s:\n", STR_ARG(section));
        }
        print_key(f, &keys[i], path.at + dot + 1, "  ");
    }
}
