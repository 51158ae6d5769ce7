/* Reads the answers to the verb `trace`. Draws nothing. */
#include "tools/trace_server.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "msg/print.h"
#include "tools/ctl_connect.h"
#include "tools/ctl_row.h"
#include "tools/trace_tell.h"
#include "trace/recorder.h"

#define SENTENCE_MOST 1024

int trace_server_begin(struct trace_server *s, const struct trace_options *o)
{
    char path[PATH_MAX];

    s->cursor[0] = '\0';
    int error = ctl_connect(&s->wire, o->socket, o->data, path);

    if (!error)
        return TRACE_EXIT_DONE;
    wire_close(&s->wire);
    if (o->call_or_file)
        return trace_complain(o->files[0],
                              "no such file, nor does a server answer that may have such a call",
                              TRACE_EXIT_NOBODY);
    (void)trace_complain(path, strerror(error), TRACE_EXIT_NOBODY);
    return trace_complain("server",
                          "none answers there; name a capture, or say where one does by --socket "
                          "or --data",
                          TRACE_EXIT_NOBODY);
}

void trace_server_close(struct trace_server *s)
{
    wire_close(&s->wire);
}

/* "1732950000.000000123" */
static unix_ns time_of(const struct ctl_row *row)
{
    struct str text = ctl_row_get(row, "at");
    size_t dot = str_find(text, '.');
    uint64_t seconds = 0, ns = 0;

    (void)str_to_u64(str_slice(text, 0, dot), INT64_MAX / NS_PER_S - 1, &seconds);
    (void)str_to_u64(str_slice(text, dot + 1, text.len), NS_PER_S - 1, &ns);
    return (unix_ns)(seconds * NS_PER_S + ns);
}

static int take_message(struct trace_calls *calls, const struct ctl_row *row)
{
    struct trace_event e = {.kind = TRACE_MESSAGE,
                            .at = time_of(row),
                            .transport = (uint8_t)transport_of(ctl_row_get(row, "transport")),
                            .text = ctl_row_get(row, "message")};

    (void)addr_parse(ctl_row_get(row, "source"), &e.from);
    (void)addr_parse(ctl_row_get(row, "destination"), &e.to);
    return trace_calls_take(calls, &e);
}

/* A server may know reasons that we do not: then their names have to do. */
static struct str sentence_of(struct str name, struct str about, char text[SENTENCE_MOST])
{
    static const struct {
        const char *name, *sentence;
    } known[] = {
#define REASON(id, name, sentence) {name, sentence},
#include "reasons.def"
#undef REASON
    };
    struct str sentence = STR("%s");
    struct buf b;

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (str_equal(name, str_from(known[i].name)))
            sentence = str_from(known[i].sentence);
    size_t gap = str_find(sentence, '%');

    buf_init(&b, text, SENTENCE_MOST);
    buf_put(&b, str_slice(sentence, 0, gap));
    if (gap < sentence.len) {
        buf_put(&b, str_slice(about.len > 0 ? about : name, 0, SENTENCE_MOST / 2));
        buf_put(&b, str_slice(sentence, gap + 2, sentence.len));
    }
    return buf_str(&b);
}

static int take_reason(struct trace_calls *calls, const struct ctl_row *row)
{
    char text[SENTENCE_MOST];

    return trace_calls_take(
        calls, &(struct trace_event){
                   .kind = TRACE_NOTE,
                   .at = time_of(row),
                   .text = sentence_of(ctl_row_get(row, "reason"), ctl_row_get(row, "about"), text),
                   .call_id = ctl_row_get(row, "call_id"),
                   .who = STR("tandem")});
}

/* --- an answer --- */

/* Each worker tells its own in order; calls are listed as they began, whoever had them. */
struct told {
    unix_ns at;
    size_t number;
    struct ctl_row row;
};

struct answer {
    bool over;
    const char *wrong;
    struct told *rows;
    size_t n, room;
};

static bool keep(struct answer *a, const struct ctl_row *row)
{
    if (a->n == a->room) {
        size_t room = a->room ? a->room * 2 : 256;
        struct told *rows = realloc(a->rows, room * sizeof(*rows));

        if (!rows)
            return false;
        a->rows = rows;
        a->room = room;
    }
    a->rows[a->n] = (struct told){time_of(row), a->n, *row};
    a->n++;
    return true;
}

static int by_time(const void *left, const void *right)
{
    const struct told *a = left, *b = right;

    return a->at != b->at ? (a->at > b->at) - (a->at < b->at)
                          : (a->number > b->number) - (a->number < b->number);
}

static void give(struct answer *a, struct trace_calls *calls, const struct trace_follow *follow)
{
    if (a->n > 0)
        qsort(a->rows, a->n, sizeof(*a->rows), by_time);
    for (size_t i = 0; i < a->n; i++) {
        const struct ctl_row *row = &a->rows[i].row;

        if (ctl_row_get(row, "reason").len > 0 ? take_reason(calls, row) : take_message(calls, row))
            a->wrong = "no memory for all of it";
        if (follow)
            trace_follow_tell(follow, a->rows[i].at);
        ctl_row_free(&a->rows[i].row);
    }
    free(a->rows);
}

static void take_row(struct trace_server *s, struct ctl_row *row, struct answer *a)
{
    if (ctl_row_get(row, "at").len > 0 && keep(a, row))
        return;
    if (ctl_row_get(row, "at").len > 0)
        a->wrong = "no memory for all of it";
    else if (ctl_row_get(row, "cursor").len > 0)
        snprintf(s->cursor, sizeof(s->cursor), "%.*s", STR_ARG(ctl_row_get(row, "cursor")));
    else
        a->over = true;
    if (a->over && !str_equal(ctl_row_get(row, "status"), STR("0")))
        a->wrong = "the server has no such verb";
    ctl_row_free(row);
}

static const char *trouble(int error)
{
    return error == ETIMEDOUT    ? "the server does not answer"
           : error == ECONNRESET ? "the server ended the connection"
                                 : strerror(error);
}

const char *trace_server_read(struct trace_server *s, struct trace_calls *calls,
                              const struct trace_follow *follow)
{
    char command[TRACE_CURSOR_MOST + 32];
    int n = snprintf(command, sizeof(command), s->cursor[0] ? "trace --after %s\n" : "trace\n%s",
                     s->cursor);
    int error = wire_send(&s->wire, (struct str){command, (size_t)n});
    struct answer a = {0};
    struct str line;

    while (!error && !a.over && !(error = wire_receive(&s->wire, &line))) {
        struct ctl_row row;

        if (ctl_row_read(&row, line))
            take_row(s, &row, &a);
        else
            a.wrong = "the server's answer cannot be read";
    }
    give(&a, calls, follow);
    return error ? trouble(error) : a.wrong;
}
