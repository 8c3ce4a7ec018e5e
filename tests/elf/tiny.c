/* tiny.c: a tiny program file; see tiny.h. */
#include "tests/elf/tiny.h"

#include <sys/mman.h>
#include <unistd.h>

const struct tiny tiny_rv64 = {
    .header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
               .e_type = ET_EXEC,
               .e_machine = EM_RISCV,
               .e_version = EV_CURRENT,
               .e_entry = TINY_ENTRY,
               .e_phoff = offsetof(struct tiny, text),
               .e_shoff = offsetof(struct tiny, sections),
               .e_ehsize = sizeof(Elf64_Ehdr),
               .e_phentsize = sizeof(Elf64_Phdr),
               .e_phnum = 3,
               .e_shentsize = sizeof(Elf64_Shdr),
               .e_shnum = 3},
    .text = {.p_type = PT_LOAD,
             .p_flags = PF_R | PF_X,
             .p_vaddr = TINY_TEXT,
             .p_filesz = offsetof(struct tiny, words),
             .p_memsz = offsetof(struct tiny, words),
             .p_align = 0x1000},
    .data = {.p_type = PT_LOAD,
             .p_flags = PF_R | PF_W,
             .p_vaddr = TINY_DATA + offsetof(struct tiny, words),
             .p_offset = offsetof(struct tiny, words),
             .p_filesz = sizeof(uint64_t[4]),
             .p_memsz = 0x100,
             .p_align = 0x1000},
    .stack = {.p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W},
    .sections = {{.sh_type = SHT_NULL},
                 {.sh_type = SHT_SYMTAB,
                  .sh_offset = offsetof(struct tiny, symbols),
                  .sh_size = sizeof(Elf64_Sym[8]),
                  .sh_link = 2,
                  .sh_entsize = sizeof(Elf64_Sym)},
                 {.sh_type = SHT_STRTAB,
                  .sh_offset = offsetof(struct tiny, strings),
                  .sh_size = sizeof(char[64])}},
    .strings = "\0_start\0work\0worker\0$x\0.Lhere\0words\0evil\033[2J\0elsewhere",
};

int tiny_file(const void *bytes, size_t size)
{
    int fd = memfd_create("tiny", MFD_CLOEXEC);

    if (fd >= 0 && pwrite(fd, bytes, size, 0) != (ssize_t)size) {
        close(fd);
        return -1;
    }
    return fd;
}

int tiny_open(struct elf_image *image, const void *bytes, size_t size, struct err *err)
{
    *err = (struct err){.code = 0};
    return elf_open_fd(image, tiny_file(bytes, size), "FILE", err);
}
