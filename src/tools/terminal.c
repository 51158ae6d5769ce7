/* The one file that knows ncurses: its keys to the screen's, the screen's cells to its window, and
 * the turns in which events are taken. */
#define NCURSES_WIDECHAR 1
#include "tools/terminal.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <ncurses.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ASK_AGAIN_MS 100
#define ESCAPE_MS 25

static bool is_ascii(void)
{
    return !setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}

bool terminal_is_there(void)
{
    return isatty(STDOUT_FILENO);
}

static void set_colours(void)
{
    static const short colours[SCREEN_N_COLOURS] = {
        [SCREEN_RED] = COLOR_RED,         [SCREEN_GREEN] = COLOR_GREEN,
        [SCREEN_YELLOW] = COLOR_YELLOW,   [SCREEN_BLUE] = COLOR_BLUE,
        [SCREEN_MAGENTA] = COLOR_MAGENTA, [SCREEN_CYAN] = COLOR_CYAN};
    if (!has_colors() || start_color() == ERR)
        return;
    short ground = use_default_colors() == OK ? -1 : COLOR_BLACK;
    for (short i = SCREEN_RED; i < SCREEN_N_COLOURS; i++)
        (void)init_pair(i, colours[i], ground);
}

static void set_up(void)
{
    (void)cbreak();
    (void)noecho();
    (void)nonl();
    (void)keypad(stdscr, TRUE);
    (void)set_escdelay(ESCAPE_MS);
    (void)curs_set(0);
    set_colours();
}

static void draw_cell(int row, int col, struct screen_cell c)
{
    wchar_t text[2] = {(wchar_t)c.character, 0};
    attr_t how = (c.how & SCREEN_BOLD ? A_BOLD : 0) | (c.how & SCREEN_REVERSE ? A_REVERSE : 0);
    cchar_t out;
    if (c.character == 0 || setcchar(&out, text, how, has_colors() ? c.colour : 0, NULL) == ERR)
        return;
    (void)mvadd_wch(row, col, &out);
}

static void draw(struct screen *s)
{
    screen_draw(s);
    (void)erase();
    for (int row = 0; row < screen_rows(s); row++)
        for (int col = 0; col < screen_cols(s); col++)
            draw_cell(row, col, screen_cell(s, row, col));
    (void)refresh();
}

static uint32_t named_key(wint_t key)
{
    static const struct {
        wint_t key;
        uint32_t ours;
    } names[] = {{KEY_UP, SCREEN_UP},         {KEY_DOWN, SCREEN_DOWN},
                 {KEY_LEFT, SCREEN_LEFT},     {KEY_RIGHT, SCREEN_RIGHT},
                 {KEY_PPAGE, SCREEN_PAGE_UP}, {KEY_NPAGE, SCREEN_PAGE_DOWN},
                 {KEY_HOME, SCREEN_HOME},     {KEY_END, SCREEN_END},
                 {KEY_BACKSPACE, 127},        {KEY_ENTER, '\r'}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].key == key)
            return names[i].ours;
    return key > KEY_F0 && key <= KEY_F(12) ? SCREEN_F0 + (key - KEY_F0) : 0;
}

static void save(struct screen *s, const struct terminal_source *source)
{
    struct screen_saving saving = screen_saving(s);
    screen_saved(s, source->save(source->user, &saving));
}

/* Waits for a key as long as the source allows. False: the user leaves, or the terminal is gone. */
static bool take_key(struct screen *s, const struct terminal_source *source,
                     enum terminal_supply supply)
{
    wint_t key;
    timeout(supply == TERMINAL_MORE ? 0 : supply == TERMINAL_LATER ? ASK_AGAIN_MS : -1);
    errno = 0;
    int kind = get_wch(&key);
    if (kind == ERR)
        return supply != TERMINAL_NONE || errno == EINTR;
    if (kind == KEY_CODE_YES && key == KEY_RESIZE) {
        /* Where there is no memory the picture stays as large as it was. */
        (void)!screen_resize(s, LINES, COLS);
        return true;
    }
    enum screen_act act = screen_key(s, kind == KEY_CODE_YES ? named_key(key) : key);
    if (act == SCREEN_SAVES)
        save(s, source);
    return act != SCREEN_LEAVES;
}

static void run(struct screen *s, const struct terminal_source *source)
{
    enum terminal_supply supply = TERMINAL_MORE;
    do {
        if (supply != TERMINAL_NONE && screen_wants_events(s)) {
            supply = source->take(source->user);
            if (supply != TERMINAL_LATER)
                screen_update(s);
        }
        draw(s);
    } while (take_key(s, source, screen_wants_events(s) ? supply : TERMINAL_NONE));
}

static const char *run_on(const struct trace_calls *calls, const struct screen_options *options,
                          const struct terminal_source *source, FILE *keys)
{
    struct screen_options found = *options;
    found.is_ascii = is_ascii();
    SCREEN *terminal = newterm(NULL, stdout, keys);
    if (!terminal)
        return "its type is unknown (TERM)";
    struct screen *s = screen_new(&mem_libc, calls, &found);
    if (s) {
        set_up();
        (void)!screen_resize(s, LINES, COLS);
        run(s, source);
    }
    (void)endwin();
    delscreen(terminal);
    const char *error = s ? NULL : "no memory";
    screen_free(s);
    return error;
}

const char *terminal_run(const struct trace_calls *calls, const struct screen_options *options,
                         const struct terminal_source *source)
{
    if (!terminal_is_there())
        return "there is none";
    if (isatty(STDIN_FILENO))
        return run_on(calls, options, source, stdin);
    FILE *keys = fopen("/dev/tty", "r");
    if (!keys)
        return "there is none to take keys from";
    const char *error = run_on(calls, options, source, keys);
    (void)fclose(keys);
    return error;
}
