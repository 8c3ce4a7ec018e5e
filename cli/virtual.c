/* virtual.c: from options to a running virtual machine, and to its end; see machine.h. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli/machine.h"
#include "cli/status.h"
#include "kvm/autopsy.h"
#include "kvm/explain.h"
#include "kvm/paging.h"
#include "kvm/pc.h"
#include "kvm/probe.h"
#include "kvm/recorder.h"

int virtual_probe(struct err *reason)
{
    struct vm vm;
    int answer = vm_open(&vm, &kvm_ops_host, reason);

    vm_fini(&vm);
    return answer;
}

const char *virtual_remark(void)
{
    switch (probe_kvm(&kvm_ops_host).class) {
    case PROBE_EMULATED_RING: return "ring 0 emulated here";
    case PROBE_HARDWARE: return paging_name(paging_read("/sys/module"));
    case PROBE_NONE: break;
    }
    return NULL;
}

/* What can be asked of an emulated machine only. */
static int check_options(const struct machine_options *machine, struct err *err)
{
    const struct {
        bool asked;
        const char *option;
    } emulated[] = {
        {machine->firmware != FIRMWARE_SBI, "--bios"},
        {machine->deterministic, "--deterministic"},
        {machine->no_tlb, "--no-tlb"},
        {machine->no_adue, "--no-adue"},
        {machine->planted, "--plant"},
    };

    for (size_t i = 0; i < sizeof emulated / sizeof *emulated; i++) {
        if (emulated[i].asked)
            return err_set(err,
                           "%s is for an emulated machine: a virtual machine's processor is real",
                           emulated[i].option);
    }
    if (machine->cpus > VM_CPUS_MAX)
        return err_set(err, "a virtual machine has at most %d processors", VM_CPUS_MAX);
    if (machine->memory < VM_MEMORY_MIN || machine->memory > VM_MEMORY_MAX)
        return err_set(err, "a virtual machine's memory is %u to %u MiB",
                       (unsigned)(VM_MEMORY_MIN >> 20), (unsigned)(VM_MEMORY_MAX >> 20));
    return 0;
}

static void take_devices(struct machine_totals *totals, const struct bus *bus,
                         const struct exit_count *exits)
{
    for (unsigned i = 0; i < bus->count && totals->device_count < BUS_RANGES_MAX; i++) {
        const struct bus_range *range = &bus->ranges[i];
        unsigned number = totals->device_count++;

        snprintf(totals->devices[number].name, sizeof totals->devices[number].name, "%s",
                 range->name);
        totals->devices[number].loads = range->loads;
        totals->devices[number].stores = range->stores;
        totals->devices[number].exits = exits[i];
    }
}

static void take_totals(struct machine_totals *totals, const struct pc *pc)
{
    totals->exits = pc_exits(pc);
    totals->console_bytes = pc->bytes_sent;
    totals->is_virtual = true;
    take_devices(totals, &pc->ports, totals->exits.ports);
    take_devices(totals, &pc->bus, totals->exits.mmio);
    totals->ended = true;
}

/* What is to be seen of a guest that has died. */
static void print_autopsy(const struct pc *pc, const char *kernel)
{
    struct autopsy autopsy;
    struct elf_symbols *symbols;
    struct err err = {0};

    if (autopsy_take(&autopsy, &pc->cpus[pc->death.cpu].vcpu, &err) < 0) {
        err_print(&err, stderr);
        return;
    }
    symbols = elf_symbols_of_file(kernel);
    autopsy.symbols = symbols;
    autopsy_print(stderr, &autopsy);
    elf_symbols_free(symbols);
}

/* The process' exit status for that end of the machine; what deserves a word gets one. */
static int status_of(const struct pc *pc, const char *kernel)
{
    struct err err = {0};

    switch (pc->end) {
    case PC_POWER_OFF: return pc->status;
    case PC_RUNS:
    case PC_RESET: /* once is enough */
    case PC_QUIT: return 0;
    case PC_DIED:
        pc_explain_death(pc, &err);
        err_print(&err, stderr);
        print_autopsy(pc, kernel);
        return STATUS_FAILED;
    case PC_HOST_FAILED: err = pc->err; break;
    }
    err_print(&err, stderr);
    return STATUS_FAILED;
}

/* Runs the machine to its end; recorder: whose ops they are, or NULL. The process' exit status, or
 * -1: it could not be made. */
static int run_machine(const struct machine_launch *launch, const struct kvm_ops *ops,
                       struct recorder *recorder, struct err *err)
{
    const struct machine_options *machine = launch->options;
    struct console console = {.input = STDIN_FILENO, .output = STDOUT_FILENO};
    const struct pc_config config = {
        .ops = ops,
        .cpus = machine->cpus,
        .memory = machine->memory,
        .kernel = launch->kernel,
        .initrd = launch->initrd,
        .bootargs = launch->bootargs,
        .disk = machine->disk,
        .legacy_virtio = machine->legacy_virtio,
        .ring = machine->ring,
        .console = &console,
    };
    struct pc *pc = pc_new(&config, err);
    int status;

    if (pc == NULL)
        return -1;
    if (recorder != NULL)
        recorder->sent = &pc->bytes_sent;
    signal(SIGPIPE, SIG_IGN); /* the console tells */
    console_init(&console, STDIN_FILENO, STDOUT_FILENO);
    pc_run(pc);
    console_fini(&console);
    launch->totals->processors = machine->cpus;
    launch->totals->memory = machine->memory;
    take_totals(launch->totals, pc);
    if (pc->end == PC_POWER_OFF)
        machine_take_kernel(launch->totals, &pc->vm.dma, launch->kernel);
    status = console.broken ? STATUS_SIGNAL + SIGPIPE : status_of(pc, launch->kernel);
    pc_free(pc);
    return status;
}

/* The same, and each request and exit is kept. */
static int record_machine(const struct machine_launch *launch, struct err *err)
{
    struct recorder recorder;
    int status;

    recorder_init(&recorder, &kvm_ops_host, launch->log, NULL);
    status = run_machine(launch, &recorder.ops, &recorder, err);
    recorder_fini(&recorder);
    return status;
}

/* The same, and each request and the first exits are told. */
static int explain_machine(const struct machine_launch *launch, struct err *err)
{
    struct elf_symbols *symbols = elf_symbols_of_file(launch->kernel);
    struct explain explain;
    int status;

    explain_init(&explain, &kvm_ops_host, stderr, launch->options->explain);
    explain.symbols = symbols;
    status = run_machine(launch, &explain.ops, NULL, err);
    explain_fini(&explain);
    elf_symbols_free(symbols);
    return status;
}

int virtual_start(void *context, struct err *err)
{
    const struct machine_launch *launch = context;
    int status;

    if (check_options(launch->options, err) < 0)
        return -1;
    if (launch->log != NULL)
        status = record_machine(launch, err);
    else if (launch->options->explain > 0)
        status = explain_machine(launch, err);
    else
        status = run_machine(launch, &kvm_ops_host, NULL, err);
    if (status < 0)
        return -1;
    _exit(status);
}
