/*
 * step.c: `trivium step`: a program and its translation, step by step, forward and back.
 *
 * Read next: emu/step/step.h, the model; stepper/stepper.h, its screen; emu/step/commands.h, what
 * can be typed.
 */
#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/locate.h"
#include "cli/machine.h"
#include "cli/options.h"
#include "cli/status.h"
#include "cli/step_recorded.h"
#include "cli/step_screen.h"
#include "cli/text.h"
#include "lib/digest.h"
#include "lib/elf.h"
#include "lib/listing.h"
#include "record/record.h"
#include "stepper/stepper.h"
#include "stepper/tour.h"

struct step_options {
    bool user;
    bool explain;       /* --explain was given, which is of no use here */
    const char *source; /* a folder, or NULL */
    const char *way;    /* or NULL */
    double timeout;     /* seconds that a recorded run may take; 0: TIMEOUT */
    struct step_screen_options screen;
    struct tour_command tour; /* what program is with --tour */
    struct engine_options engine;
    bool engine_given;    /* --dbt was */
    char *switches;       /* owned: the engine's; NULL: NO_TIER */
    char *const *program; /* PROGRAM [ARGS...] NULL; NULL: a kernel of the user's */
    struct machine_options machine;
    struct contain_options contain;
    char **words; /* the command itself */
};

/* Whoever steps wants to see translations, from the first one on. */
#define NO_TIER "-tier"

#define TIMEOUT 10.0

enum option_key {
    KEY_USER = 256,
    KEY_DBT,
    KEY_SOURCE,
    KEY_ON,
    KEY_TIMEOUT,
    KEY_EXPLAIN,
    KEY_TTY,
};

static const struct argp_option options[] = {
    {"user", KEY_USER, NULL, 0,
     "Emulate the processor only. System calls go to this host's kernel, with your rights, once: "
     "when the program's past is run again, their answers are remembered",
     0},
    {"dbt", KEY_DBT, "SWITCHES", 0,
     "Techniques of the translator on (+) or off (-), as in `run'. All are on but tier: code is "
     "translated when it is executed first",
     0},
    {"source", KEY_SOURCE, "FOLDER", 0,
     "Where the program's source files are. Without it they are looked for in the folders above the "
     "program, and in this one",
     0},
    {"on", KEY_ON, "WAY", 0,
     "The way of running: dbt (the default), kvm or container. Hardware does not step back: on these "
     "two the program is run once and recorded, and its record is stepped: each request to KVM and "
     "each exit; each system call by which the container is made, and what its names are then",
     0},
    {"timeout", KEY_TIMEOUT, "SECONDS", 0,
     "Of a recorded run: what still runs after that time is ended, and the record shows it up to "
     "there (10)",
     0},
    /* They are of `run', and are refused with the reason. */
    {"explain", KEY_EXPLAIN, "N", OPTION_ARG_OPTIONAL | OPTION_HIDDEN, NULL, 0},
    {"tty", KEY_TTY, NULL, OPTION_HIDDEN, NULL, 0},
    {0},
};

static void set_switches(struct step_options *step, const char *switches)
{
    free(step->switches);
    if (asprintf(&step->switches, NO_TIER ",%s", switches) < 0)
        err_die_oom();
    step->engine.switches = step->switches;
}

/* It tells of a program that it knows. */
static void take_tour(struct step_options *step, struct argp_state *state)
{
    if (step->program != NULL || step->machine.kernel != NULL)
        argp_error(state, "--tour has a program of its own, and takes no other");
    step->program = tour_command(&step->tour);
    step->user = true;
}

/* Which options go together. */
static void check_options(struct step_options *step, struct argp_state *state)
{
    bool contained = step->way != NULL && strcmp(step->way, "container") == 0;
    bool told = step->program != NULL || (contained && step->contain.image != NULL);

    if (told == (step->machine.kernel != NULL))
        argp_error(state,
                   told ? "a kernel of yours is told by --append what to run, not by a PROGRAM"
                        : "which PROGRAM?");
    if (contained && step->machine.wanted)
        argp_error(state, "a container is no machine that could be described");
    if (!contained && step->contain.wanted)
        argp_error(state, "options that describe a container need --on container");
    if (contained)
        contain_options_take(&step->contain, &step->machine, state);
    else
        machine_options_take(&step->machine, state);
    if (step->user && step->machine.wanted)
        argp_error(state, "--user emulates no machine that could be described");
}

/* The ways that are recorded first. */
static const struct {
    const char *way;
    int (*run)(const struct step_recorded *wanted, struct err *err);
} recorded[] = {{"kvm", step_exits_run}, {"container", step_names_run}};

enum { RECORDED = sizeof recorded / sizeof *recorded };

/* RECORDED: it is none of them. */
static unsigned find_recorded(const char *way)
{
    unsigned number = 0;

    while (number < RECORDED && (way == NULL || strcmp(recorded[number].way, way) != 0))
        number++;
    return number;
}

static void list_keys(const struct step_options *step)
{
    scene_print_keys(stdout, find_recorded(step->way) < RECORDED
                                 ? record_keys
                                 : stepper_scenes[VIEW_TRANSLATE].keys);
    exit(EXIT_SUCCESS);
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct step_options *step = state->input;

    switch (key) {
    case KEY_USER: step->user = true; return 0;
    case KEY_DBT:
        step->engine_given = true;
        set_switches(step, arg);
        return 0;
    case KEY_SOURCE: step->source = arg; return 0;
    case KEY_ON: step->way = arg; return 0;
    case KEY_TIMEOUT: step->timeout = option_seconds(state, "--timeout", arg); return 0;
    case KEY_EXPLAIN: step->explain = true; return 0;
    case KEY_TTY: step->contain.terminal = step->contain.wanted = true; return 0;
    case ARGP_KEY_ARG:
        step->program = state->argv + state->next - 1;
        state->next = state->argc;
        return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &step->machine;
        state->child_inputs[1] = &step->screen;
        state->child_inputs[2] = &step->contain;
        return 0;
    case ARGP_KEY_END:
        if (step->screen.keys)
            list_keys(step);
        if (step->screen.tour)
            take_tour(step, state);
        check_options(step, state);
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    {.argp = &machine_argp}, {.argp = &step_screen_argp}, {.argp = &contain_argp}, {0}};

static const struct argp parser = {
    .options = options,
    .children = children,
    .parser = parse_option,
    .args_doc = "PROGRAM [ARGS...]\n--kernel FILE\n--tour",
    .doc = "Runs PROGRAM (a bundled one, or with --user also an rv64 ELF file) under the binary "
           "translator, step by step: by guest instruction, by phase or operation of a block's "
           "translation, by block, by event; and back."
           "\vThe machine's clock counts steps, so every run is the same. Nothing is typed to the "
           "program, and its environment is empty.\n\n"
           "Example: trivium step --user prime --max-prime 100 --events 1"};

/* A kernel that says where its processes are has symbols for that: guest/kernel/observe.h. */
static void look_at_kernel(struct processes *processes, const char *path)
{
    uint64_t list = 0, cpus = 0;
    struct elf_image image;
    struct err err = {0};

    if (elf_open(&image, path, &err) < 0)
        return;
    if (elf_symbol_anywhere(&image, "observe_processes", &list) &&
        elf_symbol_anywhere(&image, "observe_cpus", &cpus))
        processes_set_kernel(processes, list, cpus);
    elf_close(&image);
}

static struct subject *new_process(const struct step_options *wanted, char *path, struct err *err)
{
    char *environment[] = {NULL};
    const struct user_config config = {.path = path,
                                       .argv = wanted->program,
                                       .envp = environment,
                                       .engine_options = wanted->engine};

    return subject_process_new(&config, err);
}

/* kernel: path, or empty: the bundled one, of which it then is the path. */
static struct subject *new_machine(const struct step_options *wanted, const char *arch,
                                   char kernel[PATH_MAX], struct err *err)
{
    const struct machine_options *machine = &wanted->machine;
    char initrd[PATH_MAX], *bootargs = NULL;
    struct board_config config = {
        .engine_options = wanted->engine,
        .harts = machine->cpus,
        .memory = machine->memory,
        .kernel = kernel,
        .initrd = machine->initrd,
        .disk = machine->disk,
        .firmware = machine->firmware,
        .no_tlb = machine->no_tlb,
        .no_adue = machine->no_adue,
        .planted = machine->planted,
        .legacy_virtio = machine->legacy_virtio,
        .ring = machine->ring,
    };
    struct subject *subject;

    if (kernel[0] == '\0') {
        if (locate_bundled_file(kernel, arch, "kernel", err) < 0 ||
            locate_bundled_file(initrd, arch, "initrd.cpio", err) < 0)
            return NULL;
        if (config.initrd == NULL)
            config.initrd = initrd;
        bootargs =
            machine_bootargs_new(machine->append, wanted->program, machine->fork_batch, false, err);
        if (bootargs == NULL)
            return NULL;
    }
    config.bootargs = bootargs != NULL ? bootargs : machine->append != NULL ? machine->append : "";
    subject = subject_board_new(&config, err);
    free(bootargs);
    return subject;
}

/* "prime --max-prime 100", for a screen; to be freed. */
static char *words_new(char *const *words)
{
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    if (file == NULL)
        err_die_oom();
    for (size_t i = 0; words != NULL && words[i] != NULL; i++)
        fprintf(file, "%s%s", i > 0 ? " " : "", words[i]);
    fclose(file);
    text_make_printable(text);
    return text;
}

/* The file whose code is stepped is `path`; on the bundled kernel, PROGRAM is, too. */
static struct listing *new_listing(const char *path, const struct way *way,
                                   const struct step_options *wanted)
{
    struct listing *listing = listing_new(wanted->source);
    char program[PATH_MAX];
    struct err ignored; /* the stepper says what is missing */

    listing_add(listing, path, &ignored);
    if (!wanted->user && wanted->program != NULL &&
        locate_bundled_file(program, way->arch, wanted->program[0], &ignored) == 0)
        listing_add(listing, program, &ignored);
    return listing;
}

static int step_subject(struct subject *subject, const char *path, const struct way *way,
                        const struct step_options *wanted, struct err *err)
{
    struct elf_symbols *symbols = elf_symbols_of_file(path);
    struct listing *listing = new_listing(path, way, wanted);
    char *command = words_new(wanted->program), *again = words_new(wanted->words),
         sha256[DIGEST_HEX_SIZE] = "unknown";
    struct err ignored;
    struct stepper stepper;
    struct step step;
    int answer;

    step_init(&step, subject, symbols);
    step_set_listing(&step, listing);
    stepper_init(&stepper, &step);
    if (!wanted->user)
        look_at_kernel(stepper.processes, path);
    stepper.command = wanted->program != NULL ? command : path;
    stepper.kind = wanted->user ? "--user" : "machine";
    stepper.again = again;
    if (digest_file(path, sha256, &ignored) == 0)
        stepper.sha256 = sha256;
    answer = wanted->screen.tour ? step_screen_tour(&stepper, &wanted->screen, err)
                                 : step_screen_run(&stepper.scene, &wanted->screen, err);
    stepper_fini(&stepper);
    step_fini(&step);
    listing_free(listing);
    elf_symbols_free(symbols);
    free(again);
    free(command);
    return answer;
}

/* Finds the program. *path: its file, or the kernel; empty: the bundled kernel. *user: it is a
 * process. */
static int locate(struct step_options *wanted, const struct way *way, char path[PATH_MAX],
                  struct err *err)
{
    struct located located;
    int status;

    if (wanted->machine.kernel != NULL) {
        snprintf(path, PATH_MAX, "%s", wanted->machine.kernel);
        return 0;
    }
    status = locate_program(&located, wanted->program[0], err);
    if (status != 0)
        return status;
    if (!located.bundled && wanted->machine.wanted) {
        err_set(err, "the machine has the bundled programs only, not %s", located.name);
        return STATUS_FAILED;
    }
    wanted->user |= !located.bundled;
    path[0] = '\0';
    return wanted->user ? locate_file(&located, way, path, err) : 0;
}

/* Only the translator keeps what going back needs. */
static int check_way(const char *name, struct err *err)
{
    const struct way *way = ways_find(name, err);

    if (way == NULL)
        return -1;
    if (strcmp(way->name, "dbt") == 0)
        return 0;
    if (way->emulated) {
        err_set(err, "the stepper steps dbt, the translator, and not %s", name);
        return err_hint(err, "--on dbt");
    }
    err_set(err, "%s runs on this host's processor, and hardware does not step back", name);
    return err_hint(err, "--on dbt");
}

/* What is of use on the other ways only. */
static int check_options_of_way(const struct step_options *step, bool is_recorded, struct err *err)
{
    if (step->explain && is_recorded)
        return err_set(err, "what --explain tells is what the record shows: leave it out");
    if (step->explain) {
        err_set(err, "--explain is for a virtual machine: it tells what KVM is asked");
        return err_hint(err, "trivium run --on kvm --explain");
    }
    if (step->timeout > 0 && !is_recorded) {
        err_set(err, "--timeout is for a run that is recorded, and dbt is stepped as it runs");
        return err_hint(err, "without --timeout; or --on kvm or container");
    }
    return 0;
}

/* The option that was given and is about a translator; NULL: none. */
static const char *option_of_translator(const struct step_options *step)
{
    return step->screen.tour      ? "--tour"
           : step->user           ? "--user"
           : step->engine_given   ? "--dbt"
           : step->source != NULL ? "--source"
                                  : NULL;
}

/* Runs it once, and steps the record. */
static int step_recorded(const struct step_options *step, unsigned number, struct err *err)
{
    char *command = words_new(step->program), *again = words_new(step->words);
    const struct step_recorded wanted = {
        .way = ways_find(recorded[number].way, err),
        .program = step->program,
        .machine = &step->machine,
        .contain = &step->contain,
        .screen = &step->screen,
        .command = step->program != NULL          ? command
                   : step->machine.kernel != NULL ? step->machine.kernel
                                                  : step->contain.image,
        .again = again,
        .timeout = step->timeout > 0 ? step->timeout : TIMEOUT,
    };
    const char *foreign = option_of_translator(step);
    int status = STATUS_FAILED;

    if (foreign != NULL) {
        err_set(err, "%s is about a translator, and %s has none", foreign, wanted.way->name);
        err_hint(err, "--on dbt");
    } else if (wanted.way->prepare != NULL || wanted.way->probe(err) == 0) {
        status = recorded[number].run(&wanted, err);
    }
    free(again);
    free(command);
    return status < 0 ? STATUS_FAILED : status;
}

int command_step(int argc, char **argv, struct err *err)
{
    struct step_options wanted = {.engine.switches = NO_TIER};
    const struct way *way = ways_find("dbt", err);
    struct subject *subject;
    char path[PATH_MAX];
    unsigned number;
    int status;

    machine_options_init(&wanted.machine);
    contain_options_init(&wanted.contain);
    wanted.words = argv;
    argp_parse(&parser, argc, argv, ARGP_IN_ORDER, NULL, &wanted);
    number = find_recorded(wanted.way);
    if (number == RECORDED && wanted.way != NULL && check_way(wanted.way, err) < 0)
        return STATUS_FAILED;
    step_screen_choose(&wanted.screen);
    if (step_screen_check(&wanted.screen, err) < 0)
        return STATUS_FAILED;
    if (check_options_of_way(&wanted, number < RECORDED, err) < 0)
        return STATUS_FAILED;
    if (number < RECORDED)
        return step_recorded(&wanted, number, err);
    if (way->probe(err) < 0)
        return STATUS_FAILED;
    status = locate(&wanted, way, path, err);
    if (status != 0)
        return status;
    subject =
        wanted.user ? new_process(&wanted, path, err) : new_machine(&wanted, way->arch, path, err);
    free(wanted.switches);
    if (subject == NULL)
        return STATUS_FAILED;
    status = step_subject(subject, path, way, &wanted, err);
    return status < 0 ? STATUS_FAILED : status;
}
