/* Configurations from text, and what was told about them. */
#ifndef TANDEM_TESTS_CONFIG_GIVEN_H
#define TANDEM_TESTS_CONFIG_GIVEN_H

#include <stdio.h>

#include "config/config.h"

/* Every fault as "LINE:KEY: WHAT" on a line of its own. */
struct told {
    char text[65536];
    size_t len;
    unsigned n;
};

static inline void tell(void *arg, const struct config_fault *f)
{
    struct told *t = arg;

    t->len += (size_t)snprintf(t->text + t->len, sizeof t->text - t->len, "%u:%s: %s\n", f->line,
                               f->key, f->what);
    t->n++;
}

static inline struct config *given_in(struct mem *mem, const char *text, struct told *t)
{
    struct config_source s = {.text = str_from(text), .file = "t.yaml"};

    *t = (struct told){0};
    return config_parse(mem, &s, tell, t);
}

static inline struct config *given(const char *text, struct told *t)
{
    return given_in(&mem_libc, text, t);
}

#endif
