/* autopsy.c: looking at a dead guest; see autopsy.h. */
#include "kvm/autopsy.h"

#include <string.h>

#include "lib/disassemble.h"

enum { PRESENT = 1, WRITE = 2, USER = 4, LARGE = 0x80, PAGE_LEVELS = 4 };
#define NO_EXECUTE            (UINT64_C(1) << 63)
#define ADDRESS               UINT64_C(0x000ffffffffff000)

#define CR0_PAGING            (UINT64_C(1) << 31)
#define EFER_LONG_MODE_ACTIVE (UINT64_C(1) << 10)

/* Names of bits, in ascending order; ended by a NULL. */
struct bit_name {
    unsigned bit;
    const char *name;
};

static const struct bit_name rflags_bits[] = {
    {0, "CF"},  {2, "PF"},  {4, "AF"},  {6, "ZF"},  {7, "SF"},  {8, "TF"},  {9, "IF"},
    {10, "DF"}, {11, "OF"}, {14, "NT"}, {16, "RF"}, {17, "VM"}, {18, "AC"}, {0, NULL}};
static const struct bit_name cr0_bits[] = {{0, "PE"},  {1, "MP"},  {2, "EM"},  {3, "TS"},
                                           {4, "ET"},  {5, "NE"},  {16, "WP"}, {18, "AM"},
                                           {29, "NW"}, {30, "CD"}, {31, "PG"}, {0, NULL}};
static const struct bit_name cr4_bits[] = {{4, "PSE"},   {5, "PAE"},       {6, "MCE"},
                                           {7, "PGE"},   {9, "OSFXSR"},    {10, "OSXMMEXCPT"},
                                           {12, "LA57"}, {16, "FSGSBASE"}, {18, "OSXSAVE"},
                                           {20, "SMEP"}, {21, "SMAP"},     {0, NULL}};
static const struct bit_name efer_bits[] = {
    {0, "SCE"}, {8, "LME"}, {10, "LMA"}, {11, "NXE"}, {0, NULL}};

int autopsy_take(struct autopsy *autopsy, const struct vcpu *vcpu, struct err *err)
{
    *autopsy = (struct autopsy){.dma = &vcpu->vm->dma};
    if (vm_request(vcpu->vm, vcpu->fd, KVM_GET_REGS, &autopsy->regs,
                   "KVM does not tell the registers", err) < 0)
        return -1;
    return vm_request(vcpu->vm, vcpu->fd, KVM_GET_SREGS, &autopsy->sregs,
                      "KVM does not tell the system registers", err) < 0
               ? -1
               : 0;
}

/* In long mode an address has 48 bits, and the last one is repeated above. */
static bool is_canonical(uint64_t gva)
{
    return (uint64_t)((int64_t)(gva << 16) >> 16) == gva;
}

static bool in_long_mode(const struct autopsy *autopsy)
{
    return (autopsy->sregs.cr0 & CR0_PAGING) != 0 &&
           (autopsy->sregs.efer & EFER_LONG_MODE_ACTIVE) != 0;
}

/* The page, of 4 KiB, 2 MiB or 1 GiB, that the last step's entry says. */
static void finish_walk(struct autopsy_walk *walk, const struct autopsy *autopsy, uint64_t gva,
                        unsigned shift)
{
    uint64_t offset = (UINT64_C(1) << shift) - 1;

    walk->gpa = (walk->steps[walk->count - 1].entry & ADDRESS & ~offset) | (gva & offset);
    walk->mapped = true;
    if (!dma_is_ram(autopsy->dma, walk->gpa, 1))
        snprintf(walk->failure, sizeof walk->failure, "outside of the machine's memory");
}

struct autopsy_walk autopsy_walk(const struct autopsy *autopsy, uint64_t gva)
{
    static const char *const tables[PAGE_LEVELS] = {"PTE", "PDE", "PDPTE", "PML4E"};
    struct autopsy_walk walk = {.write = true, .execute = true, .user = true};
    uint64_t table = autopsy->sregs.cr3 & ADDRESS;

    if (!in_long_mode(autopsy)) {
        snprintf(walk.failure, sizeof walk.failure,
                 "not looked up: the processor is not in long mode");
        return walk;
    }
    if (!is_canonical(gva)) {
        snprintf(walk.failure, sizeof walk.failure, "no address at all: bits 63 to 47 differ");
        return walk;
    }
    for (unsigned level = PAGE_LEVELS; level-- > 0;) {
        unsigned shift = 12 + 9 * level;
        struct walk_step *step = &walk.steps[walk.count++];

        *step = (struct walk_step){.table = tables[level],
                                   .gpa = table + (gva >> shift & 511) * sizeof step->entry};
        if (!dma_read(autopsy->dma, step->gpa, &step->entry, sizeof step->entry)) {
            snprintf(walk.failure, sizeof walk.failure, "the %s is outside of the machine's memory",
                     step->table);
            return walk;
        }
        if ((step->entry & PRESENT) == 0) {
            snprintf(walk.failure, sizeof walk.failure, "the %s is not present", step->table);
            return walk;
        }
        walk.write &= (step->entry & WRITE) != 0;
        walk.user &= (step->entry & USER) != 0;
        walk.execute &= (step->entry & NO_EXECUTE) == 0;
        table = step->entry & ADDRESS;
        if (level == 0 || ((step->entry & LARGE) != 0 && level < PAGE_LEVELS - 1)) {
            finish_walk(&walk, autopsy, gva, shift);
            return walk;
        }
    }
    return walk;
}

static void print_bits(FILE *file, const char *name, uint64_t value, const struct bit_name *bits)
{
    fprintf(file, "  %-6s %016llx ", name, (unsigned long long)value);
    for (; bits->name != NULL; bits++) {
        if ((value >> bits->bit & 1) != 0)
            fprintf(file, " %s", bits->name);
    }
    fputc('\n', file);
}

static void print_registers(FILE *file, const struct kvm_regs *regs)
{
    const struct {
        const char *name;
        uint64_t value;
    } rows[] = {
        {"rax", regs->rax}, {"rbx", regs->rbx}, {"rcx", regs->rcx}, {"rdx", regs->rdx},
        {"rsi", regs->rsi}, {"rdi", regs->rdi}, {"rbp", regs->rbp}, {"rsp", regs->rsp},
        {"r8", regs->r8},   {"r9", regs->r9},   {"r10", regs->r10}, {"r11", regs->r11},
        {"r12", regs->r12}, {"r13", regs->r13}, {"r14", regs->r14}, {"r15", regs->r15},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        fprintf(file, "  %-3s %016llx%s", rows[i].name, (unsigned long long)rows[i].value,
                i % 3 == 2 || i == 15 ? "\n" : "");
}

static void print_segment(FILE *file, const char *name, const struct kvm_segment *segment)
{
    fprintf(file, "  %-4s %04x  base %016llx  limit %08x  type %2u  ring %u%s%s\n", name,
            segment->selector, (unsigned long long)segment->base, segment->limit, segment->type,
            segment->dpl, segment->l ? "  64-bit" : "", segment->present ? "" : "  not present");
}

static void print_walk(FILE *file, const struct autopsy *autopsy, const char *name, uint64_t gva)
{
    struct autopsy_walk walk = autopsy_walk(autopsy, gva);

    fprintf(file, "  %s %016llx: ", name, (unsigned long long)gva);
    if (walk.mapped)
        fprintf(file, "gpa %llx, read%s%s, %s%s%s\n", (unsigned long long)walk.gpa,
                walk.write ? " write" : "", walk.execute ? " execute" : "",
                walk.user ? "for programs, too" : "for the kernel only",
                walk.failure[0] == '\0' ? "" : ", ", walk.failure);
    else
        fprintf(file, "%s\n", walk.failure);
    for (unsigned i = 0; i < walk.count; i++)
        fprintf(file, "    %-6s at gpa %9llx: %016llx\n", walk.steps[i].table,
                (unsigned long long)walk.steps[i].gpa, (unsigned long long)walk.steps[i].entry);
}

/* Copies up to `size` bytes from a virtual address, as far as its page goes. */
static size_t read_virtual(const struct autopsy *autopsy, uint64_t gva, uint8_t *to, size_t size)
{
    struct autopsy_walk walk = {.mapped = true, .gpa = gva};
    size_t left = 4096 - (size_t)(gva & 4095);

    if (in_long_mode(autopsy))
        walk = autopsy_walk(autopsy, gva);
    if (size > left)
        size = left;
    return walk.mapped && dma_read(autopsy->dma, walk.gpa, to, size) ? size : 0;
}

static void print_instruction(FILE *file, const struct autopsy *autopsy)
{
    uint8_t bytes[15];
    size_t size = read_virtual(autopsy, autopsy->regs.rip, bytes, sizeof bytes);
    uint64_t offset = 0;
    const char *name = elf_symbols_find(autopsy->symbols, autopsy->regs.rip, &offset);
    struct disassembler *disassembler;
    char text[256];

    fprintf(file, "  rip %016llx", (unsigned long long)autopsy->regs.rip);
    if (name != NULL)
        fprintf(file, " %s+0x%llx", name, (unsigned long long)offset);
    if (size == 0) {
        fprintf(file, ": there is no memory\n");
        return;
    }
    fputs(": ", file);
    for (size_t i = 0; i < size && i < 8; i++)
        fprintf(file, "%02x ", bytes[i]);
    disassembler = disassembler_new(autopsy->sregs.cs.l != 0, SYNTAX_ATT);
    if (disassembler != NULL) {
        disassemble(disassembler, bytes, size, autopsy->regs.rip, text, sizeof text);
        fprintf(file, " %s", text);
    }
    disassembler_free(disassembler);
    fputc('\n', file);
}

bool autopsy_is_reset(const struct autopsy *autopsy)
{
    return autopsy->regs.rip == 0xfff0 && autopsy->sregs.cs.base == 0xffff0000 &&
           (autopsy->sregs.cr0 & 1) == 0;
}

void autopsy_print(FILE *file, const struct autopsy *autopsy)
{
    const struct kvm_sregs *sregs = &autopsy->sregs;

    if (autopsy_is_reset(autopsy)) {
        fputs(
            "  Its registers are gone: KVM resets a processor that shuts down, where the host's is\n"
            "  AMD's. Its last exits say how far it came: --explain.\n",
            file);
        return;
    }
    print_instruction(file, autopsy);
    print_registers(file, &autopsy->regs);
    print_bits(file, "rflags", autopsy->regs.rflags, rflags_bits);
    print_bits(file, "cr0", sregs->cr0, cr0_bits);
    print_bits(file, "cr4", sregs->cr4, cr4_bits);
    print_bits(file, "efer", sregs->efer, efer_bits);
    fprintf(file, "  cr2    %016llx  cr3 %016llx\n", (unsigned long long)sregs->cr2,
            (unsigned long long)sregs->cr3);
    print_segment(file, "cs", &sregs->cs);
    print_segment(file, "ss", &sregs->ss);
    print_segment(file, "tr", &sregs->tr);
    fprintf(file, "  gdt  base %016llx  limit %04x\n  idt  base %016llx  limit %04x\n",
            (unsigned long long)sregs->gdt.base, sregs->gdt.limit,
            (unsigned long long)sregs->idt.base, sregs->idt.limit);
    print_walk(file, autopsy, "rip", autopsy->regs.rip);
    print_walk(file, autopsy, "rsp", autopsy->regs.rsp);
    print_walk(file, autopsy, "cr2", sregs->cr2);
}
