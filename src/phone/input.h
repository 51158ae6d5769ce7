/* Standard input: lines of a script, or a terminal with single keys and a line of state. Knows no
 * call. */
#ifndef TANDEM_PHONE_INPUT_H
#define TANDEM_PHONE_INPUT_H

#include <stdbool.h>
#include <termios.h>

#include "base/attr.h"
#include "net/loop.h"
#include "phone/order.h"

#define INPUT_LINE 512

struct input {
    bool is_terminal, is_watched;
    bool in_line; /* on a terminal: a command is being typed, behind a '/' */
    char line[INPUT_LINE];
    size_t len;
    char read[256]; /* what came and is not looked at yet */
    size_t n_read, at_read;
    struct termios shown; /* as the terminal was */
    char state[160];      /* the line of state that stands there */
};

/* Watches standard input under this token where it is a terminal or a pipe; a terminal gives single
 * keys from now on. */
void input_begin(struct input *, struct loop *, uint64_t token, bool quiet);
/* Gives the terminal back. */
void input_end(struct input *);
/* It is readable. */
void input_ready(struct input *, struct loop *);
/* The next order. False: none is whole. `wrong`: NULL, or why the line is none. */
bool input_order(struct input *, struct order *, const char **wrong);
/* Shows the line of state, on a terminal alone; an unchanged one is not shown again. */
void input_show(struct input *, const char *text);
/* Before and after something else is printed: the line of state makes room for it. */
void input_clear(struct input *);

#endif
