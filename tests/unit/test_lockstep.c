/*
 * test_lockstep.c: engines that make one mistake each are found out; an engine that makes none is
 * not; and what comes from outside comes once.
 *
 * The engine under test is the interpreter, which now and then is led astray.
 */
#include "emu/lockstep/lockstep.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/system.h"
#include "tests/unit/unit_main.h"

enum { PAGES = 8, SIZE = PAGES * 4096, DATA = SIZE - 4096, ROUNDS = 2000 };

/* ---- the engine that errs ---- */

/* What it does wrong. The names are its switches. */
static const struct mistake {
    const char *name;
    const char *said; /* what the report has to say of it */
} mistakes[] = {
    {"register", "t1 "},
    {"pc", "pc "},
    {"store", "memory + 0x7008"},
    {"no store", "memory + 0x7008"},
    {"stray store", "memory + 0x7100"},
    {"reservation", "reservation.valid"},
    {"stop", "it ended"},
    {"trap", "trap value"},
    {"clock", "different times or devices"},
    {"order", "store 0: sly 8 bytes at memory + 0x7008"},
    {"one store more", "interp none"},
    {"one store less", "sly none"},
};

enum { MISTAKES = sizeof mistakes / sizeof *mistakes };

/* The engine's state is the name of its mistake. */
static int sly_attach(struct machine *machine, const struct engine_options *options,
                      struct err *err)
{
    (void)err;
    machine->engine_state = (void *)(uintptr_t)(options->switches != NULL ? options->switches : "");
    return 0;
}

/* Memory stays as it is. */
static void err_in_order(struct store_log *log, const char *mistake)
{
    struct logged_store first = log->entries[0];

    if (log->count < 2)
        return;
    if (strcmp(mistake, "order") == 0) {
        log->entries[0] = log->entries[1];
        log->entries[1] = first;
    } else if (strcmp(mistake, "one store more") == 0) {
        stores_note(log, first.at, (unsigned)first.width, first.value);
    } else if (strcmp(mistake, "one store less") == 0) {
        log->count--;
    }
}

static enum stop sly_run(struct machine *machine, struct hart *hart, uint64_t until)
{
    const char *mistake = machine->engine_state;
    enum stop stop = engine_interp.run(machine, hart, until);
    uint8_t *data = machine->mem.base + DATA;

    if (hart->instret < ROUNDS)
        return stop;
    if (strcmp(mistake, "register") == 0)
        hart->x[6] ^= UINT64_C(1) << 40;
    else if (strcmp(mistake, "pc") == 0)
        hart->pc += 2;
    else if (strcmp(mistake, "store") == 0)
        data[8] ^= 1;
    else if (strcmp(mistake, "no store") == 0)
        memset(data + 8, 0, 8);
    else if (strcmp(mistake, "stray store") == 0)
        data[0x100] = 1;
    else if (strcmp(mistake, "reservation") == 0)
        hart->reservation.valid = 1;
    else if (strcmp(mistake, "stop") == 0 && stop == STOP_COUNT)
        stop = STOP_PAUSE;
    else if (strcmp(mistake, "trap") == 0)
        hart->trap.value++;
    else if (strcmp(mistake, "clock") == 0)
        machine->read_time(machine->clock_owner);
    else if (machine->stores != NULL)
        err_in_order(machine->stores, mistake);
    return stop;
}

static const struct engine sly = {.name = "sly", .run = sly_run, .attach = sly_attach};

/* ---- a process ---- */

struct bench {
    struct machine machine;
    struct hart hart;
    uint8_t perm[PAGES];
    uint64_t end;   /* of the code */
    uint64_t ticks; /* a clock that shows another time at each look */
};

static uint64_t tick(void *owner)
{
    struct bench *bench = owner;

    return bench->ticks++;
}

static void put(struct bench *bench, enum isa_row_id row, unsigned rd, unsigned rs1, unsigned rs2,
                int64_t imm)
{
    uint32_t word = isa_encode(&isa_rows[row], rd, rs1, rs2, imm);

    ck_assert_uint_ne(word, 0);
    memcpy(bench->machine.mem.base + bench->end, &word, sizeof word);
    bench->end += sizeof word;
}

/* A loop without an end that counts in x6, stores that, and looks at the clock; from 64 on a trap.
 */
static struct bench *bench_with(const struct engine_options *options)
{
    struct bench *bench = calloc(1, sizeof *bench);
    struct err err;

    ck_assert_ptr_nonnull(bench);
    bench->machine.mem = (struct mem){
        .base = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
        .perm = bench->perm,
        .span = SIZE,
    };
    ck_assert_ptr_ne(bench->machine.mem.base, MAP_FAILED);
    memset(bench->perm, MEM_MAPPED | MEM_READ | MEM_EXEC, PAGES - 1);
    bench->perm[PAGES - 1] = MEM_MAPPED | MEM_READ | MEM_WRITE;
    bench->machine.read_time = tick;
    bench->machine.clock_owner = bench;
    put(bench, ROW_LUI, 5, 0, 0, DATA);
    put(bench, ROW_ADDI, 6, 6, 0, 1);
    put(bench, ROW_SD, 0, 5, 6, 8);
    put(bench, ROW_CSRRS, 7, 0, 0, 0xc01); /* time */
    put(bench, ROW_LD, 8, 5, 0, 16);
    put(bench, ROW_JAL, 0, 0, 0, -16);
    bench->end = 64;
    put(bench, ROW_LD, 6, 0, 0, -8);
    ck_assert_int_eq(engine_attach(&engine_lockstep, &bench->machine, options, &err), 0);
    return bench;
}

static struct bench *bench_new(const char *mistake)
{
    return bench_with(&(struct engine_options){.switches = mistake, .checked = &sly});
}

static void bench_free(struct bench *bench)
{
    engine_detach(&engine_lockstep, &bench->machine);
    munmap(bench->machine.mem.base, SIZE);
    free(bench);
}

static enum stop run(struct bench *bench, uint64_t more)
{
    return engine_lockstep.run(&bench->machine, &bench->hart, bench->hart.instret + more);
}

/* What a child says that makes that mistake and is to die of it. */
static void read_report(const char *mistake, char *text, size_t size)
{
    size_t used = 0;
    ssize_t got;
    int ends[2], status;
    pid_t child;

    ck_assert_int_eq(pipe(ends), 0);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        struct bench *bench = bench_new(mistake);

        dup2(ends[1], STDERR_FILENO);
        run(bench, ROUNDS + 1000);
        bench->hart.pc = 64;
        run(bench, 10);
        _exit(0);
    }
    close(ends[1]);
    while ((got = read(ends[0], text + used, size - 1 - used)) > 0)
        used += (size_t)got;
    text[used] = '\0';
    close(ends[0]);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "%s: nothing was found: %s",
                  mistake, text);
}

START_TEST(a_mistake_is_found_and_told)
{
    const struct mistake *mistake = &mistakes[_i];
    static const char *const heads[] = {"lock-step: sly differs from interp", "after these"};
    char text[16384];

    read_report(mistake->name, text, sizeof text);
    for (unsigned i = 0; i < 2; i++)
        ck_assert_msg(strstr(text, heads[i]) != NULL, "%s", text);
    ck_assert_msg(strstr(text, mistake->said) != NULL, "%s: %s", mistake->name, text);
}
END_TEST

START_TEST(an_engine_without_a_mistake_runs_to_the_count)
{
    struct bench *bench = bench_new(NULL);

    ck_assert_int_eq(run(bench, 10 * ROUNDS + 1), STOP_COUNT);
    ck_assert_uint_eq(bench->hart.instret, 10 * ROUNDS + 1);
    ck_assert_uint_eq(bench->hart.x[6], 2 * ROUNDS);
    bench->hart.pc = 64;
    ck_assert_int_eq(run(bench, 1), STOP_TRAP);
    ck_assert_int_eq(bench->hart.trap.cause, TRAP_LOAD_PAGE);
    bench_free(bench);
}
END_TEST

START_TEST(unordered_stores_are_not_noted)
{
    const struct engine_options options = {.switches = "order", .checked = &sly, .unordered = true};
    struct bench *bench = bench_with(&options);

    ck_assert_int_eq(run(bench, 10 * ROUNDS + 1), STOP_COUNT);
    ck_assert_uint_eq(bench->hart.x[6], 2 * ROUNDS);
    bench_free(bench);
}
END_TEST

START_TEST(the_clock_is_asked_once_for_both)
{
    struct bench *bench = bench_new(NULL);

    run(bench, 1 + 5 * 1000);
    ck_assert_uint_eq(bench->ticks, 1000);
    ck_assert_uint_eq(bench->hart.x[7], 999);
    bench_free(bench);
}
END_TEST

START_TEST(what_the_owner_writes_between_two_runs_is_there_for_both)
{
    struct bench *bench = bench_new(NULL);

    run(bench, 100);
    for (uint64_t i = 1; i < 100; i++) {
        host_store(bench->machine.mem.base + DATA + 16, 64, i);
        run(bench, 5);
        ck_assert_uint_eq(bench->hart.x[8], i);
    }
    bench_free(bench);
}
END_TEST

/* ---- a board ---- */

static struct system *board_new(struct engine_options *options)
{
    struct system *system = system_new();
    struct err err;

    options->checked = &sly;
    ck_assert_int_eq(engine_attach(&engine_lockstep, &system->machine, options, &err), 0);
    system->hart.x[5] = SYSTEM_DEVICE;
    system->hart.x[6] = SYSTEM_DATA;
    return system;
}

START_TEST(a_device_sees_each_access_once)
{
    struct engine_options options = {0};
    struct system *system = board_new(&options);

    system_put(system, ROW_SD, 0, 5, 6, 0);
    system_put(system, ROW_LD, 7, 5, 0, 8);
    ck_assert_int_eq(engine_lockstep.run(&system->machine, &system->hart, 10), STOP_CHANGE);
    ck_assert_int_eq(engine_lockstep.run(&system->machine, &system->hart, 10), STOP_CHANGE);
    ck_assert_uint_eq(system->stores, 1);
    ck_assert_uint_eq(system->loads, 1);
    ck_assert_uint_eq(system->hart.x[7], SYSTEM_DATA + 8);
    engine_detach(&engine_lockstep, &system->machine);
    system_free(system);
}
END_TEST

START_TEST(what_a_device_writes_to_memory_is_there_for_both)
{
    struct engine_options options = {0};
    struct system *system = board_new(&options);
    const struct event event = {.kind = EVENT_DMA, .dma = {.gpa = SYSTEM_DATA, .bytes = 8}};

    system_put(system, ROW_LD, 7, 6, 0, 0);
    system_put(system, ROW_LD, 8, 6, 0, 0);
    ck_assert_int_eq(engine_lockstep.run(&system->machine, &system->hart, 1), STOP_COUNT);
    system_poke(system, SYSTEM_DATA, 42);
    events_send(&system->machine.events, &event);
    ck_assert_int_eq(engine_lockstep.run(&system->machine, &system->hart, 2), STOP_COUNT);
    ck_assert_uint_eq(system->hart.x[7], 0);
    ck_assert_uint_eq(system->hart.x[8], 42);
    engine_detach(&engine_lockstep, &system->machine);
    system_free(system);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("lockstep");
    TCase *process = tcase_create("process");
    TCase *board = tcase_create("board");

    tcase_add_loop_test(process, a_mistake_is_found_and_told, 0, MISTAKES);
    tcase_add_test(process, an_engine_without_a_mistake_runs_to_the_count);
    tcase_add_test(process, unordered_stores_are_not_noted);
    tcase_add_test(process, the_clock_is_asked_once_for_both);
    tcase_add_test(process, what_the_owner_writes_between_two_runs_is_there_for_both);
    tcase_add_test(board, a_device_sees_each_access_once);
    tcase_add_test(board, what_a_device_writes_to_memory_is_there_for_both);
    suite_add_tcase(suite, process);
    suite_add_tcase(suite, board);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
