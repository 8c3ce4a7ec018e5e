/*
 * boot.c: the loader; see boot.h.
 *
 * In the first megabyte, from VM_LOADER on:
 *
 *     +0x0000  GDT
 *     +0x1000  page tables: PML4, PDPT, PD: the first GiB at its own address, in pages of 2 MiB
 *     +0x4000  struct start_info, the list of modules, the memory map
 *     +0x5000  the boot arguments
 */
#include "kvm/boot.h"

#include <elf.h>
#include <string.h>

#include "dev/loader.h"
#include "kvm/map.h"

enum { GDT = 0, PML4 = 0x1000, PDPT = 0x2000, PD = 0x3000, NOTE = 0x4000, ARGUMENTS = 0x5000 };

#define ARGUMENTS_MAX (VM_LOADER_END - VM_LOADER - ARGUMENTS)

/* Xen's struct hvm_start_info; all addresses are gpas. */
struct start_info {
    uint32_t magic;
    uint32_t version;
    uint32_t flags;
    uint32_t module_count;
    uint64_t modules;
    uint64_t command_line;
    uint64_t acpi_root;
    uint64_t memory_map;
    uint32_t memory_map_count;
    uint32_t reserved;
};

struct start_module {
    uint64_t gpa, size, command_line, reserved;
};

struct memory_map_entry {
    uint64_t gpa, size;
    uint32_t type, reserved;
};

enum { START_INFO_MAGIC = 0x336ec578, START_INFO_VERSION = 1, MEMORY_IS_RAM = 1 };

/* What NOTE points at. */
struct note {
    struct start_info info;
    struct start_module initrd;
    struct memory_map_entry ram;
};

/* Descriptors; VM_CODE and VM_DATA are their selectors. SDM 3A, 3.4.5. */
static const uint64_t gdt[] = {0, 0x00af9b000000ffff, 0x00cf93000000ffff};
enum { VM_CODE = 8, VM_DATA = 16 };

static uint64_t at(uint64_t offset)
{
    return VM_LOADER + offset;
}

/* All of it lies below 1 MiB, and every machine has more. */
static void put(struct vm *vm, uint64_t offset, const void *bytes, size_t size)
{
    memcpy(vm->dma.ram + at(offset), bytes, size);
}

static void put_tables(struct vm *vm)
{
    enum { PRESENT = 1, WRITE = 2, LARGE = 0x80, ENTRIES = 512 };
    const uint64_t pml4e = at(PDPT) | PRESENT | WRITE;
    const uint64_t pdpte = at(PD) | PRESENT | WRITE;
    uint64_t pd[ENTRIES];

    for (uint64_t i = 0; i < ENTRIES; i++)
        pd[i] = i << 21 | PRESENT | WRITE | LARGE;
    put(vm, PML4, &pml4e, sizeof pml4e);
    put(vm, PDPT, &pdpte, sizeof pdpte);
    put(vm, PD, pd, sizeof pd);
    put(vm, GDT, gdt, sizeof gdt);
}

static int load_kernel(struct vm *vm, const char *path, struct loaded_kernel *kernel,
                       struct err *err)
{
    struct elf_image image;
    int answer;

    if (elf_open(&image, path, err) < 0)
        return err_wrap(err, "cannot load the kernel");
    if (image.machine != EM_X86_64)
        answer = err_set(err, "the kernel %s is for %s, this machine is x86-64", path,
                         elf_machine_name(image.machine));
    else
        answer = loader_elf(&vm->dma, &image, path, kernel, err);
    elf_close(&image);
    if (answer == 0 && kernel->start < VM_LOADER_END)
        answer = err_set(err, "the kernel %s wants to be at 0x%llx, where the loader's notes are",
                         path, (unsigned long long)kernel->start);
    return answer;
}

int boot_load(struct vm *vm, const struct boot_config *config, uint64_t *entry, uint64_t *note,
              struct err *err)
{
    struct loaded_kernel kernel = {0};
    struct note words = {
        .info = {.magic = START_INFO_MAGIC,
                 .version = START_INFO_VERSION,
                 .modules = at(NOTE + offsetof(struct note, initrd)),
                 .command_line = at(ARGUMENTS),
                 .memory_map = at(NOTE + offsetof(struct note, ram)),
                 .memory_map_count = 1},
        .ram = {.size = vm->dma.size, .type = MEMORY_IS_RAM},
    };
    size_t length = strlen(config->bootargs);

    if (length >= ARGUMENTS_MAX)
        return err_set(err, "the boot arguments have %zu bytes, more than fit", length);
    if (load_kernel(vm, config->kernel, &kernel, err) < 0)
        return -1;
    if (config->initrd != NULL) {
        uint64_t end = 0;

        if (loader_initrd(&vm->dma, config->initrd, kernel.end, vm->dma.size, &words.initrd.gpa,
                          &end, err) < 0)
            return -1;
        words.initrd.size = end - words.initrd.gpa;
        words.info.module_count = 1;
    }
    put_tables(vm);
    put(vm, NOTE, &words, sizeof words);
    put(vm, ARGUMENTS, config->bootargs, length + 1);
    *entry = kernel.entry;
    *note = at(NOTE);
    return 0;
}

/* CS and the data segments: flat. In long mode only CS.L counts, and the privilege. */
static void set_segments(struct kvm_sregs *sregs)
{
    struct kvm_segment code = {
        .limit = 0xffffffff,
        .selector = VM_CODE,
        .type = 11, /* code, read, accessed */
        .present = 1,
        .s = 1,
        .l = 1,
        .g = 1,
    };
    struct kvm_segment data = code;

    data.selector = VM_DATA;
    data.type = 3; /* data, write, accessed */
    data.l = 0;
    data.db = 1;
    sregs->cs = code;
    sregs->ds = sregs->es = sregs->fs = sregs->gs = sregs->ss = data;
    sregs->gdt.base = at(GDT);
    sregs->gdt.limit = sizeof gdt - 1;
}

/*
 *   CR0   PG 31  WP 16  NE 5  ET 4  MP 1  PE 0           paging, protection; as SDM 3A, 2.5
 *   CR4   OSXMMEXCPT 10  OSFXSR 9  PGE 7  PAE 5
 *   EFER  NXE 11  LMA 10  LME 8  SCE 0                   long mode; as SDM 3A, 2.2.1
 */
#define CR0_LONG_MODE  0x80010033
#define CR4_LONG_MODE  0x6a0
#define EFER_LONG_MODE 0xd01

int boot_enter(struct vcpu *vcpu, uint64_t entry, uint64_t note, struct err *err)
{
    struct kvm_regs regs = {.rip = entry, .rbx = note, .rflags = 2};
    struct kvm_sregs sregs;

    if (vm_request(vcpu->vm, vcpu->fd, KVM_GET_SREGS, &sregs,
                   "KVM does not tell the system registers", err) < 0)
        return -1;
    set_segments(&sregs);
    sregs.cr0 = CR0_LONG_MODE;
    sregs.cr3 = at(PML4);
    sregs.cr4 = CR4_LONG_MODE;
    sregs.efer = EFER_LONG_MODE;
    if (vm_request(vcpu->vm, vcpu->fd, KVM_SET_SREGS, &sregs,
                   "KVM does not take the system registers of long mode", err) < 0)
        return -1;
    return vm_request(vcpu->vm, vcpu->fd, KVM_SET_REGS, &regs, "KVM does not take the registers",
                      err) < 0
               ? -1
               : 0;
}
