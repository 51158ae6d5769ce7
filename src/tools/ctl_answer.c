/* Receives rows and shows them as tables, as properties or as they are. */
#include "tools/ctl_answer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tools/ctl_table.h"

/* What a verb's rows look like as a table; others are shown one below the other. */
static const struct {
    const char *verb;
    struct ctl_column columns[CTL_COLUMNS];
} layouts[] = {
    {"registrations",
     {{"aor", "USER", false},
      {"contact", "CONTACT", false},
      {"expires_s", "EXPIRES", true},
      {"transport", "BY", false},
      {"from", "FROM", false},
      {"q", "Q", true}}},
    {"users",
     {{"aor", "USER", false},
      {"registrations", "REGISTRATIONS", true},
      {"expires_s", "EXPIRES", true}}},
    {"forward", {{"when", "WHEN", false}, {"to", "TO", false}, {"seconds", "AFTER", true}}},
    {"bans",
     {{"address", "ADDRESS", false},
      {"seconds", "SECONDS", true},
      {"dropped", "DROPPED", true},
      {"cause", "CAUSE", false}}},
    {"calls",
     {{"id", "ID", false},
      {"state", "STATE", false},
      {"age_s", "AGE", true},
      {"from", "FROM", false},
      {"to", "TO", false},
      {"peer", "PEER", false},
      {"call_id", "CALL-ID", false}}},
    {"transactions",
     {{"side", "SIDE", false},
      {"method", "METHOD", false},
      {"state", "STATE", false},
      {"answered", "ANSWER", true},
      {"age_s", "AGE", true},
      {"transport", "BY", false},
      {"peer", "PEER", false}}},
    {"reload",
     {{"file", "FILE", false},
      {"line", "LINE", true},
      {"key", "KEY", false},
      {"what", "WHAT TO DO", false}}},
    {"domains", {{"domain", "DOMAIN", false}}},
    {"peers",
     {{"set", "SET", false},
      {"uri", "PEER", false},
      {"state", "STATE", false},
      {"calls", "CALLS", true},
      {"calls_most", "MOST", true},
      {"passed_over", "PASSED OVER", true},
      {"weight", "WEIGHT", true},
      {"priority", "PRIORITY", true},
      {"failures", "FAILURES", true}}},
    {"group",
     {{"group", "GROUP", false},
      {"member", "MEMBER", false},
      {"state", "STATE", false},
      {"calls", "CALLS", true}}},
    {"explain",
     {{"rule", "RULE", true},
      {"name", "NAME", false},
      {"outcome", "OUTCOME", false},
      {"what", "WHY", false}}},
    {"help", {{"verb", "VERB", false}, {"arguments", "ARGUMENTS", false}, {"summary", "", false}}},
};

static const struct ctl_column *layout_of(struct str verb, struct str argument)
{
    if (str_equal(argument, STR("remove")) || str_equal(argument, STR("end")))
        return NULL;
    for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
        if (str_equal(verb, str_from(layouts[i].verb)))
            return layouts[i].columns;
    return NULL;
}

int ctl_complain(const struct ctl_settings *s, const char *where, const char *what, int status)
{
    if (s->line > 0)
        fprintf(stderr, "tandem: ctl: line %u: %s: %s\n", s->line, where, what);
    else
        fprintf(stderr, "tandem: ctl: %s: %s\n", where, what);
    return status;
}

struct answer {
    const struct ctl_settings *settings;
    const struct ctl_column *columns; /* NULL: not a table */
    struct ctl_table table;
    const char *verb;
};

/* The status line ends the answer. */
static int take_status(const struct answer *a, const struct ctl_row *row, struct str line)
{
    struct str error = ctl_row_get(row, "error");
    uint64_t status = CTL_FAULT;
    char what[256];

    if (a->settings->json && a->settings->script)
        printf("%.*s\n", STR_ARG(line));
    (void)str_to_u64(ctl_row_get(row, "status"), CTL_FAULT, &status);
    if (status == CTL_DONE)
        return CTL_DONE;
    snprintf(what, sizeof(what), "%.*s", STR_ARG(error));
    return ctl_complain(a->settings, a->verb, what, (int)status);
}

/* -1: more rows come. */
static int take_row(struct answer *a, struct str line)
{
    struct ctl_row row;
    int status = -1;

    if (!ctl_row_read(&row, line))
        return ctl_complain(a->settings, a->verb, "the server's answer cannot be read", CTL_FAULT);
    if (row.n > 0 && str_equal(row.fields[0].key, STR("status")))
        status = take_status(a, &row, line);
    else if (a->settings->json)
        printf("%.*s\n", STR_ARG(line));
    else if (!a->columns)
        ctl_print_one(stdout, &row);
    else if (!ctl_table_add(&a->table, &row))
        status = ctl_complain(a->settings, a->verb, "no memory", CTL_FAULT);
    ctl_row_free(&row);
    return status;
}

static int receive(struct wire *w, struct answer *a)
{
    struct str line;
    int status = -1;

    while (status < 0) {
        int error = wire_receive(w, &line);

        if (error)
            return ctl_complain(a->settings, a->settings->path,
                                error == ETIMEDOUT    ? "the server does not answer"
                                : error == ECONNRESET ? "the server ended the connection"
                                                      : strerror(error),
                                CTL_NOBODY);
        status = take_row(a, line);
    }
    return status;
}

int ctl_show(struct wire *w, const struct ctl_settings *s, const struct words *l)
{
    char verb[32];
    struct answer a = {.settings = s, .verb = verb};
    int status;

    snprintf(verb, sizeof(verb), "%.*s", STR_ARG(l->list[0]));
    if (!s->json)
        a.columns = layout_of(l->list[0], l->n > 1 ? l->list[1] : STR_NONE);
    if (a.columns && !ctl_table_begin(&a.table, stdout, a.columns, ctl_width(stdout)))
        return ctl_complain(s, verb, "no memory", CTL_FAULT);
    status = receive(w, &a);
    if (a.columns)
        ctl_table_end(&a.table);
    return status;
}
