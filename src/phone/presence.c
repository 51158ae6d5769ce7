/* Owns the words for what somebody's presence is. Knows no subscription. */
#include "phone/presence.h"

#include <stdlib.h>

#include "phone/say.h"

static const char *const kinds[] = {
    [PRESENCE_TUPLE] = "tuple", [PRESENCE_PERSON] = "person", [PRESENCE_DEVICE] = "device"};
static const char *const basics[] = {
    [PRESENCE_UNSAID] = "", [PRESENCE_OPEN] = "open", [PRESENCE_CLOSED] = "closed"};

static bool is_pidf(struct msg *m)
{
    const struct media_type *type = msg_single(m, HDR_CONTENT_TYPE);
    return type && m->body.len > 0 && str_equal_nocase(type->type, STR("application")) &&
           str_equal_nocase(type->subtype, STR("pidf+xml"));
}

void presence_read(struct presence_shown *s, struct msg *m, struct rand *rand)
{
    size_t size = presence_space(m->body.len);
    *s = (struct presence_shown){.is_there = is_pidf(m)};
    if (!s->is_there)
        return;
    s->space = malloc(size);
    if (s->space)
        (void)!presence_parse(&s->presence, m->body, rand, s->space, size); /* `fault` has it */
    else
        s->presence.fault = "no memory";
}

void presence_free(struct presence_shown *s)
{
    free(s->space);
}

/* --- as JSON --- */

static void say_fault(const struct presence *p)
{
    char text[128];
    snprintf(text, sizeof text, "line %lu: %s", p->line, p->fault);
    say_text(stdout, "fault", str_from(text));
}

static void say_some(const char *key, struct str text)
{
    if (text.len > 0)
        say_text(stdout, key, text);
}

void presence_say(const struct presence_shown *s)
{
    const struct presence *p = &s->presence;
    if (!s->is_there)
        return;
    say_some("entity", p->entity);
    say_texts(stdout, "notes", p->notes.of, p->notes.n);
    say_bool(stdout, "more", p->is_more);
    if (p->fault)
        say_fault(p);
}

static void say_item(const struct presence_item *i)
{
    say_begin(stdout, "presence");
    say_text(stdout, "kind", str_from(kinds[i->kind]));
    say_text(stdout, "id", i->id);
    say_some("basic", str_from(basics[i->basic]));
    say_some("contact", i->contact);
    say_some("priority", i->priority);
    say_some("device", i->device);
    say_some("timestamp", i->timestamp);
    say_texts(stdout, "activities", i->activities.of, i->activities.n);
    say_texts(stdout, "notes", i->notes.of, i->notes.n);
    say_end(stdout);
}

void presence_say_items(const struct presence_shown *s)
{
    for (unsigned i = 0; s->is_there && !s->presence.fault && i < s->presence.n_items; i++)
        say_item(&s->presence.items[i]);
}

/* --- for people --- */

static void put(const char *before, struct str text, const char *behind)
{
    if (text.len == 0)
        return;
    fputs(before, stdout);
    say_print_text(stdout, text);
    fputs(behind, stdout);
}

static void put_notes(const char *before, const struct presence_texts *notes)
{
    for (unsigned i = 0; i < notes->n; i++)
        put(before, notes->of[i], "\"");
}

static void print_item(const struct presence_item *i)
{
    printf("  %s ", kinds[i->kind]);
    say_print_text(stdout, i->id);
    put(": ", str_from(basics[i->basic]), "");
    put(" at ", i->contact, "");
    put(" with priority ", i->priority, "");
    put(", device ", i->device, "");
    for (unsigned k = 0; k < i->activities.n; k++)
        put(k == 0 && i->basic == PRESENCE_UNSAID ? ": " : ", ", i->activities.of[k], "");
    put_notes(" \"", &i->notes);
    put(" since ", i->timestamp, "");
    putchar('\n');
}

bool presence_print(const struct presence_shown *s)
{
    const struct presence *p = &s->presence;
    put(": ", p->entity, "");
    if (p->fault) {
        printf(": the document errs in line %lu: %s\n", p->line, p->fault);
        return false;
    }
    put_notes(" \"", &p->notes);
    putchar('\n');
    for (unsigned i = 0; i < p->n_items; i++)
        print_item(&p->items[i]);
    if (p->is_more)
        puts("  and more, which --json shows");
    return true;
}
