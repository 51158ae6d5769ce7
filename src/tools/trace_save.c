/* Writes calls that are in memory, their messages or a drawing of them; frames and RTP are not kept
 * there (trace_export.c reads them again). */
#include "tools/trace_save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/pcapng.h"
#include "host/file_sink.h"
#include "tools/trace_time.h"

#define ROOM ((size_t)65536 + 2 * PCAPNG_AROUND)

struct saver {
    FILE *file;
    struct pcapng_writer writer;
    char *room;
    const struct trace_item **items; /* by time */
    size_t n;
};

/* What is written item by item, or one drawing of all. */
struct format {
    void (*begin)(struct saver *);
    void (*put)(struct saver *, const struct trace_item *);
    void (*draw)(const struct trace_ladder *, struct trace_sink *);
};

static void put_room(struct saver *s, const struct buf *b)
{
    if (!b->over)
        (void)fwrite(b->at, 1, b->len, s->file);
}

static void begin_pcapng(struct saver *s)
{
    struct buf b;
    buf_init(&b, s->room, ROOM);
    pcapng_begin(&s->writer, &b);
    put_room(s, &b);
}

static void put_pcapng(struct saver *s, const struct trace_item *i)
{
    struct buf b;
    buf_init(&b, s->room, ROOM);
    if (i->kind == TRACE_MESSAGE &&
        pcapng_message(&s->writer, &b, i->at, &i->from, &i->to, i->text))
        put_room(s, &b);
}

static void begin_text(struct saver *s)
{
    (void)s;
}

static void put_text(struct saver *s, const struct trace_item *i)
{
    struct buf b;
    buf_init(&b, s->room, ROOM);
    trace_time_put(&b, i->at);
    buf_put_char(&b, ' ');
    if (i->kind == TRACE_MESSAGE) {
        addr_print(&b, &i->from);
        buf_put_lit(&b, " -> ");
        addr_print(&b, &i->to);
    } else {
        buf_put(&b, str_slice(i->who, 0, 256));
    }
    buf_put_char(&b, '\n');
    put_room(s, &b);
    (void)fwrite(i->text.at, 1, i->text.len, s->file);
    (void)fputs("\n\n", s->file);
}

const char *const trace_save_formats[] = {"pcapng", "text", "svg", "html", NULL};
static const struct format formats[] = {{begin_pcapng, put_pcapng, NULL},
                                        {begin_text, put_text, NULL},
                                        {NULL, NULL, trace_draw_svg},
                                        {NULL, NULL, trace_draw_html}};

static int by_time(const void *a, const void *b)
{
    const struct trace_item *const *x = a, *const *y = b;
    return ((*x)->at > (*y)->at) - ((*x)->at < (*y)->at);
}

static bool collect(struct saver *s, const struct screen_saving *saving)
{
    size_t n = 0;
    for (size_t i = 0; i < saving->n_calls; i++)
        n += saving->calls[i]->n_items;
    s->items = calloc(n ? n : 1, sizeof(struct trace_item *));
    for (size_t i = 0; s->items && i < saving->n_calls; i++)
        for (const struct trace_item *t = NULL; (t = trace_call_item(saving->calls[i], t));)
            s->items[s->n++] = t;
    if (s->n > 1)
        qsort(s->items, s->n, sizeof(struct trace_item *), by_time);
    return s->items != NULL;
}

static FILE *create(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    FILE *file = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (fd >= 0 && !file)
        (void)close(fd);
    return file;
}

static const char *draw(struct saver *s, const struct screen_saving *saving)
{
    struct trace_ladder l;
    struct file_sink out;
    if (trace_ladder_init_of(&l, &mem_libc, saving->calls, saving->n_calls,
                             (struct trace_ladder_options){0}))
        return "there is no memory for it";
    file_sink_init(&out, s->file);
    formats[saving->format].draw(&l, &out.sink);
    trace_ladder_fini(&l);
    return NULL;
}

static const char *write_items(struct saver *s, const struct screen_saving *saving)
{
    const struct format *f = &formats[saving->format];
    s->room = malloc(ROOM);
    if (!s->room || !collect(s, saving))
        return "there is no memory for it";
    f->begin(s);
    for (size_t i = 0; i < s->n; i++)
        f->put(s, s->items[i]);
    return NULL;
}

static const char *write_all(struct saver *s, const struct screen_saving *saving)
{
    bool is_drawn = formats[saving->format].draw != NULL;
    if (is_drawn && saving->n_calls > LIMIT_TRACE_FLOW)
        return "these are too many calls for one picture";
    s->file = create(saving->path);
    if (!s->file)
        return errno == EEXIST ? "there is a file of this name" : strerror(errno);
    const char *wrong = is_drawn ? draw(s, saving) : write_items(s, saving);
    if (!wrong && ferror(s->file))
        wrong = "the file cannot be written";
    if (fclose(s->file) != 0 && !wrong)
        wrong = "the file cannot be written";
    if (wrong)
        (void)unlink(saving->path);
    return wrong;
}

const char *trace_save(const struct screen_saving *saving)
{
    struct saver s = {0};
    const char *wrong = write_all(&s, saving);
    free(s.room);
    free(s.items);
    return wrong;
}
