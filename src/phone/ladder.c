/* Draws what was recorded. Knows no call but those that trace/ makes of it. */
#include "phone/ladder.h"

#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "host/file_sink.h"
#include "net/entropy.h"
#include "trace/calls.h"

#define WIDTH 100 /* where there is no terminal */
#define TABLE_BYTES ((size_t)32 << 20)

static void take(struct trace_calls *calls, const struct record *r)
{
    bool came = r->kind == RECORD_CAME;
    if (r->kind == RECORD_WHY)
        return; /* what our own engine thinks of it is told as events */
    (void)!trace_calls_take(calls, &(struct trace_event){.kind = TRACE_MESSAGE,
                                                         .at = (unix_ns)r->at,
                                                         .from = came ? r->remote : r->local,
                                                         .to = came ? r->local : r->remote,
                                                         .transport = r->transport,
                                                         .text = r->text});
}

static void take_all(struct trace_calls *calls, const struct recorder *recorder)
{
    static char copied[RECORD_MOST];
    uint64_t cursor = 0;
    size_t len;
    while ((len = recorder_copy(recorder, &cursor, copied, sizeof copied)) > 0) {
        struct str all = {copied, len};
        struct record r;
        while (record_next(&all, &r))
            take(calls, &r);
    }
}

static unsigned width_of(FILE *f)
{
    struct winsize w;
    return ioctl(fileno(f), TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : WIDTH;
}

static void draw(const struct trace_calls *calls, FILE *f)
{
    struct file_sink sink;
    const struct trace_text_style style = {.width = width_of(f),
                                           .ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0,
                                           .colour = isatty(fileno(f)) == 1};
    const struct trace_call *c = NULL;
    file_sink_init(&sink, f);
    while ((c = trace_calls_next(calls, c))) {
        struct trace_ladder l;
        if (trace_ladder_init(&l, &mem_libc, c, false) != 0)
            continue;
        trace_draw_text(&l, &style, &sink.sink);
        trace_ladder_fini(&l);
    }
}

void ladder_show(const struct recorder *recorder, FILE *f)
{
    struct hash_key key;
    struct trace_calls *calls =
        entropy_key(&key) ? trace_calls_new(&mem_libc, &key, TABLE_BYTES) : NULL;
    if (!calls)
        return;
    (void)setlocale(LC_CTYPE, ""); /* how its lines are drawn */
    take_all(calls, recorder);
    draw(calls, f);
    trace_calls_free(calls);
}
