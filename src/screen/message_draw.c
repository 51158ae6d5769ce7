/* Lines of a message in a pane, its parts told apart by their looks. */
#include "screen/message_draw.h"

static void draw_line(const struct screen *s, struct pane p, int row,
                      const struct message_line *line)
{
    struct look plain = {0}, start = screen_look(s, SCREEN_YELLOW, SCREEN_BOLD);
    struct look name = screen_look(s, SCREEN_GREEN, 0), body = screen_look(s, SCREEN_CYAN, 0);
    struct str text = line->text;
    int col = 0;
    if (line->part == MESSAGE_START)
        plain = start;
    else if (line->part == MESSAGE_BODY)
        plain = body;
    col = pane_put(p, row, col, name, str_slice(text, 0, line->name_len));
    (void)pane_put(p, row, col, plain, str_slice(text, line->name_len, text.len));
}

int message_draw(const struct screen *s, struct pane p, int row, struct str text, size_t skip)
{
    struct message_lines m;
    struct message_line line;
    message_lines_begin(&m, text);
    while (row < p.rows && message_lines_next(&m, p.cols, p.grid->is_ascii, &line)) {
        if (skip > 0) {
            skip--;
            continue;
        }
        draw_line(s, p, row++, &line);
    }
    return row;
}
