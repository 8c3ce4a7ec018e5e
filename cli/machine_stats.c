/* machine_stats.c: what a whole machine did, for --stats and --json; see machine.h. */
#include "cli/machine.h"
#include "cli/text.h"
#include "emu/cpu/hart.h"
#include "lib/elf.h"

enum { CAUSES = 16 };

/* The gpa of what the kernel has at gva; UINT64_MAX: nothing. */
static uint64_t kernel_gpa(const struct elf_image *image, uint64_t gva)
{
    for (size_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];

        if (gva - segment->vaddr < segment->memsz)
            return segment->paddr + (gva - segment->vaddr);
    }
    return UINT64_MAX;
}

void machine_take_kernel(struct machine_totals *totals, const struct dma *dma, const char *kernel)
{
    uint64_t counts[6], gva; /* struct kernel_report of guest/kernel/cpu.h */
    struct elf_image image;
    struct err ignored = {0};

    if (elf_open(&image, kernel, &ignored) < 0)
        return;
    if (elf_symbol_anywhere(&image, "kernel_report", &gva) &&
        dma_read(dma, kernel_gpa(&image, gva), counts, sizeof counts)) {
        totals->kernel.known = true;
        totals->kernel.syscalls = counts[0];
        totals->kernel.page_faults = counts[1];
        totals->kernel.switches = counts[2];
        totals->kernel.pages_copied = counts[3];
        totals->kernel.processors = counts[4];
        totals->kernel.memory = counts[5];
    }
    elf_close(&image);
}

static void print_line(FILE *file, const char *name, uint64_t count)
{
    char number[TEXT_SIZE];

    fprintf(file, "  %-34s %14s\n", name, text_count(number, count));
}

/* "  NAME   COUNT" for each cause that came up, below a line with their sum. */
static void print_causes(FILE *file, const char *title, const uint64_t counts[CAUSES],
                         const char *(*name)(unsigned))
{
    uint64_t sum = 0;
    char indented[64];

    for (unsigned i = 0; i < CAUSES; i++)
        sum += counts[i];
    print_line(file, title, sum);
    for (unsigned i = 0; i < CAUSES; i++) {
        snprintf(indented, sizeof indented, "  %s", name(i));
        if (counts[i] > 0)
            print_line(file, indented, counts[i]);
    }
}

static const char *cause_name(unsigned cause)
{
    return trap_name((enum trap_cause)cause);
}

static const char *line_name(unsigned interrupt)
{
    return interrupt_name((enum interrupt)interrupt);
}

static uint64_t sum_walks(const struct event_counts *events)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < ACCESS_COUNT; i++)
        sum += events->walks[i];
    return sum;
}

/* Accesses to data that needed no walk: what was executed, less the walks (see events.h). */
static uint64_t sum_hits(const struct machine_totals *totals)
{
    const uint64_t *walks = totals->events.walks;
    uint64_t accesses = 0;

    for (unsigned row = 0; row < ROW_COUNT; row++) {
        switch ((unsigned)isa_rows[row].kind) {
        case KIND_LOAD:
        case KIND_STORE:
        case KIND_LR:
        case KIND_SC:
        case KIND_AMO: accesses += totals->rows.executed[row];
        }
    }
    return accesses - walks[ACCESS_LOAD] - walks[ACCESS_STORE];
}

static void print_rows(FILE *file, const struct row_counts *rows)
{
    fprintf(file, "  by row\n");
    for (unsigned row = 0; row < ROW_COUNT; row++) {
        char indented[64];

        snprintf(indented, sizeof indented, "  %s", isa_rows[row].name);
        if (rows->executed[row] > 0)
            print_line(file, indented, rows->executed[row]);
    }
}

/* What printing has cost: how many accesses to devices for each KiB, which is what a ring saves. */
static void print_console(FILE *file, const struct machine_totals *totals)
{
    uint64_t accesses = 0;
    char number[TEXT_SIZE];

    if (totals->console_bytes == 0)
        return;
    for (unsigned i = 0; i < totals->device_count; i++)
        accesses += totals->devices[i].loads + totals->devices[i].stores;
    print_line(file, "bytes printed", totals->console_bytes);
    fprintf(file, "  %-34s %14s\n", "device accesses for each KiB of it",
            text_number(number, (double)accesses * 1024 / (double)totals->console_bytes));
}

/* What was asked for, and what the kernel found. */
static void print_limits(FILE *file, const struct machine_totals *totals)
{
    char claimed[TEXT_SIZE], enforced[TEXT_SIZE];

    fprintf(file, "  %-16s %s; %s started\n", "processors", text_count(claimed, totals->processors),
            text_count(enforced, totals->kernel.processors));
    fprintf(file, "  %-16s %s; %s for all but its kernel's file and initrd\n", "memory",
            text_bytes(claimed, totals->memory), text_bytes(enforced, totals->kernel.memory));
}

static void print_kernel(FILE *file, const struct machine_totals *totals)
{
    if (!totals->kernel.known)
        return;
    print_limits(file, totals);
    print_line(file, "the kernel's system calls", totals->kernel.syscalls);
    print_line(file, "the kernel's page faults", totals->kernel.page_faults);
    print_line(file, "the kernel's copied pages", totals->kernel.pages_copied);
    print_line(file, "the kernel's process switches", totals->kernel.switches);
}

void machine_stats_print(FILE *file, const struct machine_totals *totals, double wall, bool rows)
{
    const struct event_counts *events = &totals->events;
    char rate[TEXT_SIZE], name[64];

    if (!totals->ended) {
        fprintf(file, "  (it was killed before it could say what it did)\n");
        return;
    }
    if (totals->is_virtual) {
        virtual_stats_print(file, totals);
        print_kernel(file, totals);
        print_console(file, totals);
        return;
    }
    print_line(file, "instructions", totals->instructions);
    fprintf(file, "  %-34s %14s\n", "  million a second",
            text_number(rate, wall > 0 ? (double)totals->instructions / wall / 1e6 : 0));
    print_kernel(file, totals);
    print_causes(file, "exceptions", events->traps, cause_name);
    print_causes(file, "interrupts", events->interrupts, line_name);
    print_line(file, "context switches (by satp)", events->kinds[EVENT_SWITCH]);
    print_line(file, "TLB misses (walks)", sum_walks(events));
    print_line(file, "TLB hits (loads, stores, atomics)", sum_hits(totals));
    print_line(file, "page tables read", events->levels);
    print_line(file, "TLB flushes", events->kinds[EVENT_TLB_FLUSH]);
    print_line(file, "device accesses", events->kinds[EVENT_DEVICE]);
    print_console(file, totals);
    for (unsigned i = 0; i < totals->device_count; i++) {
        snprintf(name, sizeof name, "  %s", totals->devices[i].name);
        print_line(file, name, totals->devices[i].loads + totals->devices[i].stores);
    }
    if (rows)
        print_rows(file, &totals->rows);
}

static json_t *causes_json(const uint64_t counts[CAUSES], const char *(*name)(unsigned))
{
    json_t *object = json_object();

    for (unsigned i = 0; i < CAUSES; i++) {
        if (counts[i] > 0)
            json_object_set_new(object, name(i), json_integer((json_int_t)counts[i]));
    }
    return object;
}

static json_t *devices_json(const struct machine_totals *totals)
{
    json_t *object = json_object();

    for (unsigned i = 0; i < totals->device_count; i++)
        json_object_set_new(object, totals->devices[i].name,
                            json_pack("{s:I, s:I}", "loads", (json_int_t)totals->devices[i].loads,
                                      "stores", (json_int_t)totals->devices[i].stores));
    return object;
}

static json_t *kernel_json(const struct machine_totals *totals)
{
    if (!totals->kernel.known)
        return json_null();
    return json_pack("{s:I, s:I, s:I, s:I}", "system_calls", (json_int_t)totals->kernel.syscalls,
                     "page_faults", (json_int_t)totals->kernel.page_faults, "pages_copied",
                     (json_int_t)totals->kernel.pages_copied, "switches",
                     (json_int_t)totals->kernel.switches);
}

/* As a container's, but that both are numbers; null: the kernel is none that tells. */
static json_t *limits_json(const struct machine_totals *totals)
{
    if (!totals->kernel.known)
        return json_null();
    return json_pack("{s:{s:I, s:I}, s:{s:I, s:I}}", "cpu", "claimed",
                     (json_int_t)totals->processors, "enforced",
                     (json_int_t)totals->kernel.processors, "memory", "claimed",
                     (json_int_t)totals->memory, "enforced", (json_int_t)totals->kernel.memory);
}

static json_t *emulated_json(const struct machine_totals *totals)
{
    const struct event_counts *events = &totals->events;

    return json_pack(
        "{s:I, s:I, s:I, s:o, s:o, s:I, s:I, s:I, s:I, s:o}", "console_bytes",
        (json_int_t)totals->console_bytes, "instructions", (json_int_t)totals->instructions,
        "steps", (json_int_t)totals->steps, "exceptions", causes_json(events->traps, cause_name),
        "interrupts", causes_json(events->interrupts, line_name), "context_switches",
        (json_int_t)events->kinds[EVENT_SWITCH], "tlb_misses", (json_int_t)sum_walks(events),
        "page_tables_read", (json_int_t)events->levels, "tlb_flushes",
        (json_int_t)events->kinds[EVENT_TLB_FLUSH], "devices", devices_json(totals));
}

json_t *machine_stats_json(const struct machine_totals *totals)
{
    json_t *object;

    if (!totals->ended)
        return json_null(); /* killed before it could say */
    object = totals->is_virtual ? virtual_stats_json(totals) : emulated_json(totals);
    json_object_set_new(object, "kernel", kernel_json(totals));
    json_object_set_new(object, "limits", limits_json(totals));
    return object;
}
