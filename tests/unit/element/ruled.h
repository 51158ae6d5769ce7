/* Elements with the rules of a configuration, for tests. */
#ifndef TANDEM_TESTS_ELEMENT_RULED_H
#define TANDEM_TESTS_ELEMENT_RULED_H

#include "asking.h"
#include "config/config.h"

/* What with_rules reads, and what it has made of it, which lives until the next one. */
static const char *rules;
static struct config *parsed;

static void tell(void *arg, const struct config_fault *f)
{
    (void)arg;
    fail_msg("%u:%s: %s", f->line, f->key, f->what);
}

static void with_rules(struct element_config *c)
{
    struct config_source s = {.text = str_from(rules), .file = "t.yaml"};

    config_free(parsed);
    parsed = config_parse(&mem_libc, &s, tell, NULL);
    assert_non_null(parsed);
    c->routes = &parsed->routes;
    c->sets = &parsed->sets;
}

#endif
