/* test_stepper.c: the stepper's layout, its keys and its mouse, on a program of a few instructions.
 */
#include "tests/unit/unit_main.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stepper/control.h"
#include "stepper/draw.h"
#include "stepper/layout.h"
#include "stepper/run.h"
#include "stepper/status.h"
#include "tests/elf/tiny.h"
#include "tests/random.h"
#include "view/script.h"

#define PRESSES 1500

/* A loop of five rounds, then exit(0). */
static const uint32_t code[] = {
    0x00500513, /* addi a0, zero, 5 */
    0xfff50513, /* addi a0, a0, -1 */
    0xfe051ee3, /* bne a0, zero, -4 */
    0x05d00893, /* addi a7, zero, 93 */
    0x00000073, /* ecall */
};

struct session {
    char path[32];
    struct step step;
    struct stepper stepper;
};

static void session_init(struct session *session)
{
    static char *argv[] = {"tiny", NULL}, *envp[] = {NULL};
    struct user_config config = {
        .argv = argv, .envp = envp, .engine_options = {.switches = "-tier"}};
    struct tiny tiny = tiny_rv64;
    struct subject *subject;
    struct err err = {0};
    int fd;

    memset(session, 0, sizeof *session);
    strcpy(session->path, "/tmp/test_stepper.XXXXXX");
    fd = mkstemp(session->path);
    ck_assert_int_ge(fd, 0);
    memcpy(tiny.code, code, sizeof code);
    ck_assert_int_eq(write(fd, &tiny, sizeof tiny), sizeof tiny);
    ck_assert_int_eq(fchmod(fd, 0700), 0);
    close(fd);
    config.path = session->path;
    subject = subject_process_new(&config, &err);
    ck_assert_msg(subject != NULL, "%s", err.text);
    step_init(&session->step, subject, NULL);
    stepper_init(&session->stepper, &session->step);
}

static void session_fini(struct session *session)
{
    stepper_fini(&session->stepper);
    step_fini(&session->step);
    unlink(session->path);
}

static void press(struct session *session, const char *keys)
{
    for (; *keys != '\0'; keys++)
        ck_assert(scene_key(&session->stepper.scene, (unsigned char)*keys));
}

static bool shows(const struct session *session, int width, int height, const char *text)
{
    char *frame = NULL;
    size_t size;
    FILE *file = open_memstream(&frame, &size);
    struct grid grid;
    bool found;

    grid_init(&grid, width, height);
    stepper_draw(&grid, &session->stepper);
    grid_print(file, &grid, false);
    fclose(file);
    found = strstr(frame, text) != NULL;
    grid_fini(&grid);
    free(frame);
    return found;
}

static bool overlap(struct rect a, struct rect b)
{
    return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height &&
           b.y < a.y + a.height;
}

static void check_layout(const struct layout *layout, int width)
{
    for (unsigned i = 0; i < layout->slots.count; i++) {
        struct rect at = layout->slots.slots[i].at;

        ck_assert(at.x >= 0 && at.y >= 1 && at.x + at.width <= width);
        ck_assert(at.width >= 12 && at.height >= 4);
        ck_assert_int_le(at.y + at.height, layout->edges.timeline.y - layout->marks.height);
        ck_assert(!overlap(at, layout->phases));
        for (unsigned k = 0; k < i; k++)
            ck_assert(!overlap(at, layout->slots.slots[k].at));
    }
}

START_TEST(no_pane_lies_on_another_or_beyond_the_screen)
{
    struct scene scene = {.focus = PANE_GUEST};
    struct layout layout;

    for (unsigned view = 0; view < VIEW_COUNT; view++) {
        scene.ops = &stepper_scenes[view];
        for (int width = 1; width < 220; width++) {
            for (int height = 1; height < 70; height++) {
                layout_make(&layout, width, height, &scene);
                ck_assert_int_eq(layout.too_small,
                                 width < LAYOUT_WIDTH_LEAST || height < LAYOUT_HEIGHT_LEAST);
                check_layout(&layout, width);
            }
        }
    }
}
END_TEST

START_TEST(every_pane_can_be_brought_to_the_front_at_every_size)
{
    static const int sizes[][2] = {{160, 50}, {120, 40}, {80, 24}, {64, 24}};
    struct session session;

    session_init(&session);
    for (unsigned view = 0; view < VIEW_COUNT; view++) {
        const struct scene_ops *ops = &stepper_scenes[view];

        for (unsigned i = 0; i < 4 * ops->panes; i++) {
            const int *size = sizes[i / ops->panes];
            unsigned pane = i % ops->panes;
            char title[32];

            if (view == VIEW_TRANSLATE && pane == PANE_PHASES)
                continue; /* a line of its own, which needs no front */
            press(&session, (char[]){(char)('0' + pane), '\0'});
            snprintf(title, sizeof title, "▶%u %s", pane, ops->names[pane]);
            ck_assert(shows(&session, size[0], size[1], title));
        }
        press(&session, "v");
    }
    press(&session, "5z");
    ck_assert(shows(&session, 80, 24, "▶5 PHASES"));
    session_fini(&session);
}
END_TEST

START_TEST(keys_have_names_of_their_own_and_are_found_by_them)
{
    const struct key *keys = stepper_keys;

    for (size_t i = 0; keys[i].name != NULL; i++) {
        uint32_t key;

        ck_assert(scene_find_key(&stepper_scenes[VIEW_TRANSLATE], keys[i].name, &key));
        ck_assert_uint_eq(key, keys[i].key);
        for (size_t k = 0; k < i; k++) {
            ck_assert_str_ne(keys[i].name, keys[k].name);
            ck_assert_uint_ne(keys[i].key, keys[k].key);
        }
    }
    ck_assert(!scene_find_key(&stepper_scenes[VIEW_TRANSLATE], "nosuch", &(uint32_t){0}));
    ck_assert(!scene_find_key(&stepper_scenes[VIEW_TRANSLATE], "", &(uint32_t){0}));
}
END_TEST

START_TEST(each_level_is_stepped_there_and_back)
{
    struct session session;

    session_init(&session);
    for (unsigned level = 0; level < LEVEL_COUNT; level++) {
        for (unsigned i = 0; i < 30; i++)
            press(&session, " ");
        ck_assert(session.step.has_ended || step_position(&session.step) > 0 || level == LEVEL_OP);
        for (unsigned i = 0; i < 60; i++)
            press(&session, "b");
        ck_assert_uint_eq(step_position(&session.step), 0);
        press(&session, "l");
    }
    ck_assert_int_eq(session.stepper.look.level, LEVEL_INSN);
    session_fini(&session);
}
END_TEST

START_TEST(a_step_says_what_it_did_and_why)
{
    struct session session;
    char text[SCENE_TEXT];

    session_init(&session);
    press(&session, " ");
    status_text(&session.stepper, text);
    ck_assert_ptr_nonnull(strstr(text, "a0 is 0x5 now, it was 0x0"));
    ck_assert_ptr_nonnull(strstr(text, "Block 0 was made: no block began at"));
    ck_assert_ptr_nonnull(strstr(text, "Next: addi a0,a0,-1: a0 = a0 + -1"));
    press(&session, "  ");
    status_text(&session.stepper, text);
    ck_assert_ptr_nonnull(strstr(text, "; taken."));
    press(&session, "b");
    status_text(&session.stepper, text);
    ck_assert_ptr_nonnull(strstr(text, "Back at 2 of its run"));
    press(&session, "c");
    status_text(&session.stepper, text);
    ck_assert_ptr_nonnull(strstr(text, "has ended with status 0"));
    session_fini(&session);
}
END_TEST

START_TEST(what_comes_is_asked_before_it_is_shown)
{
    struct session session;

    session_init(&session);
    press(&session, "?");
    ck_assert(shows(&session, 120, 40, "?a0   will be ?   (is 0x0)"));
    ck_assert(shows(&session, 120, 40, "what will addi a0,zero,5 change?"));
    press(&session, " ");
    ck_assert(shows(&session, 120, 40, "*a0   0x5  was 0x0"));
    ck_assert(shows(&session, 120, 40, "?a0   will be ?   (is 0x5)"));
    press(&session, "?");
    ck_assert(!shows(&session, 120, 40, "will be ?"));
    session_fini(&session);
}
END_TEST

START_TEST(a_command_can_be_typed_mended_and_given_up)
{
    struct session session;

    session_init(&session);
    press(&session, "g99\x7f\x7f\x34\r");
    ck_assert_uint_eq(step_position(&session.step), 4);
    press(&session, ":goto 7\x1b");
    ck_assert_uint_eq(step_position(&session.step), 4);
    press(&session, ":fly\r");
    ck_assert_str_eq(session.stepper.scene.message, "there is no command 'fly'");
    for (unsigned i = 0; i < 1000; i++)
        press(&session, ":x");
    press(&session, "\r");
    session_fini(&session);
}
END_TEST

START_TEST(the_mouse_lights_what_it_points_at_and_travels_in_time)
{
    struct session session;
    struct layout layout;
    struct screen_mouse mouse = {.kind = MOUSE_PRESS};

    session_init(&session);
    press(&session, "          ");
    layout_make(&layout, 80, 24, &session.stepper.scene);
    mouse.x = layout.edges.timeline.x + 2;
    mouse.y = layout.edges.timeline.y;
    control_mouse(&session.stepper, &mouse, 80, 24);
    ck_assert_uint_eq(step_position(&session.step), 0);
    mouse.kind = MOUSE_DRAG;
    mouse.x = 78;
    control_mouse(&session.stepper, &mouse, 80, 24);
    ck_assert_uint_eq(step_position(&session.step), 10);
    scene_key(&session.stepper.scene, KEY_HOME);
    /* Below the title of the function stands the first instruction, then the second. */
    mouse = (struct screen_mouse){MOUSE_PRESS, layout.slots.slots[0].at.x + 8,
                                  layout.slots.slots[0].at.y + 3};
    control_mouse(&session.stepper, &mouse, 80, 24);
    ck_assert_uint_eq(session.stepper.look.selected, 1);
    mouse.kind = MOUSE_HOVER;
    control_mouse(&session.stepper, &mouse, 80, 24);
    ck_assert(shows(&session, 80, 24, "b is addi a0,a0,-1: a0 = a0 + -1."));
    session_fini(&session);
}
END_TEST

START_TEST(a_click_on_the_name_of_a_view_chooses_it)
{
    struct session session;
    struct screen_mouse mouse = {.kind = MOUSE_PRESS};

    session_init(&session);
    mouse.x = tab_of(VIEW_RUN).x + 1;
    control_mouse(&session.stepper, &mouse, 80, 24);
    ck_assert(shows(&session, 80, 24, "[Run]"));
    ck_assert(shows(&session, 80, 24, "▶1 CONSOLE"));
    press(&session, "3");
    control_mouse(&session.stepper, &mouse, 80, 24); /* it is this one already */
    ck_assert(shows(&session, 80, 24, "▶3 CALLS"));
    mouse.x = tab_of(VIEW_TRANSLATE).x;
    control_mouse(&session.stepper, &mouse, 80, 24);
    ck_assert(shows(&session, 80, 24, "▶2 GUEST"));
    session_fini(&session);
}
END_TEST

START_TEST(a_process_is_one_life_with_its_calls_and_its_end)
{
    struct session session;

    session_init(&session);
    press(&session, "v");
    ck_assert(shows(&session, 80, 24, "No program has called its kernel so far."));
    press(&session, "n");
    ck_assert(shows(&session, 80, 24, "exit(0)"));
    ck_assert(shows(&session, 80, 24, "ended with 0"));
    press(&session, "b");
    ck_assert(!shows(&session, 80, 24, "exit(0)"));
    ck_assert(shows(&session, 80, 24, "runs"));
    session_fini(&session);
}
END_TEST

START_TEST(a_click_lights_a_process_and_another_one_lets_it_go)
{
    struct session session;
    struct layout layout;
    struct screen_mouse mouse = {.kind = MOUSE_PRESS};

    session_init(&session);
    press(&session, "v");
    layout_make(&layout, 80, 24, &session.stepper.scene);
    ck_assert_uint_eq(layout.slots.slots[1].front, RUN_PROCESSES);
    mouse.x = layout.slots.slots[1].at.x + 5;
    mouse.y = layout.slots.slots[1].at.y + 1; /* the titles */
    control_mouse(&session.stepper, &mouse, 80, 24);
    ck_assert_int_eq(session.stepper.look.process, LIFE_NONE);
    mouse.y++;
    control_mouse(&session.stepper, &mouse, 80, 24);
    ck_assert_int_eq(session.stepper.look.process, 0);
    ck_assert(shows(&session, 80, 24, "0 system calls. n and N go to its events."));
    control_mouse(&session.stepper, &mouse, 80, 24);
    ck_assert_int_eq(session.stepper.look.process, LIFE_NONE);
    scene_key(&session.stepper.scene, KEY_DOWN);
    ck_assert_int_eq(session.stepper.look.process, 0);
    ck_assert(session.stepper.scene.ops->lead(&session.stepper, KEY_ESCAPE));
    ck_assert_int_eq(session.stepper.look.process, LIFE_NONE);
    ck_assert(!session.stepper.scene.ops->lead(&session.stepper, KEY_ESCAPE)); /* it ends */
    session_fini(&session);
}
END_TEST

START_TEST(guest_registers_of_a_host_instruction_are_found)
{
    static const struct {
        const char *text, *names;
    } lines[] = {
        {"mov ebx, 1", "A"},
        {"mov bl, byte gs:[rsi+8]", "A B"},
        {"lea r8d, [r8+r8]", "C"},
        {"mov qword [rbp-0x78], 0x10178", "ra"},
        {"mov rax, qword [rbp]", "a6"},
        {"movabs rax, 0x123", ""},
        {"mov rdx, qword [rbp+0x10]", "s2"},
        {"jmp 0x4e", ""},
        {"mov qword [rbp+0x80], rax", ""},
    };
    struct kept *kept = calloc(1, sizeof *kept);
    char names[48], expected[48];

    ck_assert_ptr_nonnull(kept);
    homes_init(&kept->homes);
    kept->has_homes = true;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        size_t used = 0;

        expected[0] = '\0';
        for (const char *at = lines[i].names; *at != '\0'; at++) {
            static const enum x86_reg regs[] = {X86_RBX, X86_RSI, X86_R8};

            if (*at >= 'A' && *at <= 'C')
                used +=
                    (size_t)sprintf(expected + used, "%s", kept_guest_in(kept, regs[*at - 'A']));
            else
                used += (size_t)sprintf(expected + used, "%c", *at);
        }
        host_line_guests(kept, lines[i].text, names, sizeof names);
        ck_assert_str_eq(names, expected);
    }
    free(kept);
}
END_TEST

/* Whatever is pressed and clicked, drawing changes nothing and stays within the grid. */
START_TEST(any_keys_and_clicks_leave_a_screen_that_can_be_drawn)
{
    static const char keys[] = "  bbBlLnNecrp<>?0123456789oz+-th\tvv";
    struct random random = random_begin();
    struct session session;

    session_init(&session);
    for (unsigned i = 0; i < PRESSES; i++) {
        int width = 1 + (int)random_below(&random, 200),
            height = 1 + (int)random_below(&random, 60);
        struct grid once, twice;
        struct screen_mouse mouse = {(enum mouse_kind)random_below(&random, 6),
                                     (int)random_below(&random, 220) - 10,
                                     (int)random_below(&random, 80) - 10};

        if (random_below(&random, 3) == 0)
            control_mouse(&session.stepper, &mouse, width, height);
        else if (random_below(&random, 8) == 0)
            scene_key(&session.stepper.scene, KEY_UP + (uint32_t)random_below(&random, 8));
        else
            scene_key(&session.stepper.scene,
                      (unsigned char)keys[random_below(&random, sizeof keys - 1)]);
        grid_init(&once, width, height);
        grid_init(&twice, width, height);
        stepper_draw(&once, &session.stepper);
        stepper_draw(&twice, &session.stepper);
        ck_assert_mem_eq(once.cells, twice.cells,
                         (size_t)width * (size_t)height * sizeof *once.cells);
        grid_fini(&once);
        grid_fini(&twice);
    }
    session_fini(&session);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("stepper");
    TCase *tests = tcase_create("stepper");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, no_pane_lies_on_another_or_beyond_the_screen);
    tcase_add_test(tests, every_pane_can_be_brought_to_the_front_at_every_size);
    tcase_add_test(tests, keys_have_names_of_their_own_and_are_found_by_them);
    tcase_add_test(tests, each_level_is_stepped_there_and_back);
    tcase_add_test(tests, a_step_says_what_it_did_and_why);
    tcase_add_test(tests, what_comes_is_asked_before_it_is_shown);
    tcase_add_test(tests, a_command_can_be_typed_mended_and_given_up);
    tcase_add_test(tests, the_mouse_lights_what_it_points_at_and_travels_in_time);
    tcase_add_test(tests, a_click_on_the_name_of_a_view_chooses_it);
    tcase_add_test(tests, a_click_lights_a_process_and_another_one_lets_it_go);
    tcase_add_test(tests, a_process_is_one_life_with_its_calls_and_its_end);
    tcase_add_test(tests, guest_registers_of_a_host_instruction_are_found);
    tcase_add_test(tests, any_keys_and_clicks_leave_a_screen_that_can_be_drawn);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
