/*
 * run.c: `trivium run`: one program, one way, its own input, output and exit status.
 *
 * Read next: launch.h.
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/contain.h"
#include "cli/json.h"
#include "cli/launch.h"
#include "cli/locate.h"
#include "cli/machine.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/run_stats.h"
#include "cli/status.h"
#include "emu/dbt/log.h"

struct run_options {
    const char *way; /* NULL: the one that fits */
    double timeout;  /* seconds; 0: none */
    bool stats, rows;
    const char *json_path; /* NULL: not wanted */
    const char *rows_path;
    char **program; /* PROGRAM [ARGS...] NULL; NULL: none, a kernel of the user's is run */
    struct engine_options engine;
    char log[256]; /* the engine's: what -d and --profile asked for, parted by commas */
    bool both;     /* engines, in lock-step */
    bool user;     /* no machine, whatever else was asked for */
    struct machine_options machine;
    struct contain_options contain;
};

enum option_key {
    KEY_ON = 256,
    KEY_USER,
    KEY_TIMEOUT,
    KEY_STATS,
    KEY_JSON,
    KEY_ROWS,
    KEY_DBT,
    KEY_PROFILE,
    KEY_ENGINE
};

static const struct argp_option options[] = {
    {"on", KEY_ON, "WAY", 0,
     "The way of running: native (an x86-64 program on this host), container (the same among names "
     "and limits of its own), kvm (the same in a virtual machine), interp (an rv64 program, "
     "interpreted), threaded (the same, decoded only once) or dbt (the same, translated). Without "
     "it a bundled program runs natively, and a file in the way that fits its machine type; with -d, "
     "--dbt or --engine it is dbt, with --user interp",
     0},
    {"user", KEY_USER, NULL, 0,
     "Emulate the processor only: system calls go to this host's kernel, with your rights. It is "
     "not a sandbox. Without it, interp emulates a whole machine that has the bundled programs; an "
     "ELF file of yours is run in this mode anyhow",
     0},
    {"dbt", KEY_DBT, "SWITCHES", 0,
     "Techniques of the translator that are on (+) or off (-), such as -chain,-ibtc or -all,+regs",
     0},
    {"engine", KEY_ENGINE, "one|both|unordered", 0,
     "both: in lock-step, dbt (or threaded, with --on) and interp execute everything, are compared "
     "all along, store by store, and stop at the first difference, which is told. Slow, and for "
     "finding bugs. unordered: the same but for the order of stores, so that dbt emits the code that "
     "it always does",
     0},
    {"log", 'd', "ITEMS", 0,
     "Tell on standard error what the translator does: in_asm, op, op_opt, out_asm, chain, exec, "
     "...; `help' lists them",
     0},
    {"profile", KEY_PROFILE, NULL, 0,
     "Afterwards print on standard error the blocks that most was executed in, with their code "
     "(-d profile)",
     0},
    {"timeout", KEY_TIMEOUT, "SECONDS", 0,
     "After that time kill the program and everything that it has started, and end with status 124",
     0},
    {"stats", KEY_STATS, "rows", OPTION_ARG_OPTIONAL,
     "Afterwards print on standard error what the run took: times, memory, and on an emulated "
     "processor instructions by kind (with =rows also each one) and system calls by name",
     0},
    {"json", KEY_JSON, "FILE", 0, "Write the same as JSON; - is standard output", 0},
    {"rows", KEY_ROWS, "FILE", 0,
     "Write the names of the instructions that were executed, one a line (emulated ways)", 0},
    {0},
};

/* More to be logged; whoever says -d twice wants both. */
static void add_log(struct run_options *run, const char *items, struct argp_state *state)
{
    size_t length = strlen(run->log);
    int added = snprintf(run->log + length, sizeof run->log - length, "%s%s",
                         length == 0 ? "" : ",", items);

    if (added < 0 || (size_t)added >= sizeof run->log - length)
        argp_error(state, "-d takes %zu characters of items", sizeof run->log - 1);
    run->engine.log = run->log;
}

static void parse_stats(struct run_options *run, const char *arg, struct argp_state *state)
{
    if (arg != NULL && strcmp(arg, "rows") != 0)
        argp_error(state, "--stats has the variant --stats=rows, not '%s'", arg);
    run->stats = true;
    run->rows = arg != NULL;
}

/* Options about an emulated processor mean a way that has one, and the translator's mean the
 * translator. */
static void check_emulation(struct run_options *run, struct argp_state *state)
{
    bool translates = run->engine.switches != NULL || run->engine.log != NULL;
    const struct way *way;
    struct err ignored;

    if (run->way == NULL && (run->both || translates))
        run->way = "dbt";
    if (run->way == NULL && run->user)
        run->way = "interp";
    if (run->way == NULL || (!run->user && !translates))
        return;
    way = ways_find(run->way, &ignored); /* that there is none is told later */
    if (way != NULL && !way->emulated)
        argp_error(state, "%s is about an emulated processor, and %s has none: try --on dbt",
                   run->user                 ? "--user"
                   : run->engine.log != NULL ? "-d"
                                             : "--dbt",
                   way->name);
}

/* Which options go together. */
static void check_options(struct run_options *run, struct argp_state *state)
{
    if (run->program == NULL && run->machine.kernel == NULL && run->contain.image == NULL)
        argp_error(state, "which PROGRAM?");
    if (run->program != NULL && run->machine.kernel != NULL)
        argp_error(state, "a kernel of yours is told by --append what to run, not by a PROGRAM");
    if (run->way != NULL && strcmp(run->way, "container") == 0) {
        if (run->machine.wanted)
            argp_error(state, "a container is no machine that could be described");
        contain_options_take(&run->contain, &run->machine, state);
    } else {
        if (run->contain.wanted)
            argp_error(state, "options that describe a container need --on container");
        machine_options_take(&run->machine, state);
    }
    if (run->user && run->machine.wanted)
        argp_error(state, "--user emulates no machine that could be described");
    check_emulation(run, state);
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct run_options *run = state->input;

    switch (key) {
    case KEY_ON: run->way = arg; return 0;
    case KEY_USER: run->user = true; return 0;
    case KEY_DBT: run->engine.switches = arg; return 0;
    case KEY_ENGINE:
        run->engine.unordered = strcmp(arg, "unordered") == 0;
        run->both = run->engine.unordered || strcmp(arg, "both") == 0;
        if (!run->both && strcmp(arg, "one") != 0)
            argp_error(state, "--engine is one, both or unordered, not '%s'", arg);
        return 0;
    case 'd':
        if (strcmp(arg, "help") == 0) {
            dbt_log_help(stdout);
            exit(0);
        }
        add_log(run, arg, state);
        return 0;
    case KEY_PROFILE: add_log(run, "profile", state); return 0;
    case KEY_TIMEOUT: run->timeout = option_seconds(state, "--timeout", arg); return 0;
    case KEY_STATS: parse_stats(run, arg, state); return 0;
    case KEY_JSON: run->json_path = arg; return 0;
    case KEY_ROWS: run->rows_path = arg; return 0;
    case ARGP_KEY_ARG:
        /* From here on everything is the program's, options too. */
        run->program = state->argv + state->next - 1;
        state->next = state->argc;
        return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &run->machine;
        state->child_inputs[1] = &run->machine;
        state->child_inputs[2] = &run->contain;
        state->child_inputs[3] = &run->contain;
        return 0;
    case ARGP_KEY_END: check_options(run, state); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{.argp = &machine_argp},
                                             {.argp = &machine_explain_argp},
                                             {.argp = &contain_argp},
                                             {.argp = &contain_terminal_argp},
                                             {0}};

static const struct argp parser = {
    .options = options,
    .children = children,
    .parser = parse_option,
    .args_doc = "PROGRAM [ARGS...]\n--kernel FILE\n--on container --image NAME [PROGRAM [ARGS...]]",
    .doc = "Runs PROGRAM: a bundled one by its name (prime, fork, mix, hello, sh, ...), or an ELF "
           "file by a path with a slash."
           "\vThe exit status is the program's, 128 + n if signal n killed it; 124 after a "
           "timeout, 125 if Trivium itself failed, 126 if the program cannot be executed, 127 if "
           "there is none. A machine's is what its kernel powers off with. On a terminal, Ctrl-A x "
           "ends a machine, and every other key is the guest's.\n\n"
           "Example: trivium run --on interp --stats prime --max-prime 1000 --events 10",
};

/* The way that was asked for, or else the one that fits. NULL: err says why not. */
static const struct way *choose_way(const struct run_options *run, const struct located *located,
                                    struct err *err)
{
    const struct way *way;

    if (run->way != NULL) {
        way = ways_find(run->way, err);
        if (way != NULL && way->start == NULL) {
            err_set(err, "%s runs programs on a machine only", way->name);
            return NULL;
        }
        return way;
    }
    if (located->bundled)
        return ways_find("native", err);
    way = ways_for_machine(located->machine);
    if (way == NULL)
        err_set(err, "no way of running fits %s", located->name);
    return way;
}

/* What the options ask to be written, opened before the run. */
struct reports {
    struct output_file json, rows;
    bool has_json, has_rows;
};

static int open_reports(struct reports *reports, const struct run_options *run, struct err *err)
{
    *reports = (struct reports){0};
    if (run->json_path != NULL && output_open(&reports->json, run->json_path, err) < 0)
        return -1;
    reports->has_json = run->json_path != NULL;
    if (run->rows_path != NULL && output_open(&reports->rows, run->rows_path, err) < 0) {
        if (reports->has_json)
            output_abandon(&reports->json);
        return -1;
    }
    reports->has_rows = run->rows_path != NULL;
    return 0;
}

static void abandon_reports(struct reports *reports)
{
    if (reports->has_json)
        output_abandon(&reports->json);
    if (reports->has_rows)
        output_abandon(&reports->rows);
}

/* Writes and commits both, even when the first fails. */
static int write_reports(struct reports *reports, const struct launch *launch,
                         const struct supervise_outcome *outcome, struct err *err)
{
    struct err ignored;
    int answer = 0;

    if (reports->has_json)
        answer = json_write(run_stats_json(launch, outcome), &reports->json, err);
    if (reports->has_rows) {
        run_stats_rows(reports->rows.file,
                       launch->machine != NULL ? &launch->machine->rows : &launch->totals->rows);
        if (output_commit(&reports->rows, answer < 0 ? &ignored : err) < 0)
            answer = -1;
    }
    return answer;
}

/* Says how it ended, where that needs saying. */
static void tell_end(const struct launch *launch, const struct supervise_outcome *outcome,
                     double timeout)
{
    char text[LAUNCH_TEXT];
    struct err err = outcome->err;

    launch_explain(text, launch, outcome, timeout);
    if (text[0] == '\0')
        return;
    if (outcome->fate != FATE_REFUSED)
        err_set(&err, "%s", text);
    err_print(&err, stderr);
}

static int supervise(const struct run_options *run, struct launch *launch, supervise_start *start,
                     void *context, struct err *err)
{
    const struct supervise_job job = {
        .start = start,
        .context = context,
        .timeout = run->timeout,
    };
    struct supervise_outcome outcome;
    struct supervisor supervisor;
    struct reports reports;
    int answer, status;

    if (open_reports(&reports, run, err) < 0)
        return STATUS_FAILED;
    if (supervisor_init(&supervisor, err) < 0) {
        abandon_reports(&reports);
        return STATUS_FAILED;
    }
    answer = supervisor_run(&supervisor, &job, &outcome, err);
    if (launch->way->settle != NULL)
        launch->way->settle(launch, &outcome);
    if (answer < 0 || outcome.fate == FATE_STOPPED)
        abandon_reports(&reports);
    if (answer == 0 && outcome.fate == FATE_STOPPED)
        supervisor_die(&supervisor, outcome.signal);
    supervisor_fini(&supervisor);
    if (answer < 0)
        return STATUS_FAILED;
    tell_end(launch, &outcome, run->timeout);
    status = launch_status(launch, &outcome);
    if (run->stats)
        run_stats_print(stderr, launch, &outcome, run->rows);
    return write_reports(&reports, launch, &outcome, err) < 0 ? STATUS_FAILED : status;
}

/* --engine both: the way's engine is to be checked. -1: it is none that could be. */
static int check_engine(struct run_options *run, const struct way *way, struct err *err)
{
    if (!run->both)
        return 0;
    if (way->engine == NULL || way->engine == &engine_interp) {
        err_set(err,
                "--engine both compares an engine with the interpreter, and %s is none to compare",
                way->name);
        return err_hint(err, "--on dbt or --on threaded");
    }
    run->engine.checked = way->engine;
    return 0;
}

/* The source lines that a log of code is to show, of a file and perhaps (else NULL) another one;
 * NULL: no such log is wanted. */
static struct listing *new_listing(const struct run_options *run, const char *file,
                                   const char *other)
{
    const char *log = run->engine.log;
    struct listing *listing;
    struct err ignored; /* the log says what was missing */

    if (log == NULL || (strstr(log, "in_asm") == NULL && strstr(log, "out_asm") == NULL))
        return NULL;
    listing = listing_new(NULL);
    listing_add(listing, file, &ignored);
    if (other != NULL)
        listing_add(listing, other, &ignored);
    return listing;
}

/* Runs the file, and counts when an emulated processor can and somebody wants to know. */
static int run_file(const struct run_options *run, const struct located *located,
                    const struct way *way, char *path, struct err *err)
{
    char **environment = NULL;
    struct launch launch = {
        .way = way,
        .path = path,
        .argv = run->program,
        .envp = environ,
        .contain_options = &run->contain,
        .engine_options = run->engine,
        .count_rows = run->stats || run->json_path != NULL || run->rows_path != NULL,
    };
    int status;

    if (run->rows_path != NULL && !way->emulated) {
        err_set(err, "--rows needs an emulated processor: %s does not see instructions", way->name);
        err_hint(err, "--on interp");
        return STATUS_FAILED;
    }
    if (way->emulated) {
        launch.totals = user_totals_new();
        if (launch.totals == NULL)
            err_die_oom();
    }
    if (way->prepare != NULL && way->prepare(&launch, err) < 0)
        return STATUS_FAILED;
    launch.engine_options.listing = new_listing(run, path, NULL);
    if (located->bundled) {
        environment = launch_environment_new(path);
        launch.envp = environment;
    }
    status = supervise(run, &launch, way->start, &launch, err);
    if (way->finish != NULL)
        way->finish(&launch);
    if (environment != NULL)
        launch_environment_free(environment);
    if (launch.totals != NULL)
        user_totals_free(launch.totals);
    listing_free(launch.engine_options.listing);
    return status;
}

/* The program is in the bundled initrd, and its name among the bundled programs. */
static int check_machine_program(const struct run_options *run, struct err *err)
{
    struct located located;
    int status = locate_program(&located, run->program[0], err);

    if (status == 0 && !located.bundled) {
        err_set(err, "the machine has the bundled programs only, not %s", located.name);
        err_hint(err, "--on interp --user %s", located.name);
        status = STATUS_FAILED;
    }
    return status;
}

/* Runs a kernel on an emulated machine: the user's, or the bundled one with a bundled program. */
static int run_machine(struct run_options *run, const struct way *way, struct err *err)
{
    char kernel[PATH_MAX], initrd[PATH_MAX], program[PATH_MAX] = "";
    struct machine_options *wanted = &run->machine;
    bool counts = run->stats || run->json_path != NULL || run->rows_path != NULL;
    struct machine_launch machine = {.engine = ways_engine(way, &run->engine),
                                     .engine_options = run->engine,
                                     .options = wanted,
                                     .count = counts,
                                     .kernel = wanted->kernel,
                                     .initrd = wanted->initrd};
    char *argv[] = {kernel, NULL};
    struct launch launch = {.way = way, .path = kernel, .kernel = kernel, .argv = argv};
    char *bootargs = NULL;
    int status;

    wanted->no_tlb |= way->no_tlb;
    if (wanted->kernel == NULL) {
        status = check_machine_program(run, err);
        if (status != 0)
            return status;
        if (locate_bundled_file(kernel, way->arch, "kernel", err) < 0 ||
            locate_bundled_file(initrd, way->arch, "initrd.cpio", err) < 0 ||
            locate_bundled_file(program, way->arch, run->program[0], err) < 0)
            return STATUS_FAILED;
        bootargs = machine_bootargs_new(wanted->append, run->program, wanted->fork_batch,
                                        isatty(STDIN_FILENO) == 1, err);
        if (bootargs == NULL)
            return STATUS_FAILED;
        machine.initrd = wanted->initrd != NULL ? wanted->initrd : initrd;
        launch.argv = run->program;
    } else {
        snprintf(kernel, sizeof kernel, "%s", wanted->kernel);
    }
    machine.kernel = kernel;
    machine.bootargs = bootargs != NULL ? bootargs : wanted->append != NULL ? wanted->append : "";
    machine.totals = machine_totals_new();
    machine.engine_options.listing = new_listing(run, kernel, program[0] != '\0' ? program : NULL);
    launch.machine = machine.totals;
    status = supervise(run, &launch, way->machine_start, &machine, err);
    machine_totals_free(machine.totals);
    listing_free(machine.engine_options.listing);
    free(bootargs);
    return status;
}

/*
 * A way that has a machine runs a bundled program there. A file of the user's is not in the bundled
 * kernel's file system, and is run as a process, where the way can.
 */
static bool wants_machine(const struct run_options *run)
{
    const struct way *way;
    struct err ignored;

    if (run->machine.wanted)
        return true;
    way = run->way != NULL ? ways_find(run->way, &ignored) : NULL;
    if (way == NULL || way->machine_start == NULL || run->user)
        return false;
    return way->start == NULL || strchr(run->program[0], '/') == NULL;
}

/* The way that emulates a machine; NULL: another was asked for, or instructions that it cannot
 * list. */
static const struct way *machine_way(const struct run_options *run, struct err *err)
{
    const struct way *way = ways_find(run->way != NULL ? run->way : "interp", err);

    if (way == NULL)
        return NULL;
    if (way->machine_start == NULL) {
        err_set(err,
                "%s has no machine of its own: options that describe one are for kvm and interp",
                way->name);
        return NULL;
    }
    return way->probe(err) < 0 ? NULL : way;
}

int command_run(int argc, char **argv, struct err *err)
{
    struct run_options run = {.way = NULL};
    struct located located;
    const struct way *way;
    char path[PATH_MAX];
    int status;

    machine_options_init(&run.machine);
    contain_options_init(&run.contain);
    argp_parse(&parser, argc, argv, ARGP_IN_ORDER, NULL, &run);
    if (wants_machine(&run)) {
        way = machine_way(&run, err);
        if (way == NULL || check_engine(&run, way, err) < 0)
            return STATUS_FAILED;
        return run_machine(&run, way, err);
    }
    if (run.way != NULL && ways_find(run.way, err) == NULL)
        return STATUS_FAILED;
    if (run.contain.image != NULL) { /* the program is a name in there */
        if (check_engine(&run, ways_find("container", err), err) < 0)
            return STATUS_FAILED;
        located = (struct located){.name = run.contain.image};
        return run_file(&run, &located, ways_find("container", err),
                        run.program == NULL ? NULL : run.program[0], err);
    }
    status = locate_program(&located, run.program[0], err);
    if (status != 0)
        return status;
    way = choose_way(&run, &located, err);
    /* A way that prepares finds out by that whether it can. */
    if (way == NULL || (way->prepare == NULL && way->probe(err) < 0))
        return STATUS_FAILED;
    if (check_engine(&run, way, err) < 0)
        return STATUS_FAILED;
    status = locate_file(&located, way, path, err);
    if (status != 0)
        return status;
    return run_file(&run, &located, way, path, err);
}
