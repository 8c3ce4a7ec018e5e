/* pane_processes.c: the tree of processes, as it is at this position; see run.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "emu/cpu/mmu.h"
#include "stepper/run.h"
#include "view/glyph.h"

enum { WIDE = 76, MIDDLE = 54, NAME = 9, INDENT_MOST = 8, STATE = 27 };

struct tree_row {
    int life, depth;
};

struct tree {
    struct tree_row *rows; /* owned */
    int count;
};

static int *list_new(int count)
{
    int *list = malloc((size_t)count * sizeof *list);

    if (list == NULL)
        err_die_oom();
    for (int i = 0; i < count; i++)
        list[i] = LIFE_NONE;
    return list;
}

/* A life and all below it, those that are born first above. A kernel may say that two processes
 * are the parents of each other: so each is visited once. */
static void visit(struct tree *tree, int root, const int *child, const int *sibling, int *depths,
                  struct tree_row *stack)
{
    int used = 0;

    stack[used++] = (struct tree_row){root, 0};
    while (used > 0) {
        struct tree_row row = stack[--used];

        if (depths[row.life] != LIFE_NONE)
            continue;
        depths[row.life] = row.depth;
        tree->rows[tree->count++] = row;
        for (int life = child[row.life]; life != LIFE_NONE; life = sibling[life]) {
            if (depths[life] == LIFE_NONE)
                stack[used++] = (struct tree_row){life, row.depth + 1};
        }
    }
}

/* To be freed: its rows. */
static struct tree tree_make(const struct process_lives *lives)
{
    int count = lives->count;
    struct tree tree = {.rows = malloc((size_t)(count + 1) * sizeof *tree.rows)};
    struct tree_row *stack = malloc((size_t)(count + 1) * sizeof *stack);
    int *child = list_new(count + 1), *sibling = list_new(count + 1), *depths = list_new(count + 1);

    if (tree.rows == NULL || stack == NULL)
        err_die_oom();
    for (int i = 0; i < count; i++) {
        int parent = lives->lives[i].parent;

        if (parent < 0 || parent >= count || parent == i)
            continue;
        sibling[i] = child[parent];
        child[parent] = i;
    }
    for (int i = 0; i < count; i++) {
        if (lives->lives[i].parent < 0)
            visit(&tree, i, child, sibling, depths, stack);
    }
    for (int i = 0; i < count; i++) /* those that are in a ring */
        visit(&tree, i, child, sibling, depths, stack);
    free(depths);
    free(sibling);
    free(child);
    free(stack);
    return tree;
}

/* The hart of a life, -1: it is on none. */
static int hart_of(const struct stepper *stepper, int life)
{
    const struct subject *subject = stepper->step->subject;
    unsigned harts = subject->ops->harts != NULL ? subject->ops->harts(subject) : 1;

    for (unsigned hart = 0; hart < harts; hart++) {
        if (processes_on_hart(stepper->processes, hart) == life)
            return (int)hart;
    }
    return -1;
}

/* The row that should be seen: what is lit, else who runs. */
static int focus_of(const struct stepper *stepper, const struct tree *tree)
{
    int wanted = stepper->look.process, running;

    if (wanted == LIFE_NONE || wanted >= stepper->processes->now.count)
        wanted = LIFE_NONE;
    running = processes_on_hart(stepper->processes, step_hart(stepper->step)->mhartid);
    for (int i = 0; i < tree->count; i++) {
        if (tree->rows[i].life == (wanted != LIFE_NONE ? wanted : running))
            return i;
    }
    return 0;
}

/* Lines above the first row: the head, or why there is no tree. */
static int lines_above(const struct stepper *stepper)
{
    return stepper->processes->why.text[0] != '\0' ? 4 : 1;
}

static int top_of(const struct stepper *stepper, const struct tree *tree, int rows)
{
    int most = tree->count - rows, top = focus_of(stepper, tree) - rows / 2;

    if (top > most)
        top = most;
    if (top < 0)
        top = 0;
    top += stepper->scene.scroll[RUN_PROCESSES];
    if (top >= tree->count)
        top = tree->count - 1;
    return top > 0 ? top : 0;
}

int run_life_at(const struct stepper *stepper, int height, int y)
{
    struct tree tree = tree_make(&stepper->processes->now);
    int above = lines_above(stepper);
    int row = y < above || y >= height ? -1 : y - above + top_of(stepper, &tree, height - above);
    int life = row >= 0 && row < tree.count ? tree.rows[row].life : LIFE_NONE;

    free(tree.rows);
    return life;
}

void run_select(struct stepper *stepper, int life)
{
    char text[SCENE_TEXT];

    stepper->look.process = stepper->look.process == life ? LIFE_NONE : life;
    if (stepper->look.process == LIFE_NONE)
        return;
    run_life_sentence(stepper, life, text, sizeof text);
    scene_say(&stepper->scene, "%s", text);
}

void run_select_next(struct stepper *stepper, int by)
{
    struct tree tree = tree_make(&stepper->processes->now);
    int row = focus_of(stepper, &tree);

    if (stepper->look.process != LIFE_NONE)
        row += by;
    if (row >= 0 && row < tree.count && tree.rows[row].life != stepper->look.process)
        run_select(stepper, tree.rows[row].life);
    free(tree.rows);
}

bool run_is_fresh(const struct stepper *stepper, uint64_t number)
{
    return !stepper->moved.back && number > processes_events_before(stepper->step) &&
           number <= processes_events(stepper->step);
}

/* "12", or what else there is to call it by. */
static void print_name(const struct stepper *stepper, const struct process_life *life, char *text,
                       size_t size)
{
    if (stepper->processes->is_host)
        snprintf(text, size, "%.*s", (int)strcspn(stepper->command, " "), stepper->command);
    else if (life->satp != 0)
        snprintf(text, size, "0x%" PRIx64, satp_root(life->satp));
    else
        snprintf(text, size, "%s", life->seen.name[0] != '\0' ? life->seen.name : "?");
}

static void print_state(const struct stepper *stepper, int number, char *text, size_t size)
{
    const struct processes *processes = stepper->processes;
    const struct process_life *life = &processes->now.lives[number];

    if (processes->is_host && stepper->step->has_ended && life->ended == 0)
        snprintf(text, size, "ended: see below");
    else
        life_text(processes, life, processes->is_host ? -1 : hart_of(stepper, number), text, size);
}

/* Columns, where there is room for them: see draw_titles(). */
static void draw_row(struct area area, int y, const struct stepper *stepper,
                     const struct tree_row *row)
{
    const struct process_life *life = &stepper->processes->now.lives[row->life];
    bool fresh = run_is_fresh(stepper, life->touched), lit = stepper->look.process == row->life;
    int depth = row->depth < INDENT_MOST ? row->depth : INDENT_MOST;
    int hart = hart_of(stepper, row->life), x = NAME + depth;
    enum role role = fresh ? ROLE_WARN : life->ended != 0 && !lit ? ROLE_DIM : ROLE_TEXT;
    int state = area.width >= WIDE ? 28 : area.width >= MIDDLE ? 22 : 19;
    char text[64], number[32];

    area_put(area, 0, y, fresh ? '*' : ' ', role);
    if (hart >= 0)
        area_put(area, 1, y, GLYPH_TRIANGLE, ROLE_STRONG);
    if (life->seen.pid != 0)
        snprintf(text, sizeof text, lit ? "[%" PRId32 "]" : "%" PRId32 " ", life->seen.pid);
    else
        snprintf(text, sizeof text, lit ? "[-]" : "- ");
    area_right(area, NAME - 1, y, role, text);
    if (depth > 0)
        area_put(area, x - 1, y, GLYPH_BOTTOM_LEFT, ROLE_FRAME);
    print_name(stepper, life, text, sizeof text);
    area_cut(area, x, y, state - x - 1, role, text);
    print_state(stepper, row->life, text, sizeof text);
    area_cut(area, state, y, (area.width >= MIDDLE ? state + STATE : area.width) - state, role,
             text);
    if (area.width >= MIDDLE)
        area_right(area, state + STATE + 12, y, ROLE_DIM,
                   grouped(number, life->ended != 0 ? life->ended : life->changed));
    if (area.width >= WIDE) {
        snprintf(text, sizeof text, "%" PRIu64, life->calls);
        area_right(area, state + STATE + 20, y, ROLE_DIM, text);
    }
    if (area.width >= WIDE + 12)
        area_right(area, state + STATE + 33, y, ROLE_DIM, grouped(number, life->born));
    if (lit)
        area_ground(area, 0, y, area.width, ROLE_BAND);
}

static void draw_titles(struct area area, int y)
{
    int state = area.width >= WIDE ? 28 : area.width >= MIDDLE ? 22 : 19;

    area_right(area, NAME - 2, y, ROLE_DIM, "pid");
    area_text(area, NAME, y, ROLE_DIM, "program");
    area_text(area, state, y, ROLE_DIM, "state");
    if (area.width >= MIDDLE)
        area_right(area, state + STATE + 12, y, ROLE_DIM, "since");
    if (area.width >= WIDE)
        area_right(area, state + STATE + 20, y, ROLE_DIM, "calls");
    if (area.width >= WIDE + 12)
        area_right(area, state + STATE + 33, y, ROLE_DIM, "born at");
}

void run_processes_draw(struct area area, const struct stepper *stepper)
{
    const struct processes *processes = stepper->processes;
    struct tree tree = tree_make(&processes->now);
    int above = lines_above(stepper), top = top_of(stepper, &tree, area.height - above);

    if (processes->why.text[0] != '\0') {
        char text[sizeof processes->why.text + 80];

        snprintf(text, sizeof text, "No tree: %s. Below: the page tables that programs run in.",
                 processes->why.text);
        area_wrap(area_part(area, 0, 0, area.width, above - 1), 0, ROLE_DIM, text);
    }
    draw_titles(area, above - 1);
    if (tree.count == 0)
        area_wrap(area_part(area, 0, above, area.width, area.height - above), 0, ROLE_DIM,
                  "There is no process yet: the kernel starts.");
    for (int y = above; y < area.height && top + y - above < tree.count; y++)
        draw_row(area, y, stepper, &tree.rows[top + y - above]);
    if (processes->is_host)
        area_wrap(area_part(area, 0, above + 2, area.width, area.height - above - 2), 0, ROLE_DIM,
                  "Its kernel is this host's. A fork would end the stepping, as it could not be "
                  "taken back: processes are stepped on a machine, without --user.");
    free(tree.rows);
}

void run_processes_remark(const struct stepper *stepper, char *text, size_t size)
{
    const struct processes *processes = stepper->processes;
    const struct process_lives *now = &processes->now;
    bool more = processes->more != 0 && processes->more <= step_position(stepper->step);
    unsigned alive = 0;

    for (int i = 0; i < now->count; i++)
        alive += now->lives[i].ended == 0;
    if (processes->full != 0 && processes->full <= step_position(stepper->step))
        snprintf(text, size, " up to %" PRIu64 " only: the log is full", processes->full);
    else if (!processes->view.known && !processes->is_host)
        snprintf(text, size, " none known, %u page tables%s", alive, more ? ", not all" : "");
    else
        snprintf(text, size, " %u alive%s%s", alive,
                 alive < (unsigned)now->count ? ", others ended" : "", more ? ", not all" : "");
}

void run_life_sentence(const struct stepper *stepper, int life, char *text, size_t size)
{
    const struct processes *processes = stepper->processes;
    const struct process_life *at = &processes->now.lives[life];
    char name[64], state[64], number[32];
    size_t used;

    print_name(stepper, at, name, sizeof name);
    print_state(stepper, life, state, sizeof state);
    used = (size_t)snprintf(text, size, "%s", name);
    if (at->seen.pid != 0)
        used += (size_t)snprintf(text + used, size - used, ", pid %" PRId32, at->seen.pid);
    if (at->parent >= 0 && at->parent < processes->now.count)
        used +=
            (size_t)snprintf(text + used, size - used, ", forked by pid %" PRId32 " at %s",
                             processes->now.lives[at->parent].seen.pid, grouped(number, at->born));
    if (at->executed != 0)
        used += (size_t)snprintf(text + used, size - used, ", another program since %s",
                                 grouped(number, at->executed));
    used += (size_t)snprintf(text + used, size - used, ": %s", state);
    used += (size_t)snprintf(text + used, size - used, " since %s; %" PRIu64 " system call%s.",
                             grouped(number, at->ended != 0 ? at->ended : at->changed), at->calls,
                             at->calls == 1 ? "" : "s");
    snprintf(text + used, size - used, " n and N go to its events.");
}
