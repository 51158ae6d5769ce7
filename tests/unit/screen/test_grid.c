/* Text into cells: what a terminal would obey never gets there, and nothing leaves its pane. */
#include "show.h"

#include <locale.h>

#include "../../../src/screen/grid.h"

static struct screen_cell cells[4][10];

static struct pane pane(bool is_ascii)
{
    static struct grid g;
    g = (struct grid){cells[0], 4, 10, is_ascii};
    for (int i = 0; i < 40; i++)
        cells[i / 10][i % 10] = (struct screen_cell){.character = '_'};
    assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
    return grid_all(&g);
}

static void assert_row(int row, const uint32_t *expected)
{
    for (int i = 0; i < 10; i++)
        assert_int_equal(cells[row][i].character, expected[i]);
}

#define ASSERT_ROW(row, ...) assert_row(row, (const uint32_t[10]){__VA_ARGS__})

static void controls_and_broken_bytes_have_stand_ins(void **state)
{
    (void)state;
    (void)pane_put(pane(false), 0, 0, (struct look){0}, STR("\033[2J\a\x9b\xc2\x9b\t\x7f"));
    ASSERT_ROW(0, '.', '[', '2', 'J', '.', '?', '.', ' ', '.', '_');
    (void)pane_put(pane(true), 0, 0, (struct look){0}, STR("\xc3\xa4\r\n\xff"));
    ASSERT_ROW(0, '?', '.', '.', '?', '_', '_', '_', '_', '_', '_');
}

static void wide_characters_take_two_cells(void **state)
{
    (void)state;
    assert_int_equal(pane_put(pane(false), 1, 7, (struct look){0}, STR("a\xe6\xbc\xa2")), 10);
    ASSERT_ROW(1, '_', '_', '_', '_', '_', '_', '_', 'a', 0x6f22, 0);
    (void)pane_put(pane(false), 1, 9, (struct look){0}, STR("\xe6\xbc\xa2"));
    ASSERT_ROW(1, '_', '_', '_', '_', '_', '_', '_', '_', '_', ' ');
    (void)pane_put(pane(false), 1, -1, (struct look){0}, STR("\xe6\xbc\xa2x"));
    ASSERT_ROW(1, ' ', 'x', '_', '_', '_', '_', '_', '_', '_', '_');
}

static void what_turns_the_line_round_is_not_shown(void **state)
{
    (void)state;
    (void)pane_put(pane(false), 0, 0, (struct look){0},
                   STR("a\xe2\x80\xae"
                       "b\xcc\x81"));
    ASSERT_ROW(0, 'a', 'b', '_', '_', '_', '_', '_', '_', '_', '_');
}

static void nothing_leaves_its_pane(void **state)
{
    struct pane p = pane(false);
    (void)state;
    p = pane_part(p, 1, 2, 2, 3);
    for (int row = -2; row < 5; row++) {
        (void)pane_put(p, row, -2, (struct look){0}, STR("abcdefghij"));
        pane_line(p, row, -1, 20, (struct look){0}, GLYPH_ACROSS);
        pane_mark(p, row, (struct look){0, SCREEN_BOLD});
    }
    ASSERT_ROW(0, '_', '_', '_', '_', '_', '_', '_', '_', '_', '_');
    ASSERT_ROW(2, '_', '_', 0x2500, 0x2500, 0x2500, '_', '_', '_', '_', '_');
    ASSERT_ROW(3, '_', '_', '_', '_', '_', '_', '_', '_', '_', '_');
    p = pane_part(p, 5, 5, 3, 3);
    assert_int_equal(p.rows, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(controls_and_broken_bytes_have_stand_ins),
        cmocka_unit_test(wide_characters_take_two_cells),
        cmocka_unit_test(what_turns_the_line_round_is_not_shown),
        cmocka_unit_test(nothing_leaves_its_pane),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
