/*
 * step.c: how long a step of the stepper takes: step PROGRAM KERNEL INITRD [ONLY]
 *
 * A process and a machine that forks are gone to a few positions. From each, STEPS steps of each
 * level are made as by the key, then as many back, and the screen is drawn behind each: what
 * somebody waits for. Prints a table in milliseconds; it judges nothing. ONLY: "user" or "machine".
 *
 * What it is not: a test. Those count what does not depend on the host (tests/e2e/step_cost.c).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "stepper/draw.h"

enum { STEPS = 60, WIDTH = 160, HEIGHT = 50 };

static double now_ms(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b)
{
    double first = *(const double *)a, second = *(const double *)b;

    return (first > second) - (first < second);
}

/* STEPS times that key. */
static void measure(struct stepper *stepper, struct grid *grid, uint32_t key, const char *what)
{
    double times[STEPS];

    for (unsigned i = 0; i < STEPS; i++) {
        double start = now_ms();

        scene_key(&stepper->scene, key);
        stepper_draw(grid, stepper);
        times[i] = now_ms() - start;
    }
    qsort(times, STEPS, sizeof *times, compare);
    printf("%-18s %-8s %8.2f %8.2f %8.2f\n", level_title(stepper->look.level), what,
           times[STEPS / 2], times[STEPS * 95 / 100], times[STEPS - 1]);
    fflush(stdout);
}

static void measure_at(struct stepper *stepper, uint64_t position)
{
    struct err err = {0};
    struct grid grid;

    printf("\nat %llu\n%-18s %-8s %8s %8s %8s\n", (unsigned long long)position, "level", "",
           "median", "95 %", "most");
    grid_init(&grid, WIDTH, HEIGHT);
    for (unsigned level = 0; level < LEVEL_COUNT; level++) {
        step_go(stepper->step, position, &err);
        stepper_end(stepper);
        while (stepper->look.level != level)
            scene_key(&stepper->scene, 'l');
        measure(stepper, &grid, ' ', "forward");
        measure(stepper, &grid, 'b', "back");
    }
    grid_fini(&grid);
}

static void measure_all(struct subject *subject, const char *name, const struct err *err)
{
    static const uint64_t positions[] = {1000, 100000, 3000000};
    struct step step;
    struct stepper stepper;

    if (subject == NULL) {
        err_print(err, stderr);
        exit(EXIT_FAILURE);
    }
    printf("%s\n", name);
    step_init(&step, subject, NULL);
    stepper_init(&stepper, &step);
    for (size_t i = 0; i < sizeof positions / sizeof *positions; i++)
        measure_at(&stepper, positions[i]);
    printf("\n%u checkpoints, %zu KiB\n\n", step.history->count, history_bytes(step.history) >> 10);
    stepper_fini(&stepper);
    step_fini(&step);
}

int main(int argc, char **argv)
{
    char name[] = "prime", option[] = "--max-prime", number[] = "20000", events[] = "--events",
         all[] = "5000";
    char *words[] = {name, option, number, events, all, NULL}, *environment[] = {NULL};
    struct user_config user = {
        .argv = words, .envp = environment, .engine_options = {.switches = "-tier"}};
    struct board_config board = {
        .harts = 2, .memory = 64 << 20, .engine_options = {.switches = "-tier"}};
    const char *only = argc > 4 ? argv[4] : "";
    struct err err = {0};

    if (argc < 4)
        return 2;
    user.path = argv[1];
    board.kernel = argv[2];
    board.initrd = argv[3];
    board.bootargs = "PATH=/bin init=/bin/sh -- -c \"fork 1 1500 | fork 2 1500 | cat\"";
    if (strcmp(only, "machine") != 0)
        measure_all(subject_process_new(&user, &err), "step --user prime", &err);
    if (strcmp(only, "user") != 0)
        measure_all(subject_board_new(&board, &err), "step: a machine of two harts, with fork",
                    &err);
    return EXIT_SUCCESS;
}
