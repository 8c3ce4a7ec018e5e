/* machine.c: from options to a running machine, and to its end; see machine.h. */
#include "cli/machine.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/options.h"
#include "cli/status.h"
#include "emu/board/host.h"

enum option_key {
    KEY_KERNEL = 512, /* above those of run.c */
    KEY_INITRD,
    KEY_APPEND,
    KEY_BIOS,
    KEY_DISK,
    KEY_VIRTIO,
    KEY_CPUS,
    KEY_MEMORY,
    KEY_DETERMINISTIC,
    KEY_NO_TLB,
    KEY_NO_ADUE,
    KEY_PLANT,
    KEY_EXPLAIN,
    KEY_DEVICES,
    KEY_FORK,
};

#define EXPLAIN_DEFAULT 40
#define EXPLAIN_MAX     1000000

static const struct argp_option options[] = {
    {NULL, 0, NULL, 0, "A whole emulated machine, with a kernel on it:", 5},
    {"kernel", KEY_KERNEL, "FILE", 0,
     "Boot this kernel, an ELF file or a flat image, instead of running a PROGRAM", 5},
    {"initrd", KEY_INITRD, "FILE", 0, "Put this file into memory for the kernel", 5},
    {"append", KEY_APPEND, "TEXT", 0, "Give the kernel these arguments", 5},
    {"bios", KEY_BIOS, "builtin|legacy|none", 0,
     "builtin (the default): Trivium is the firmware, the kernel starts in S mode. legacy: the same "
     "with the calls of the oldest SBI only. none: the kernel starts in M mode at its entry, and may "
     "end the machine by its symbol `tohost'",
     5},
    {"disk", KEY_DISK, "FILE", 0,
     "A disk image, as a virtio block device. What is written to it is gone afterwards", 5},
    {"virtio", KEY_VIRTIO, "modern|legacy", 0, "Which version of virtio it speaks", 5},
    {"cpus", KEY_CPUS, "N", 0, "Processors (1)", 5},
    {"memory", KEY_MEMORY, "SIZE", 0, "Memory, such as 64M or 1G (256M)", 5},
    {"deterministic", KEY_DETERMINISTIC, NULL, 0,
     "The machine's clock counts instructions: every run is the same. Its times mean nothing", 5},
    {"no-tlb", KEY_NO_TLB, NULL, 0, "Walk through the page tables on every access", 5},
    {"no-adue", KEY_NO_ADUE, NULL, 0,
     "Page tables' accessed and dirty bits are the kernel's business: fault instead", 5},
    {"plant", KEY_PLANT, NULL, 0,
     "Plant a mistake in the processor: a register, 0x800, that tells programs too much and ignores "
     "them silently, as x86's popf did; see labs/07-traps",
     5},
    {"fork", KEY_FORK, "cow|cow+batch", 0,
     "How the bundled kernel's fork copies: on write (the default); or what was written at once, a batch "
     "of pages at a time, and the rest on write",
     5},
    {"devices", KEY_DEVICES, "trapped|ring", 0,
     "How the guest's output leaves it: trapped (the default), one store to a UART's register for "
     "each byte; or ring, para-virtualized: a virtio console, one store for a page of text",
     5},
    {0},
};

static const struct argp_option explain_options[] = {
    {"explain", KEY_EXPLAIN, "N", OPTION_ARG_OPTIONAL,
     "On kvm: tell each request to KVM, and the first N exits (40), on standard error. On container: "
     "each step by which it is made",
     5},
    {0},
};

static bool is_second(struct argp_state *state, const char *name, const char *arg,
                      const char *first, const char *second)
{
    if (strcmp(arg, first) != 0 && strcmp(arg, second) != 0)
        argp_error(state, "%s is %s or %s, not '%s'", name, first, second, arg);
    return strcmp(arg, second) == 0;
}

static enum firmware parse_firmware(struct argp_state *state, const char *arg)
{
    if (strcmp(arg, "legacy") == 0)
        return FIRMWARE_SBI_LEGACY;
    if (strcmp(arg, "none") == 0)
        return FIRMWARE_NONE;
    if (strcmp(arg, "builtin") != 0)
        argp_error(state, "--bios is builtin, legacy or none, not '%s'", arg);
    return FIRMWARE_SBI;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct machine_options *machine = state->input;

    switch (key) {
    case KEY_KERNEL: machine->kernel = arg; break;
    case KEY_INITRD: machine->initrd = arg; break;
    case KEY_APPEND: machine->append = arg; break;
    case KEY_DISK: machine->disk = arg; break;
    case KEY_BIOS: machine->firmware = parse_firmware(state, arg); break;
    case KEY_VIRTIO:
        machine->legacy_virtio = is_second(state, "--virtio", arg, "modern", "legacy");
        break;
    case KEY_CPUS: machine->cpus_text = arg; return 0;
    case KEY_MEMORY: machine->memory_text = arg; return 0;
    case KEY_EXPLAIN: machine->explain_text = arg == NULL ? "" : arg; return 0;
    case KEY_DETERMINISTIC: machine->deterministic = true; break;
    case KEY_NO_TLB: machine->no_tlb = true; break;
    case KEY_NO_ADUE: machine->no_adue = true; break;
    case KEY_PLANT: machine->planted = true; break;
    case KEY_FORK: machine->fork_batch = is_second(state, "--fork", arg, "cow", "cow+batch"); break;
    case KEY_DEVICES: machine->ring = is_second(state, "--devices", arg, "trapped", "ring"); break;
    default: return ARGP_ERR_UNKNOWN;
    }
    machine->wanted = true;
    return 0;
}

const struct argp machine_argp = {.options = options, .parser = parse_option};
const struct argp machine_explain_argp = {.options = explain_options, .parser = parse_option};

void machine_options_take(struct machine_options *machine, struct argp_state *state)
{
    const char *explain = machine->explain_text;

    if (machine->cpus_text != NULL)
        machine->cpus = option_count(state, "--cpus", machine->cpus_text, BOARD_HARTS_MAX);
    if (machine->memory_text != NULL)
        machine->memory = option_bytes(state, "--memory", machine->memory_text, BOARD_MEMORY_MIN,
                                       BOARD_MEMORY_MAX);
    if (explain != NULL)
        machine->explain = explain[0] == '\0'
                               ? EXPLAIN_DEFAULT
                               : option_count(state, "--explain", explain, EXPLAIN_MAX);
    machine->wanted |=
        machine->cpus_text != NULL || machine->memory_text != NULL || explain != NULL;
}

void machine_options_init(struct machine_options *machine)
{
    *machine = (struct machine_options){.cpus = 1, .memory = UINT64_C(256) << 20};
}

/* A word of the boot arguments: a backslash takes the meaning from whatever could have one. */
static void put_word(FILE *file, const char *word)
{
    if (word[0] == '\0')
        fputs("\"\"", file);
    for (; *word != '\0'; word++) {
        if (strchr(" \t\n\r\v\f\"\\", *word) != NULL)
            fputc('\\', file);
        fputc(*word, file);
    }
}

char *machine_bootargs_new(const char *append, char *const *argv, bool fork_batch, bool terminal,
                           struct err *err)
{
    enum { BOOTARGS_MAX = 4095 - 256 }; /* guest/kernel/boot.c has room; the machine adds words */
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    if (file == NULL)
        err_die_oom();
    if (append != NULL)
        fprintf(file, "%s ", append);
    if (fork_batch)
        fputs("fork=batch ", file);
    if (!terminal)
        fputs("tty=off ", file);
    fputs("PATH=/bin init=/bin/", file);
    put_word(file, argv[0]);
    fputs(" --", file);
    for (size_t i = 1; argv[i] != NULL; i++) {
        fputc(' ', file);
        put_word(file, argv[i]);
    }
    if (fclose(file) != 0)
        err_die_oom();
    if (size > BOOTARGS_MAX) {
        err_set(err, "the arguments are %zu bytes long, and the guest's kernel takes %d", size,
                BOOTARGS_MAX);
        err_hint(err,
                 "shorter ones; or --user, or --on container, where the host's kernel takes more");
        free(text);
        return NULL;
    }
    return text;
}

struct machine_totals *machine_totals_new(void)
{
    struct machine_totals *totals =
        mmap(NULL, sizeof *totals, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (totals == MAP_FAILED)
        err_die_oom();
    return totals;
}

void machine_totals_free(struct machine_totals *totals)
{
    munmap(totals, sizeof *totals);
}

static void take_totals(struct machine_totals *totals, const struct board *board)
{
    totals->rows = board->rows;
    totals->events = board->events;
    if (board->engine->count != NULL)
        board->engine->count(&board->machine, totals->engine);
    totals->steps = board_step(board);
    totals->console_bytes = board->bytes_sent;
    for (unsigned i = 0; i < board->hart_count; i++)
        totals->instructions += board->harts[i].instret;
    totals->device_count = board->bus.count;
    for (unsigned i = 0; i < board->bus.count; i++) {
        const struct bus_range *range = &board->bus.ranges[i];

        snprintf(totals->devices[i].name, sizeof totals->devices[i].name, "%s", range->name);
        totals->devices[i].loads = range->loads;
        totals->devices[i].stores = range->stores;
    }
    totals->ended = true;
}

/* The process' exit status for that end of the machine; what deserves a word gets one. */
static int status_of(enum board_end end, int status, const struct board *board)
{
    struct err err = {0};
    uint64_t word = 0;

    switch (end) {
    case BOARD_POWER_OFF: return status;
    case BOARD_RESET: /* once is enough, as with QEMU's -no-reboot */
    case BOARD_STEPS:
    case BOARD_QUIT: return 0;
    case BOARD_STUCK:
        err_set(&err, "the machine waits for ever: no timer is set, and its input has ended");
        err_hint(&err, "a kernel that powers off, or an input that stays open");
        break;
    case BOARD_TOHOST:
        dma_read(&board->dma, board->tohost, &word, sizeof word);
        err_set(&err, "the kernel wrote 0x%llx to `tohost', which asks for what there is not here",
                (unsigned long long)word);
        break;
    }
    err_print(&err, stderr);
    return STATUS_FAILED;
}

int machine_start(void *context, struct err *err)
{
    const struct machine_launch *launch = context;
    const struct machine_options *machine = launch->options;
    struct host_side host;
    struct board_config config = {
        .engine = launch->engine,
        .engine_options = launch->engine_options,
        .harts = machine->cpus,
        .memory = machine->memory,
        .kernel = launch->kernel,
        .initrd = launch->initrd,
        .bootargs = launch->bootargs,
        .disk = machine->disk,
        .firmware = machine->firmware,
        .deterministic = machine->deterministic,
        .no_tlb = machine->no_tlb,
        .no_adue = machine->no_adue,
        .planted = machine->planted,
        .legacy_virtio = machine->legacy_virtio,
        .ring = machine->ring,
        .count_rows = launch->count,
        .host = host_board(&host),
    };
    struct board *board;
    enum board_end end;
    int status = 0;

    if (machine->explain > 0) {
        err_set(err, "--explain is for a virtual machine: it tells what KVM is asked");
        return err_hint(err, "--on kvm");
    }
    board = board_new(&config, err);
    if (board == NULL)
        return -1;
    signal(SIGPIPE, SIG_IGN); /* the console tells */
    console_init(&host.console, STDIN_FILENO, STDOUT_FILENO);
    end = board_run(board, UINT64_MAX, &status);
    console_fini(&host.console);
    launch->totals->processors = machine->cpus;
    launch->totals->memory = machine->memory;
    take_totals(launch->totals, board);
    if (end == BOARD_POWER_OFF)
        machine_take_kernel(launch->totals, &board->dma, launch->kernel);
    status = host.console.broken ? STATUS_SIGNAL + SIGPIPE : status_of(end, status, board);
    board_free(board);
    _exit(status);
}
