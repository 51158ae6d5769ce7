/* Prints the ready line; knows nothing of how ready is reached. */
#include "server/ready.h"

#include <stdio.h>

#include "base/json.h"

static void print_one(const struct listen_at *at, bool json, bool first)
{
    char text[80];
    struct buf b;

    buf_init(&b, text, sizeof(text));
    listen_print(&b, at);
    if (!json) {
        printf(" %.*s", STR_ARG(buf_str(&b)));
        return;
    }
    if (!first)
        putchar(',');
    json_string(stdout, buf_str(&b));
}

void ready_print(const struct listen_list *l, bool json)
{
    fputs(json ? "{\"event\":\"ready\",\"listeners\":[" : "ready", stdout);
    for (unsigned i = 0; i < l->n; i++)
        print_one(&l->list[i], json, i == 0);
    fputs(json ? "]}\n" : "\n", stdout);
    fflush(stdout);
}
