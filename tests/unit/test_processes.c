/*
 * test_processes.c: the model of processes, on a kernel that is made by hand: a few structs in a
 * memory of 64 KiB, and events that are told where a machine would tell them.
 */
#include "emu/cpu/mmu.h"
#include "tests/unit/unit_main.h"

#include <stdlib.h>
#include <string.h>

#include "emu/step/processes.h"
#include "emu/user/syscall.h"
#include "tests/random.h"

#define MAP   UINT64_C(0xffffffc000000000)
#define MAGIC UINT64_C(0x3153424f56495254)

enum {
    MEMORY = 1 << 16,
    LIST = 0x100, /* where things are in it */
    CPUS = 0x180,
    FIRST = 0x200,
    CPU_ARRAY = 0x208,
    CPU_COUNT = 0x218,
    CPU = 0x240,
    PROCESS = 0x1000,
    SIZE = 0x40,
    NEXT = 0,
    PID = 8,
    STATE = 12,
    PARENT = 16,
    STATUS = 24,
    NAME = 32,
    HARDWARE = 0,
    CURRENT = 8,
    KERNEL_PROCESSES = 40,
    ROUNDS = 400,
    TRIPS = 2000,
};

struct session {
    uint8_t memory[MEMORY];
    struct subject subject;
    struct machine machine;
    struct hart hart;
    uint64_t position;
    struct history history;
    struct step step;
    struct processes processes;
};

static struct session *self_of(const struct subject *subject)
{
    return subject->owner;
}

static uint64_t position(const struct subject *subject)
{
    return self_of(subject)->position;
}

static struct hart *hart_now(struct subject *subject)
{
    return &self_of(subject)->hart;
}

static struct hart *hart_at(struct subject *subject, uint64_t number)
{
    (void)number;
    return hart_now(subject);
}

static unsigned harts(const struct subject *subject)
{
    (void)subject;
    return 1;
}

static bool read_memory(struct subject *subject, uint64_t address, void *to, unsigned bytes)
{
    if (address >= MEMORY || bytes > MEMORY - address)
        return false;
    memcpy(to, self_of(subject)->memory + address, bytes);
    return true;
}

static bool translate(struct subject *subject, uint64_t gva, uint64_t *address)
{
    (void)subject;
    *address = gva;
    return gva < MEMORY;
}

static const struct subject_ops ops = {.position = position,
                                       .hart = hart_now,
                                       .hart_at = hart_at,
                                       .harts = harts,
                                       .read = read_memory,
                                       .translate = translate};

static void put64(struct session *session, uint64_t at, uint64_t word)
{
    memcpy(session->memory + at, &word, sizeof word);
}

static void put32(struct session *session, uint64_t at, int32_t word)
{
    memcpy(session->memory + at, &word, sizeof word);
}

/* The constants of a kernel, and a processor. */
static void put_kernel(struct session *session)
{
    const uint64_t list[] = {MAGIC, MAP, MAP + FIRST, NEXT, PID, NAME, STATE, PARENT, STATUS};
    const uint64_t cpus[] = {MAGIC, MAP, MAP + CPU_ARRAY, MAP + CPU_COUNT, HARDWARE, CURRENT};

    memcpy(session->memory + LIST, list, sizeof list);
    memcpy(session->memory + CPUS, cpus, sizeof cpus);
    put64(session, CPU_ARRAY, MAP + CPU);
    put64(session, CPU_COUNT, 1);
}

static struct session *session_new(bool tells)
{
    struct session *session = calloc(1, sizeof *session);

    ck_assert_ptr_nonnull(session);
    session->subject =
        (struct subject){.ops = &ops, .machine = &session->machine, .owner = session};
    session->history.subject = &session->subject;
    session->step.subject = &session->subject;
    session->step.history = &session->history;
    if (tells)
        put_kernel(session);
    processes_init(&session->processes, &session->step);
    if (tells)
        processes_set_kernel(&session->processes, MAP + LIST, MAP + CPUS);
    return session;
}

static void session_free(struct session *session)
{
    processes_fini(&session->processes);
    free(session);
}

/* A slot of the kernel's for a process; its place in the chain is put_chain()'s. */
static void put_process(struct session *session, unsigned slot, int32_t pid, int state,
                        int parent_slot, const char *name)
{
    uint64_t at = PROCESS + slot * SIZE;

    put32(session, at + PID, pid);
    put32(session, at + STATE, state);
    put64(session, at + PARENT, parent_slot < 0 ? 0 : MAP + PROCESS + (unsigned)parent_slot * SIZE);
    memset(session->memory + at + NAME, 0, PROCESS_NAME);
    memcpy(session->memory + at + NAME, name, strlen(name));
}

static void put_chain(struct session *session, const unsigned *slots, unsigned count)
{
    uint64_t link = FIRST;

    for (unsigned i = 0; i < count; i++) {
        put64(session, link, MAP + PROCESS + slots[i] * SIZE);
        link = PROCESS + slots[i] * SIZE + NEXT;
    }
    put64(session, link, 0);
}

static void put_current(struct session *session, int slot)
{
    put64(session, CPU + CURRENT, slot < 0 ? 0 : MAP + PROCESS + (unsigned)slot * SIZE);
}

/* The machine tells; history.c counts first. */
static void tell(struct session *session, const struct event *event)
{
    session->position += 10;
    session->history.totals.all++;
    session->history.totals.kinds[event->kind]++;
    events_send(&session->machine.events, event);
    processes_update(&session->processes);
}

static void tell_switch(struct session *session)
{
    tell(session, &(struct event){.kind = EVENT_SWITCH, .hart = &session->hart});
}

static void tell_call(struct session *session, uint64_t number, uint64_t first)
{
    session->hart.x[17] = number;
    session->hart.x[10] = first;
    tell(session, &(struct event){.kind = EVENT_TRAP,
                                  .hart = &session->hart,
                                  .trap = {.cause = TRAP_ECALL_U, .to = MODE_S}});
}

static void tell_return(struct session *session, uint64_t result)
{
    session->hart.x[10] = result;
    tell(session,
         &(struct event){.kind = EVENT_RETURN, .hart = &session->hart, .change = {.to = MODE_U}});
}

static const struct process_life *life_of(const struct session *session, int32_t pid)
{
    int life = processes_find(&session->processes.now, pid);

    ck_assert_int_ge(life, 0);
    return &session->processes.now.lives[life];
}

/* All that is known where we are, as text; to be freed. */
static char *dump(const struct processes *processes)
{
    char *text = NULL, line[200];
    size_t size;
    FILE *file = open_memstream(&text, &size);

    ck_assert_ptr_nonnull(file);
    fprintf(file, "%d %llu %llu %llu %llu\n", processes->now.count,
            (unsigned long long)processes->now.forks, (unsigned long long)processes->now.execs,
            (unsigned long long)processes->now.exits, (unsigned long long)processes->now.calls);
    for (int i = 0; i < processes->now.count; i++) {
        const struct process_life *life = &processes->now.lives[i];

        life_text(processes, life, -1, line, sizeof line);
        fprintf(file, "%d %d %s %s %d born %llu since %llu calls %llu\n", life->seen.pid,
                life->parent, life->seen.name, line, life->gone, (unsigned long long)life->born,
                (unsigned long long)life->changed, (unsigned long long)life->calls);
    }
    for (int64_t i = 0; i < processes->now.records; i++) {
        if (processes->log[i].kind != RECORD_CALL)
            continue;
        call_text(processes, i, line, sizeof line);
        fprintf(file, "%s\n", line);
    }
    fclose(file);
    return text;
}

static void forked(struct session *session)
{
    put_process(session, 0, 1, PROCESS_RUNNING, -1, "sh");
    put_chain(session, (unsigned[]){0}, 1);
    put_current(session, 0);
    tell_switch(session); /* at 10 */
    tell_call(session, GUEST_clone, 17);
    put_process(session, 0, 1, PROCESS_RUNNABLE, -1, "sh");
    put_process(session, 1, 2, PROCESS_RUNNING, 0, "sh");
    put_chain(session, (unsigned[]){0, 1}, 2);
    put_current(session, 1);
    tell_switch(session); /* at 30 */
    tell_return(session, 0);
}

START_TEST(a_fork_has_a_parent_and_a_position)
{
    struct session *session = session_new(true);
    char text[80];

    forked(session);
    ck_assert_int_eq(session->processes.now.count, 2);
    ck_assert_uint_eq(session->processes.now.forks, 1);
    ck_assert_uint_eq(life_of(session, 2)->born, 30);
    ck_assert_int_eq(life_of(session, 2)->parent, 0);
    ck_assert_int_eq(processes_on_hart(&session->processes, 0), 1);
    life_text(&session->processes, life_of(session, 1), -1, text, sizeof text);
    ck_assert_str_eq(text, "ready in clone");
    put_current(session, 0);
    tell_return(session, 2);
    ck_assert_uint_eq(life_of(session, 1)->calls, 1);
    call_text(&session->processes, 1, text, sizeof text);
    ck_assert_str_eq(text, "clone(17, 0, 0, 0, 0) = 2");
    ck_assert_int_eq(life_of(session, 1)->pending, -1);
    session_free(session);
}
END_TEST

START_TEST(an_exec_is_another_name_of_the_same_process)
{
    struct session *session = session_new(true);

    forked(session);
    memcpy(session->memory + 0x800, "/bin/ps", 8);
    tell_call(session, GUEST_execve, 0x800);
    put_process(session, 1, 2, PROCESS_RUNNING, 0, "ps");
    tell_return(session, 0);
    ck_assert_str_eq(life_of(session, 2)->seen.name, "ps");
    ck_assert_uint_eq(life_of(session, 2)->executed, 60);
    ck_assert_uint_eq(session->processes.now.execs, 1);
    ck_assert_int_eq(session->processes.now.count, 2);
    tell_call(session, GUEST_execve, 0x900);
    tell_return(session, (uint64_t)-2); /* ENOENT: the same program */
    ck_assert_uint_eq(session->processes.now.execs, 1);
    session_free(session);
}
END_TEST

START_TEST(an_end_is_a_zombie_until_the_parent_has_waited)
{
    struct session *session = session_new(true);
    char text[80];

    forked(session);
    tell_call(session, GUEST_exit_group, 3);
    put_process(session, 1, 2, PROCESS_ZOMBIE, 0, "sh");
    put32(session, PROCESS + SIZE + STATUS, 3 << 8);
    put_process(session, 0, 1, PROCESS_RUNNING, -1, "sh");
    put_current(session, 0);
    tell_switch(session);
    life_text(&session->processes, life_of(session, 2), -1, text, sizeof text);
    ck_assert_str_eq(text, "ended with 3, zombie");
    put_chain(session, (unsigned[]){0}, 1);
    tell_return(session, 2);
    ck_assert(life_of(session, 2)->gone);
    ck_assert_uint_eq(life_of(session, 2)->ended, 60);
    ck_assert_uint_eq(session->processes.now.exits, 1);
    session_free(session);
}
END_TEST

START_TEST(how_a_process_has_ended_is_told_or_said_to_be_unknown)
{
    struct session *session = session_new(true);
    char text[80];

    forked(session);
    put_process(session, 1, 2, PROCESS_ZOMBIE, 0, "sh");
    put32(session, PROCESS + SIZE + STATUS, 11);
    put_process(session, 2, 3, PROCESS_RUNNABLE, 0, "sh");
    put_process(session, 3, 4, PROCESS_RUNNABLE, 0, "sh");
    put_chain(session, (unsigned[]){0, 1, 2, 3}, 4);
    put_current(session, 3);
    tell_switch(session);
    life_text(&session->processes, life_of(session, 2), -1, text, sizeof text);
    ck_assert_str_eq(text, "ended by signal 11, zombie");
    /* Two that nobody has seen as a zombie: the one has said what its status is. */
    tell_call(session, GUEST_exit_group, 7);
    put_chain(session, (unsigned[]){0}, 1);
    tell_switch(session);
    life_text(&session->processes, life_of(session, 4), -1, text, sizeof text);
    ck_assert_str_eq(text, "ended with 7");
    life_text(&session->processes, life_of(session, 3), -1, text, sizeof text);
    ck_assert_str_eq(text, "ended");
    session_free(session);
}
END_TEST

/* Back to where so many events had happened. */
static void go_back(struct session *session, uint64_t events)
{
    uint64_t over = processes_events(&session->step) - events;

    session->history.totals.kinds[EVENT_SWITCH] -= over; /* whatever they were */
    processes_update(&session->processes);
}

START_TEST(going_back_unforks_and_the_past_is_told_once)
{
    struct session *session = session_new(true);
    int64_t records;
    char *then, *again;

    forked(session);
    then = dump(&session->processes);
    records = session->processes.count;
    go_back(session, 2);
    ck_assert_int_eq(session->processes.now.count, 1);
    ck_assert_uint_eq(session->processes.now.forks, 0);
    ck_assert_int_eq(life_of(session, 1)->pending, 1);
    tell_switch(session); /* the same again, as a run is determined */
    tell_return(session, 0);
    again = dump(&session->processes);
    ck_assert_str_eq(then, again);
    ck_assert_int_eq(session->processes.count, records);
    go_back(session, 0);
    ck_assert_int_eq(session->processes.now.count, 0);
    free(then);
    free(again);
    session_free(session);
}
END_TEST

/* What a kernel might do next, at random; slots are processes, and their order is that of pids. */
struct guest {
    unsigned chain[KERNEL_PROCESSES];
    unsigned count;
    int32_t last_pid;
    bool used[KERNEL_PROCESSES];
    int states[KERNEL_PROCESSES];
};

static void change(struct session *session, struct guest *guest, struct random *random)
{
    unsigned slot = 0, at = (unsigned)random_below(random, guest->count);
    char name[8];

    switch (random_below(random, 4)) {
    case 0: /* fork */
        while (slot < KERNEL_PROCESSES && guest->used[slot])
            slot++;
        if (slot == KERNEL_PROCESSES)
            break;
        guest->used[slot] = true;
        put_process(session, slot, ++guest->last_pid, PROCESS_RUNNABLE, (int)guest->chain[at],
                    "child");
        guest->chain[guest->count++] = slot;
        break;
    case 1: /* another state, a zombie's too */
        put32(session, PROCESS + guest->chain[at] * SIZE + STATE,
              (int32_t)random_below(random, PROCESS_STATES));
        break;
    case 2: /* buried */
        if (guest->count == 1)
            break;
        guest->used[guest->chain[at]] = false;
        memmove(&guest->chain[at], &guest->chain[at + 1],
                (guest->count - at - 1) * sizeof *guest->chain);
        guest->count--;
        break;
    default: /* exec */
        snprintf(name, sizeof name, "p%u", (unsigned)random_below(random, 9));
        memset(session->memory + PROCESS + guest->chain[at] * SIZE + NAME, 0, PROCESS_NAME);
        memcpy(session->memory + PROCESS + guest->chain[at] * SIZE + NAME, name, strlen(name));
        break;
    }
    put_chain(session, guest->chain, guest->count);
    put_current(session, (int)guest->chain[random_below(random, guest->count)]);
}

/* Those that live are those in the kernel's chain. */
static void check_alive(const struct session *session, const struct guest *guest)
{
    unsigned alive = 0;

    for (int i = 0; i < session->processes.now.count; i++)
        alive += !session->processes.now.lives[i].gone;
    ck_assert_uint_eq(alive, guest->count);
    for (unsigned i = 0; i < guest->count; i++) {
        int32_t pid;

        memcpy(&pid, session->memory + PROCESS + guest->chain[i] * SIZE + PID, sizeof pid);
        ck_assert(!life_of(session, pid)->gone);
        ck_assert_str_eq(life_of(session, pid)->seen.name,
                         (const char *)session->memory + PROCESS + guest->chain[i] * SIZE + NAME);
    }
}

START_TEST(what_is_known_is_a_matter_of_the_position)
{
    struct random random = random_begin();
    struct session *session = session_new(true);
    struct guest guest = {.chain = {0}, .count = 1, .last_pid = 1, .used = {true}};
    char *known[ROUNDS + 1] = {0};

    put_process(session, 0, 1, PROCESS_RUNNABLE, -1, "init");
    known[0] = dump(&session->processes);
    for (unsigned i = 1; i <= ROUNDS; i++) {
        change(session, &guest, &random);
        if (random_below(&random, 3) == 0) {
            tell_call(session, 1 + random_below(&random, 300), random_next(&random));
        } else { /* the kernel is looked at */
            if (random_below(&random, 2) == 0)
                tell_switch(session);
            else
                tell_return(session, random_next(&random));
            check_alive(session, &guest);
        }
        known[i] = dump(&session->processes);
    }
    for (unsigned i = 0; i < TRIPS; i++) {
        uint64_t events = random_below(&random, ROUNDS + 1);
        char *text;

        session->history.totals.kinds[EVENT_SWITCH] +=
            events - processes_events(&session->step); /* may wrap, and wrap back */
        processes_update(&session->processes);
        text = dump(&session->processes);
        ck_assert_str_eq(text, known[events]);
        free(text);
    }
    for (unsigned i = 0; i <= ROUNDS; i++)
        free(known[i]);
    session_free(session);
}
END_TEST

START_TEST(memory_that_means_harm_is_read_to_an_end)
{
    struct random random = random_begin();
    struct session *session = session_new(true);

    put_process(session, 0, 1, PROCESS_RUNNING, 0, "ring"); /* its own parent, its own next */
    put64(session, FIRST, MAP + PROCESS);
    put64(session, PROCESS + NEXT, MAP + PROCESS);
    put64(session, CPU_COUNT, UINT64_MAX);
    put_current(session, 0);
    tell_switch(session);
    ck_assert(session->processes.more);
    ck_assert_int_eq(session->processes.now.count, 1);
    for (unsigned i = 0; i < 300; i++) {
        for (unsigned k = 0; k < 64; k++) /* pointers into the memory, and to nowhere */
            put64(session, FIRST + 8 * random_below(&random, 2000),
                  random_below(&random, 3) == 0 ? random_next(&random)
                                                : MAP + random_below(&random, MEMORY + 64));
        tell_switch(session);
        tell_call(session, random_next(&random), random_next(&random));
        tell_return(session, random_next(&random));
    }
    ck_assert_int_le(session->processes.count, LOG_RECORDS);
    for (int i = 0; i < session->processes.now.count; i++) {
        for (const char *at = session->processes.now.lives[i].seen.name; *at != '\0'; at++)
            ck_assert(*at >= ' ' && *at <= '~');
    }
    session_free(session);
}
END_TEST

START_TEST(a_full_log_is_said_to_be_full)
{
    struct session *session = session_new(true);

    forked(session);
    while (session->processes.full == 0 && session->position < 100 * (uint64_t)LOG_RECORDS)
        tell_call(session, GUEST_getpid, 0);
    ck_assert_int_eq(session->processes.count, LOG_RECORDS);
    ck_assert_uint_eq(session->processes.full, session->position);
    tell_switch(session);
    tell_return(session, 0);
    ck_assert_int_eq(session->processes.count, LOG_RECORDS);
    session_free(session);
}
END_TEST

START_TEST(a_kernel_that_does_not_tell_has_page_tables)
{
    struct session *session = session_new(false);
    char text[80];

    ck_assert_ptr_nonnull(strstr(session->processes.why.text, "does not say"));
    session->hart.satp = 8ULL << 60 | 0x80123;
    tell_call(session, GUEST_getpid, 0);
    session->hart.satp = 8ULL << 60 | 0x80456;
    tell_call(session, GUEST_getppid, 0);
    tell_return(session, 1);
    ck_assert_int_eq(session->processes.now.count, 2);
    ck_assert_uint_eq(satp_root(session->processes.now.lives[1].satp), 0x80456000);
    life_text(&session->processes, &session->processes.now.lives[0], -1, text, sizeof text);
    ck_assert_str_eq(text, "seen in getpid");
    ck_assert_int_eq(session->processes.now.lives[1].pending, -1);
    for (uint64_t i = 0; i < 2 * KERNEL_VIEW_PROCESSES; i++) {
        session->hart.satp = 8ULL << 60 | i;
        tell_call(session, GUEST_getpid, 0);
    }
    ck_assert(session->processes.more);
    processes_set_kernel(&session->processes, MAP + LIST, MAP + CPUS); /* there is nothing */
    ck_assert(!session->processes.view.known);
    ck_assert_ptr_nonnull(strstr(session->processes.why.text, "does not say"));
    session_free(session);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("processes");
    TCase *tests = tcase_create("processes");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_fork_has_a_parent_and_a_position);
    tcase_add_test(tests, an_exec_is_another_name_of_the_same_process);
    tcase_add_test(tests, an_end_is_a_zombie_until_the_parent_has_waited);
    tcase_add_test(tests, how_a_process_has_ended_is_told_or_said_to_be_unknown);
    tcase_add_test(tests, going_back_unforks_and_the_past_is_told_once);
    tcase_add_test(tests, what_is_known_is_a_matter_of_the_position);
    tcase_add_test(tests, memory_that_means_harm_is_read_to_an_end);
    tcase_add_test(tests, a_full_log_is_said_to_be_full);
    tcase_add_test(tests, a_kernel_that_does_not_tell_has_page_tables);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return unit_main(suite());
}
