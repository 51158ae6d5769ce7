/* Notes the signals that end a tool's work. */
#include "tools/stop.h"

#include <signal.h>

static volatile sig_atomic_t asked;

static void note_signal(int signal)
{
    (void)signal;
    asked = 1;
}

void stop_watch(void)
{
    struct sigaction a = {.sa_handler = note_signal};

    (void)sigaction(SIGINT, &a, NULL);
    (void)sigaction(SIGTERM, &a, NULL);
}

bool stop_asked(void)
{
    return asked != 0;
}
