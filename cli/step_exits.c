/*
 * step_exits.c: `trivium step --on kvm`: a run in a virtual machine is recorded, and its record is
 * stepped, forward and back.
 *
 * The machine runs in a child of this process, as in `trivium run`, to its end or until time is up;
 * the log is memory that both share. So a guest that hangs, and a monitor that crashes, leave a
 * record, too.
 */
#include "cli/step_recorded.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/exits.h"
#include "cli/launch.h"
#include "cli/locate.h"
#include "cli/status.h"
#include "lib/digest.h"

enum { CONSOLE_MOST = 1 << 20, WORDS_MOST = 1 << 16 };

/* What a run has left. */
struct run {
    struct exit_log *log; /* owned; shared with the child */
    struct machine_totals *totals;
    struct supervise_capture console, words;
    struct supervise_outcome outcome;
    char kernel[PATH_MAX], initrd[PATH_MAX], program[PATH_MAX]; /* program: may be empty */
};

/* The files. An exit status, or 0. */
static int locate(struct run *run, const struct step_recorded *wanted, struct err *err)
{
    struct located located;
    int status;

    if (wanted->machine->kernel != NULL) {
        snprintf(run->kernel, sizeof run->kernel, "%s", wanted->machine->kernel);
        return 0;
    }
    status = locate_program(&located, wanted->program[0], err);
    if (status != 0)
        return status;
    if (!located.bundled) {
        err_set(err, "the machine has the bundled programs only, not %s", located.name);
        return STATUS_FAILED;
    }
    if (locate_bundled_file(run->kernel, wanted->way->arch, "kernel", err) < 0 ||
        locate_bundled_file(run->initrd, wanted->way->arch, "initrd.cpio", err) < 0 ||
        locate_bundled_file(run->program, wanted->way->arch, wanted->program[0], err) < 0)
        return STATUS_FAILED;
    return 0;
}

/* Runs it once, and fills run->outcome. -1: it could not be. */
static int record(struct run *run, const struct step_recorded *wanted, struct err *err)
{
    const struct machine_options *machine = wanted->machine;
    char *bootargs = NULL;
    struct machine_launch launch = {
        .options = machine,
        .kernel = run->kernel,
        .initrd = machine->initrd != NULL ? machine->initrd : run->initrd,
        .bootargs = machine->append != NULL ? machine->append : "",
        .totals = run->totals,
        .log = run->log,
    };
    const struct supervise_job job = {
        .start = wanted->way->machine_start,
        .context = &launch,
        .interrupt_kills = true,
        .timeout = wanted->timeout,
        .out = &run->console,
        .errors = &run->words,
    };
    struct supervisor supervisor;
    int answer;

    if (launch.initrd[0] == '\0')
        launch.initrd = NULL;
    if (wanted->program != NULL) {
        bootargs =
            machine_bootargs_new(machine->append, wanted->program, machine->fork_batch, false, err);
        if (bootargs == NULL)
            return -1;
        launch.bootargs = bootargs;
    }
    answer = supervisor_init(&supervisor, err);
    if (answer == 0) {
        answer = supervisor_run(&supervisor, &job, &run->outcome, err);
        if (answer == 0 && run->outcome.fate == FATE_STOPPED)
            supervisor_die(&supervisor, run->outcome.signal);
        supervisor_fini(&supervisor);
    }
    free(bootargs);
    if (answer == 0 && run->outcome.fate == FATE_REFUSED) {
        *err = run->outcome.err;
        return -1;
    }
    return answer;
}

/* "trivium: the guest died: a triple fault on processor 0" without who says it. */
static void add_words(char *text, size_t size, const char *words)
{
    static const char who[] = "trivium: ";
    size_t used = strlen(text);

    if (strncmp(words, who, sizeof who - 1) == 0)
        words += sizeof who - 1;
    snprintf(text + used, size - used, "%.*s.", (int)strcspn(words, "\n"), words);
}

static void tell_end(char *text, size_t size, const struct run *run, double timeout)
{
    const struct supervise_outcome *outcome = &run->outcome;

    text[0] = '\0';
    if (outcome->fate == FATE_TIMEOUT)
        snprintf(
            text, size,
            "The machine still ran after %g s, and was ended (--timeout). What it did since its "
            "last exit is in no count.",
            timeout);
    else if (outcome->interrupted)
        snprintf(text, size, "You have ended it.");
    else if (outcome->fate == FATE_KILLED)
        snprintf(text, size, "The monitor was ended by signal %d.", outcome->signal);
    else if (run->words.used > 0)
        add_words(text, size, run->words.data);
    else
        snprintf(text, size, "The machine has ended with status %d.", outcome->status);
}

static int show(const struct run *run, const struct step_recorded *wanted, struct err *err)
{
    struct elf_symbols *kernel = elf_symbols_of_file(run->kernel),
                       *program = elf_symbols_of_file(run->program);
    char sha256[DIGEST_HEX_SIZE] = "unknown";
    struct record_view view;
    struct exits exits;
    struct err ignored;
    int answer;

    exits_init(&exits, run->log);
    exits.kernel = kernel;
    exits.program = program;
    exits.console = run->console.data;
    exits.console_size = run->console.used;
    exits.console_total = run->console.total;
    exits.virtio_slots =
        (wanted->machine->disk != NULL ? 1u : 0) + (wanted->machine->ring ? 1u : 0);
    exits.last_words = run->words.used > 0 ? run->words.data : "";
    tell_end(exits.end, sizeof exits.end, run, wanted->timeout);
    if (digest_file(run->program[0] != '\0' ? run->program : run->kernel, sha256, &ignored) < 0)
        snprintf(sha256, sizeof sha256, "unknown");
    record_view_init(&view, &exits.record);
    view.command = wanted->command;
    view.way = wanted->way->name;
    view.again = wanted->again;
    view.sha256 = sha256;
    answer = step_screen_run(&view.scene, wanted->screen, err);
    exits_fini(&exits);
    elf_symbols_free(kernel);
    elf_symbols_free(program);
    return answer;
}

int step_exits_run(const struct step_recorded *wanted, struct err *err)
{
    struct run run = {.totals = machine_totals_new()};
    int answer = locate(&run, wanted, err);

    if (answer != 0)
        goto out;
    run.log =
        mmap(NULL, sizeof *run.log, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (run.log == MAP_FAILED)
        err_die_oom();
    supervise_capture_init(&run.console, CONSOLE_MOST);
    supervise_capture_init(&run.words, WORDS_MOST);
    if (isatty(STDERR_FILENO) == 1)
        fprintf(stderr, "recording %s on %s, for %g s at most ...\n", wanted->command,
                wanted->way->name, wanted->timeout);
    answer = record(&run, wanted, err);
    if (answer == 0)
        answer = show(&run, wanted, err);
    supervise_capture_fini(&run.words);
    supervise_capture_fini(&run.console);
    munmap(run.log, sizeof *run.log);

out:
    machine_totals_free(run.totals);
    return answer;
}
