/* Runs every model on the tables, as TAP. */
#include "ignored.h"
#include "machine.h"
#include "models.h"

#define MOST_STATES 8000000

static unsigned number, failed;

static void ok(bool good, const char *words)
{
    number++;
    failed += !good;
    printf("%sok %u - %s", good ? "" : "not ", number, words);
}

static void run(const struct model *m)
{
    struct found f = explore(m, MOST_STATES, stdout);
    ok(f.complete, m->name);
    printf(": %zu states, %zu steps\n", f.states, f.steps);
    fflush(stdout);
}

int main(void)
{
    for (unsigned i = 0; i < 2; i++)
        run(&non_invite_models[i]);
    for (unsigned i = 0; i < 2; i++)
        run(&invite_models[i]);
    for (unsigned i = 0; i < 2; i++)
        run(&fork_models[i]);
    printf("1..%u\n", number);
    return failed > 0;
}
