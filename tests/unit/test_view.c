/* test_view.c: the grid of cells, its colours, and what is written to a terminal for it. */
#include "tests/unit/unit_main.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include "tests/random.h"
#include "view/console.h"
#include "view/glyph.h"
#include "view/grid.h"
#include "view/paint.h"
#include "view/palette.h"
#include "view/screen.h"

#define PAINTINGS 300

/* The grid as text, to be freed. */
static char *text_of(const struct grid *grid, bool ascii)
{
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    ck_assert_ptr_nonnull(file);
    grid_print(file, grid, ascii);
    fclose(file);
    return text;
}

static void expect_text(const struct grid *grid, bool ascii, const char *expected)
{
    char *text = text_of(grid, ascii);

    ck_assert_str_eq(text, expected);
    free(text);
}

START_TEST(text_is_cut_off_at_the_edges_of_its_area)
{
    struct grid grid;
    struct area part;

    grid_init(&grid, 10, 3);
    part = area_part(area_whole(&grid), 2, 1, 4, 1);
    ck_assert_int_eq(area_text(part, 1, 0, ROLE_TEXT, "abcdef"), 7);
    area_text(part, -2, 0, ROLE_TEXT, "xyz");
    area_text(part, 0, 1, ROLE_TEXT, "below");
    area_text(part, 0, -1, ROLE_TEXT, "above");
    expect_text(&grid, false, "\n  zabc\n\n");
    grid_fini(&grid);
}
END_TEST

START_TEST(a_part_stays_within_its_area)
{
    static const int at[] = {-5, -1, 0, 3, 9, 10, 50};
    struct grid grid;

    grid_init(&grid, 10, 10);
    for (size_t i = 0; i < 7 * 7 * 7; i++) {
        struct area part =
            area_part(area_whole(&grid), at[i % 7], at[i / 7 % 7], at[i / 49], at[i / 49]);

        ck_assert_int_ge(part.width, 0);
        ck_assert_int_ge(part.height, 0);
        ck_assert_int_le(part.x + part.width, 10);
        ck_assert_int_le(part.y + part.height, 10);
        area_fill(part, 'x', ROLE_TEXT);
        area_box(part, ROLE_FRAME, "title");
    }
    grid_fini(&grid);
}
END_TEST

START_TEST(boxes_have_a_title_and_an_inside)
{
    struct grid grid;
    struct area inside;

    grid_init(&grid, 12, 3);
    inside = area_box(area_whole(&grid), ROLE_FRAME, "box");
    area_text(inside, 0, 0, ROLE_TEXT, "0123456789abc");
    expect_text(&grid, false, "┌─ box ────┐\n│0123456789│\n└──────────┘\n");
    grid_fini(&grid);
}
END_TEST

START_TEST(bars_are_as_long_as_their_share)
{
    static const struct {
        double share;
        const char *text;
    } bars[] = {{0, "\n"},        {0.04, "\n"},        {0.05, "▌\n"},       {0.3, "███\n"},
                {0.35, "███▌\n"}, {1, "██████████\n"}, {7, "██████████\n"}, {-1, "\n"}};

    for (size_t i = 0; i < sizeof bars / sizeof *bars; i++) {
        struct grid grid;

        grid_init(&grid, 10, 1);
        area_bar(area_whole(&grid), 0, 0, 10, bars[i].share, GLYPH_BLOCK, ROLE_LANE);
        expect_text(&grid, false, bars[i].text);
        grid_fini(&grid);
    }
}
END_TEST

START_TEST(long_text_is_broken_at_blanks_or_ends_in_an_ellipsis)
{
    struct grid grid;

    grid_init(&grid, 10, 4);
    ck_assert_int_eq(area_wrap(area_whole(&grid), 0, ROLE_TEXT, "one two three abcdefghijklm"), 4);
    expect_text(&grid, false, "one two\nthree\nabcdefghij\nklm\n");
    grid_clear(&grid);
    area_cut(area_whole(&grid), 0, 0, 5, ROLE_TEXT, "abcde");
    area_cut(area_whole(&grid), 0, 1, 5, ROLE_TEXT, "abcdef");
    area_right(area_whole(&grid), 10, 2, ROLE_TEXT, "×1.5");
    expect_text(&grid, false, "abcde\nabcd…\n      ×1.5\n\n");
    expect_text(&grid, true, "abcde\nabcd~\n      x1.5\n\n");
    grid_fini(&grid);
}
END_TEST

/* Control characters, what is no UTF-8, what is two columns wide or turns the direction. */
START_TEST(hostile_text_becomes_question_marks)
{
    static const char *const texts[] = {"\033[2J",  "\x80\xff",         "\xc3",
                                        "\xe2\x82", "\xf0\x9f\x98\x80", "\xe2\x80\xae",
                                        "\xc0\xaf", "\xed\xa0\x80",     "\xe4\xb8\xad"};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct grid grid;

        grid_init(&grid, 20, 1);
        area_text(area_whole(&grid), 0, 0, ROLE_TEXT, texts[i]);
        ck_assert_uint_eq(grid.cells[0].glyph, '?');
        for (int x = 0; x < 20; x++)
            ck_assert(glyph_is_known(grid.cells[x].glyph) && grid.cells[x].glyph >= ' ');
        grid_fini(&grid);
    }
}
END_TEST

/* On a grid of 6 by 3. */
static void expect_console(const char *written, bool is_terminal, int back, const char *expected)
{
    const struct console_text text = {
        .owner = written, .byte = console_byte, .end = strlen(written), .is_terminal = is_terminal};
    struct grid grid;

    grid_init(&grid, 6, 3);
    console_draw(area_whole(&grid), &text, back);
    expect_text(&grid, false, expected);
    grid_fini(&grid);
}

START_TEST(the_end_of_what_was_written_is_shown)
{
    expect_console("a\nb\n", false, 0, "a\nb\n\n");
    expect_console("a\nb\nc\nd", false, 0, "b\nc\nd\n");
    expect_console("a\nb\nc\nd", false, 1, "a\nb\nc\n");
    expect_console("a\nb\nc\nd", false, 9, "a\nb\nc\n");
    expect_console("a\n123456789\nb\nc", false, 0, "789\nb\nc\n");
}
END_TEST

START_TEST(controls_are_dots_or_do_what_they_do_on_a_terminal)
{
    expect_console("a\tb\r\n\033[2Jc\177", false, 0, "a.b\n.[2Jc.\n\n");
    expect_console("ab\rc\b\033[1;2Jd\177", true, 0, "db\n\n\n");
}
END_TEST

START_TEST(every_glyph_survives_utf8_and_has_a_look)
{
    size_t known = 0;

    for (uint32_t glyph = 0; glyph < 0x20000; glyph++) {
        char bytes[GLYPH_BYTES + 1] = "";
        const char *text = bytes;
        uint8_t rows[GLYPH_HEIGHT], any = 0;

        if (!glyph_is_known(glyph))
            continue;
        known++;
        glyph_encode(bytes, glyph);
        ck_assert_uint_eq(glyph_decode(&text), glyph);
        ck_assert_str_eq(text, "");
        ck_assert_int_ge(glyph_ascii(glyph), ' ');
        glyph_rows(rows, glyph);
        for (size_t y = 0; y < GLYPH_HEIGHT; y++)
            any |= rows[y];
        ck_assert_msg((any != 0) == (glyph != ' '), "glyph %x", glyph);
    }
    ck_assert_uint_gt(known, 200);
}
END_TEST

START_TEST(contrast_is_that_of_the_standard)
{
    ck_assert_double_eq_tol(palette_contrast(0, 0xffffff), 21, 1e-9);
    ck_assert_double_eq_tol(palette_contrast(0x777777, 0xffffff), 4.48, 0.005);
}
END_TEST

START_TEST(text_and_bars_can_be_read_in_both_themes)
{
    static const enum role texts[] = {ROLE_TEXT, ROLE_STRONG, ROLE_DIM,
                                      ROLE_WARN, ROLE_BAD,    ROLE_STRUCK};
    static const enum role on_band[] = {ROLE_TEXT, ROLE_STRONG, ROLE_WARN};
    static const enum role grounds[] = {ROLE_LIVE, ROLE_REPLAY};

    for (enum theme theme = THEME_DARK; theme < THEME_COUNT; theme++) {
        uint32_t back = palette_colour(theme, ROLE_BACK);

        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
            ck_assert_double_ge(palette_contrast(palette_colour(theme, texts[i]), back), 7);
        for (size_t i = 0; i < sizeof grounds / sizeof *grounds; i++)
            ck_assert_double_ge(palette_contrast(palette_colour(theme, grounds[i]),
                                                 palette_colour(theme, ROLE_BADGE)),
                                7);
        for (unsigned i = 0; i < sizeof on_band / sizeof *on_band; i++)
            ck_assert_double_ge(palette_contrast(palette_colour(theme, on_band[i]),
                                                 palette_colour(theme, ROLE_BAND)),
                                7);
        for (unsigned i = 0; i < ROLE_LANES; i++)
            ck_assert_msg(
                palette_contrast(palette_colour(theme, (enum role)(ROLE_LANE + i)), back) >= 3,
                "theme %d lane %u", (int)theme, i);
    }
}
END_TEST

START_TEST(a_colour_of_xterm_is_its_own_nearest)
{
    ck_assert_uint_eq(palette_nearest(0xff0000), 196);
    ck_assert_uint_eq(palette_nearest(0x5f87af), 67);
    ck_assert_uint_eq(palette_nearest(0x080808), 232);
}
END_TEST

/* A terminal that knows what paint() writes, and nothing else. The role of a cell is not to be seen
 * in 256 colours, so it keeps the attributes as text. */
struct mirror {
    int width, height, x, y;
    char attributes[64];
    struct {
        uint32_t glyph;
        char attributes[64];
    } cells[40 * 20];
};

static void mirror_sequence(struct mirror *mirror, const char *start, const char *end)
{
    int row, column;

    if (*end == 'm') {
        snprintf(mirror->attributes, sizeof mirror->attributes, "%.*s", (int)(end - start), start);
    } else if (*end == 'H') {
        ck_assert_int_eq(sscanf(start, "[%d;%dH", &row, &column), 2);
        mirror->x = column - 1;
        mirror->y = row - 1;
    } else {
        ck_assert_int_eq(strncmp(start, "[2J", 3), 0);
        memset(mirror->cells, 0, sizeof mirror->cells);
    }
}

static void mirror_feed(struct mirror *mirror, const char *text)
{
    while (*text != '\0') {
        const char *end = text + 1;

        if (*text == '\033') {
            while (strchr("mHJ", *end) == NULL)
                end++;
            mirror_sequence(mirror, text + 1, end);
            text = end + 1;
            continue;
        }
        ck_assert(mirror->x < mirror->width && mirror->y < mirror->height);
        end = text;
        mirror->cells[mirror->y * 40 + mirror->x].glyph = glyph_decode(&end);
        memcpy(mirror->cells[mirror->y * 40 + mirror->x].attributes, mirror->attributes,
               sizeof mirror->attributes);
        mirror->x++;
        text = end;
    }
}

static size_t paint_into(struct mirror *mirror, const struct grid *shown, const struct grid *wanted,
                         enum paint_colours colours)
{
    char *text = NULL;
    size_t size, count;
    FILE *file = open_memstream(&text, &size);

    ck_assert_ptr_nonnull(file);
    count =
        paint(file, shown, wanted, &(struct paint_style){.colours = colours, .theme = THEME_LIGHT});
    fclose(file);
    mirror->width = wanted->width;
    mirror->height = wanted->height;
    mirror_feed(mirror, text);
    free(text);
    return count;
}

static void change_some(struct random *random, struct grid *grid)
{
    static const uint32_t glyphs[] = {' ', 'a', 'b', GLYPH_BLOCK, GLYPH_TOP_LEFT, GLYPH_TIMES};

    for (uint64_t n = random_below(random, 30); n > 0; n--) {
        size_t i = (size_t)random_below(random, (uint64_t)grid->width * (uint64_t)grid->height);

        grid->cells[i] = (struct grid_cell){
            .glyph = glyphs[random_below(random, 6)],
            .fore = (uint8_t)random_below(random, ROLE_COUNT),
            .back = (uint8_t)random_below(random, ROLE_COUNT),
        };
    }
}

/* From any picture to any other: the terminal then shows the same as if all had been painted. */
START_TEST(painting_the_difference_gives_the_same_as_painting_all)
{
    struct random random = random_begin();
    static struct mirror by_steps, at_once;
    struct grid shown, wanted;

    grid_init(&shown, 40, 20);
    grid_init(&wanted, 40, 20);
    paint_into(&by_steps, NULL, &shown, PAINT_256);
    for (int i = 0; i < PAINTINGS; i++) {
        size_t differ = 0, painted;

        change_some(&random, &wanted);
        for (size_t j = 0; j < 40 * 20; j++)
            differ += shown.cells[j].glyph != wanted.cells[j].glyph ||
                      shown.cells[j].fore != wanted.cells[j].fore ||
                      shown.cells[j].back != wanted.cells[j].back;
        painted = paint_into(&by_steps, &shown, &wanted, PAINT_256);
        ck_assert_uint_eq(painted, differ);
        ck_assert_uint_eq(paint_into(&at_once, NULL, &wanted, PAINT_256), 40 * 20);
        for (size_t j = 0; j < 40 * 20; j++) {
            ck_assert_uint_eq(by_steps.cells[j].glyph, at_once.cells[j].glyph);
            ck_assert_str_eq(by_steps.cells[j].attributes, at_once.cells[j].attributes);
        }
        memcpy(shown.cells, wanted.cells, sizeof *shown.cells * 40 * 20);
    }
    grid_fini(&wanted);
    grid_fini(&shown);
}
END_TEST

START_TEST(nothing_is_written_for_what_is_shown_already)
{
    struct grid grid;
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    ck_assert_ptr_nonnull(file);
    grid_init(&grid, 30, 4);
    area_box(area_whole(&grid), ROLE_FRAME, "still");
    paint(file, &grid, &grid, &(struct paint_style){.colours = PAINT_TRUE});
    fclose(file);
    ck_assert_uint_eq(size, 0);
    free(text);
    grid_fini(&grid);
}
END_TEST

START_TEST(without_colours_there_is_no_sequence_for_one)
{
    struct grid grid;
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    ck_assert_ptr_nonnull(file);
    grid_init(&grid, 4, 1);
    area_text(area_whole(&grid), 0, 0, ROLE_BADGE, "LIVE");
    area_ground(area_whole(&grid), 0, 0, 4, ROLE_LIVE);
    paint(file, NULL, &grid, &(struct paint_style){.colours = PAINT_NONE});
    fclose(file);
    ck_assert_str_eq(text, "\033[0m\033[2J\033[1;1H\033[0;7mLIVE\033[0m");
    free(text);
    grid_fini(&grid);
}
END_TEST

/* A program with a screen on a terminal of its own; it is told to end before it waits for the first
 * time. 0: it has put the terminal back and ended as it should. */
static _Noreturn void end_before_the_first_wait(int slave, bool lends)
{
    struct screen_event event;
    struct screen *screen;
    struct grid grid;
    struct err err;

    signal(SIGTERM, SIG_DFL);
    if (login_tty(slave) < 0 || (screen = screen_terminal(THEME_DARK, &err)) == NULL)
        _exit(2);
    grid_init(&grid, 4, 1);
    screen->lends_signals = lends;
    if (screen_show(screen, &grid, &err) < 0)
        _exit(3);
    if (lends)
        screen_listen(screen);
    raise(SIGTERM);
    screen_wait(screen, -1, &event);
    screen_free(screen);
    grid_fini(&grid);
    _exit(event.kind == SCREEN_END && event.signal == SIGTERM ? 0 : 4);
}

START_TEST(a_signal_is_an_event_as_soon_as_something_is_shown)
{
    char seen[1024] = "";
    size_t used = 0;
    int master, slave, status;
    pid_t child;

    ck_assert_int_eq(openpty(&master, &slave, NULL, NULL, NULL), 0);
    setenv("TERM", "xterm", 1);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0)
        end_before_the_first_wait(slave, _i == 1);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "wait status 0x%x",
                  (unsigned)status);
    while (used + 1 < sizeof seen &&
           poll(&(struct pollfd){.fd = master, .events = POLLIN}, 1, 0) > 0) {
        ssize_t got = read(master, seen + used, sizeof seen - 1 - used);

        ck_assert_int_gt(got, 0);
        used += (size_t)got;
    }
    ck_assert_ptr_nonnull(strstr(seen, "\033[?1049h"));
    ck_assert_ptr_nonnull(strstr(seen, "\033[?1049l"));
    close(slave);
    close(master);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("view");
    TCase *tests = tcase_create("cells");

    tcase_add_test(tests, text_is_cut_off_at_the_edges_of_its_area);
    tcase_add_test(tests, a_part_stays_within_its_area);
    tcase_add_test(tests, boxes_have_a_title_and_an_inside);
    tcase_add_test(tests, bars_are_as_long_as_their_share);
    tcase_add_test(tests, long_text_is_broken_at_blanks_or_ends_in_an_ellipsis);
    tcase_add_test(tests, hostile_text_becomes_question_marks);
    tcase_add_test(tests, the_end_of_what_was_written_is_shown);
    tcase_add_test(tests, controls_are_dots_or_do_what_they_do_on_a_terminal);
    tcase_add_test(tests, every_glyph_survives_utf8_and_has_a_look);
    tcase_add_test(tests, contrast_is_that_of_the_standard);
    tcase_add_test(tests, text_and_bars_can_be_read_in_both_themes);
    tcase_add_test(tests, a_colour_of_xterm_is_its_own_nearest);
    tcase_add_test(tests, painting_the_difference_gives_the_same_as_painting_all);
    tcase_add_test(tests, nothing_is_written_for_what_is_shown_already);
    tcase_add_test(tests, without_colours_there_is_no_sequence_for_one);
    tcase_add_loop_test(tests, a_signal_is_an_event_as_soon_as_something_is_shown, 0, 2);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
