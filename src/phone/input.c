/* Owns standard input and the last line of a terminal. */
#include "phone/input.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BACKSPACE 0x7f
#define ESCAPE 0x1b

void input_begin(struct input *in, struct loop *loop, uint64_t token, bool quiet)
{
    *in = (struct input){.is_terminal = !quiet && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)};
    struct termios raw;
    if (in->is_terminal && tcgetattr(STDIN_FILENO, &in->shown) == 0) {
        raw = in->shown;
        raw.c_lflag &= ~(tcflag_t)(ECHO | ICANON);
        (void)tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    } else {
        in->is_terminal = false;
    }
    /* a file cannot be watched, and /dev/null says nothing */
    in->is_watched = loop_add(loop, STDIN_FILENO, token, LOOP_READ) == 0;
}

void input_end(struct input *in)
{
    if (!in->is_terminal)
        return;
    input_clear(in);
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &in->shown);
}

void input_ready(struct input *in, struct loop *loop)
{
    ssize_t n = read(STDIN_FILENO, in->read, sizeof in->read);
    in->at_read = 0;
    in->n_read = n > 0 ? (size_t)n : 0;
    if (n <= 0 && in->is_watched) { /* its end: the calls go on */
        in->is_watched = false;
        loop_remove(loop, STDIN_FILENO);
    }
}

static void show_line(struct input *in)
{
    if (!in->is_terminal)
        return;
    printf("\r\033[K/%.*s", (int)in->len, in->line);
    fflush(stdout);
}

static void leave_line(struct input *in)
{
    in->in_line = false;
    in->len = 0;
    in->state[0] = '\0';
    if (in->is_terminal)
        fputs("\r\033[K", stdout);
}

/* A character of a line; true: it is whole. */
static bool take_character(struct input *in, char c)
{
    if (c == '\n' || c == '\r')
        return true;
    if (c == BACKSPACE && in->is_terminal)
        in->len -= in->len > 0;
    else if (in->len < sizeof in->line)
        in->line[in->len++] = c;
    if (in->is_terminal && c == ESCAPE)
        leave_line(in);
    else
        show_line(in);
    return false;
}

/* A key outside of a line; false: it means nothing. */
static bool take_key(struct input *in, const char *key, struct order *out)
{
    if (*key == '/') {
        in->in_line = true;
        in->len = 0;
        show_line(in);
        return false;
    }
    *out = order_of_key(key);
    return out->kind != ORDER_NONE;
}

bool input_order(struct input *in, struct order *out, const char **wrong)
{
    *wrong = NULL;
    while (in->at_read < in->n_read) {
        const char *key = &in->read[in->at_read++];
        if (in->is_terminal && !in->in_line) {
            if (take_key(in, key, out))
                return true;
        } else if (take_character(in, *key)) {
            struct str line = {in->line, in->len};
            *wrong = order_parse(line, out);
            leave_line(in);
            if (*wrong || out->kind != ORDER_NONE)
                return true;
        }
    }
    return false;
}

void input_show(struct input *in, const char *text)
{
    if (!in->is_terminal || in->in_line || strcmp(in->state, text) == 0)
        return;
    snprintf(in->state, sizeof in->state, "%s", text);
    printf("\r\033[K%s", in->state);
    fflush(stdout);
}

void input_clear(struct input *in)
{
    if (!in->is_terminal)
        return;
    in->state[0] = '\0';
    fputs("\r\033[K", stdout);
    fflush(stdout);
}
