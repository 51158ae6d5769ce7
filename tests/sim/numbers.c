/* The DNS of telephone numbers. Knows no call. */
#include "sim/numbers.h"

#include <stdio.h>

#define FIELD "\"!^.*$!%s!\""

static void put(struct world *w, enum number_way number, const char *flags, const char *field,
                const char *replacement)
{
    char text[300];
    snprintf(text, sizeof text, "%u." NUMBER_SUFFIX ". NAPTR 1 1 %s E2U+sip %s %s\n", number + 1,
             flags, field, replacement);
    world_zone(w, text);
}

static void lead(struct world *w, enum number_way number, const char *uri)
{
    char field[160];
    snprintf(field, sizeof field, FIELD, uri);
    put(w, number, "u", field, ".");
}

static void lead_on(struct world *w, enum number_way number, enum number_way to,
                    const struct node *server)
{
    char uri[96];
    snprintf(uri, sizeof uri, "sip:+%u@%s;user=phone", to + 1, server->name);
    lead(w, number, uri);
}

bool number_leads(enum number_way number, const struct node *first, const struct node *last,
                  char aor[96])
{
    bool leads = number == NUMBER_TO_FIRST || number == NUMBER_TO_LAST;
    if (leads)
        snprintf(aor, 96, "sip:%s@%s", number == NUMBER_TO_FIRST ? "alice" : "bob",
                 number == NUMBER_TO_FIRST ? first->name : last->name);
    return leads;
}

void numbers_spread(struct world *w, const struct node *first, const struct node *last)
{
    char aor[96];
    for (enum number_way n = NUMBER_TO_FIRST; n <= NUMBER_TO_LAST; n++)
        if (number_leads(n, first, last, aor))
            lead(w, n, aor);
    lead_on(w, NUMBER_ROUND, NUMBER_AND_ROUND, last);
    lead_on(w, NUMBER_AND_ROUND, NUMBER_ROUND, first);
    lead_on(w, NUMBER_TO_ITSELF, NUMBER_TO_ITSELF, first);
    world_zone(w, "6." NUMBER_SUFFIX ". A 10.0.0.1\n"
                  "8." NUMBER_SUFFIX ". NAPTR 1 1 \"\" E2U+sip \"\" one.numbers.example.\n"
                  "one.numbers.example. NAPTR 1 1 \"\" E2U+sip \"\" two.numbers.example.\n"
                  "two.numbers.example. NAPTR 1 1 \"\" E2U+sip \"\" one.numbers.example.\n");
    put(w, NUMBER_BAD, "u", "\"!^((a*)*)*b$!sip:x@y!\"", ".");
    put(w, NUMBER_BAD, "u", "\"!^(.*)$!mailto:\\\\1@example.com!\"", ".");
    lead(w, NUMBER_DEAD, "sip:nobody@10.0.9.9");
}
