/* text.c: see text.h. */
#include "tests/diff/text.h"

#include <assert.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/isa/decode.h"
#include "emu/isa/encode.h"

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(2);
}

void text_init(struct text *text, size_t room)
{
    *text = (struct text){.bytes = calloc(room, 1), .room = room};
    if (text->bytes == NULL)
        die("no memory for the program's text");
}

void text_fini(struct text *text)
{
    free(text->bytes);
    *text = (struct text){.bytes = NULL};
}

size_t text_room(struct text *text, size_t bytes)
{
    size_t at = text->size;

    if (bytes > text->room - at)
        die("the program's text is full");
    text->size += bytes;
    return at;
}

void text_bytes(struct text *text, const void *bytes, size_t count)
{
    size_t at = text_room(text, count);

    memcpy(text->bytes + at, bytes, count);
}

uint32_t text_encode(enum isa_row_id row, unsigned rd, unsigned rs1, unsigned rs2, int64_t imm)
{
    uint32_t word = isa_encode(&isa_rows[row], rd, rs1, rs2, imm);

    if (word == 0)
        die(isa_rows[row].name);
    return word;
}

void text_insn(struct text *text, enum isa_row_id row, unsigned rd, unsigned rs1, unsigned rs2,
               int64_t imm)
{
    uint32_t word = text_encode(row, rd, rs1, rs2, imm);

    text_bytes(text, &word, sizeof word);
}

void text_constant(struct text *text, unsigned rd, uint32_t value)
{
    int64_t low = (int64_t)(value & 0xfff) - ((value & 0x800) != 0 ? 0x1000 : 0);

    text_insn(text, ROW_LUI, rd, 0, 0, (int32_t)(value - (uint32_t)low));
    text_insn(text, ROW_ADDIW, rd, rd, 0, low);
}

size_t text_forward(struct text *text, enum isa_row_id row, unsigned rs1, unsigned rs2)
{
    size_t at = text->size;

    text_insn(text, row, 0, rs1, rs2, 4);
    return at;
}

void text_target(struct text *text, size_t at)
{
    struct insn insn;
    uint32_t word;

    memcpy(&word, text->bytes + at, sizeof word);
    if (!isa_decode(word, &insn))
        die("a jump of this program's own is none");
    word =
        text_encode(isa_row_id(insn.row), insn.rd, insn.rs1, insn.rs2, (int64_t)(text->size - at));
    memcpy(text->bytes + at, &word, sizeof word);
}

void text_backward(struct text *text, enum isa_row_id row, unsigned rd, unsigned rs1, size_t target)
{
    text_insn(text, row, rd, rs1, 0, (int64_t)target - (int64_t)text->size);
}

static uint64_t round_up(uint64_t size)
{
    return (size + 4095) & ~UINT64_C(4095);
}

void text_write(const char *path, const struct text_segment *segments, unsigned count)
{
    FILE *file = fopen(path, "wb");
    uint64_t offset = 4096;
    bool done = file != NULL;
    struct {
        Elf64_Ehdr elf;
        Elf64_Phdr segments[TEXT_SEGMENTS_MAX];
    } head = {
        .elf = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
                            EV_CURRENT},
                .e_type = ET_EXEC,
                .e_machine = EM_RISCV,
                .e_version = EV_CURRENT,
                .e_entry = segments[0].gva,
                .e_phoff = sizeof(Elf64_Ehdr),
                .e_flags = EF_RISCV_RVC,
                .e_ehsize = sizeof(Elf64_Ehdr),
                .e_phentsize = sizeof(Elf64_Phdr),
                .e_phnum = (Elf64_Half)count},
    };

    assert(count <= TEXT_SEGMENTS_MAX);
    for (unsigned i = 0; i < count; i++) {
        const struct text_segment *at = &segments[i];
        size_t in_file = at->bytes != NULL ? at->size : 0;

        head.segments[i] = (Elf64_Phdr){.p_type = PT_LOAD,
                                        .p_flags = at->flags,
                                        .p_offset = in_file != 0 ? offset : 0,
                                        .p_vaddr = at->gva,
                                        .p_paddr = at->gva,
                                        .p_filesz = in_file,
                                        .p_memsz = at->size,
                                        .p_align = 4096};
        if (in_file != 0)
            done = done && fseek(file, (long)offset, SEEK_SET) == 0 &&
                   fwrite(at->bytes, in_file, 1, file) == 1;
        offset += round_up(in_file);
    }
    done = done && fseek(file, 0, SEEK_SET) == 0 && fwrite(&head, sizeof head, 1, file) == 1;
    if (!done || fclose(file) != 0) {
        perror(path);
        exit(2);
    }
}
