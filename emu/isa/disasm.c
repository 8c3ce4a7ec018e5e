/* disasm.c: from an instruction back to text. See disasm.h; the templates stand in formats.def. */
#include "emu/isa/disasm.h"

#include "emu/isa/csr.h"
#include "emu/isa/ruler.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Text that grows at its end. What does not fit is counted and dropped, as by snprintf(). */
struct text {
    char *start;
    size_t size, length;
};

static void put(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct text *text, const char *format, ...)
{
    size_t used = text->length < text->size ? text->length : text->size;
    va_list args;

    va_start(args, format);
    text->length += (size_t)vsnprintf(text->start + used, text->size - used, format, args);
    va_end(args);
}

const char *isa_register_name(char class, unsigned number, enum isa_names names)
{
    static const char *const x_numeric[32] = {
        "x0",  "x1",  "x2",  "x3",  "x4",  "x5",  "x6",  "x7",  "x8",  "x9",  "x10",
        "x11", "x12", "x13", "x14", "x15", "x16", "x17", "x18", "x19", "x20", "x21",
        "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x29", "x30", "x31",
    };
    static const char *const x_abi[32] = {
        "zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
        "a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
        "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
    };
    static const char *const f_numeric[32] = {
        "f0",  "f1",  "f2",  "f3",  "f4",  "f5",  "f6",  "f7",  "f8",  "f9",  "f10",
        "f11", "f12", "f13", "f14", "f15", "f16", "f17", "f18", "f19", "f20", "f21",
        "f22", "f23", "f24", "f25", "f26", "f27", "f28", "f29", "f30", "f31",
    };
    static const char *const f_abi[32] = {
        "ft0", "ft1", "ft2", "ft3", "ft4",  "ft5",  "ft6", "ft7", "fs0",  "fs1",  "fa0",
        "fa1", "fa2", "fa3", "fa4", "fa5",  "fa6",  "fa7", "fs2", "fs3",  "fs4",  "fs5",
        "fs6", "fs7", "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11",
    };

    assert(number < 32);
    if (class == 'f')
        return names == NAMES_ABI ? f_abi[number] : f_numeric[number];
    return names == NAMES_ABI ? x_abi[number] : x_numeric[number];
}

/* One side of a fence: which of input, output, reads and writes. */
static void put_fence_set(struct text *text, unsigned set)
{
    if (set == 0)
        put(text, "unknown"); /* objdump's word for the empty set */
    for (unsigned i = 0; i < 4; i++) {
        if (set >> (3 - i) & 1)
            put(text, "%c", "iorw"[i]);
    }
}

static void put_csr(struct text *text, const struct insn *insn)
{
    char name[24];

    isa_csr_name((unsigned)insn->imm, name, sizeof(name));
    put(text, "%s", name);
}

/* The operand for which `letter` stands in a template; any other character for itself. */
static void put_operand(struct text *text, char letter, const struct insn *insn, uint64_t pc,
                        enum isa_names names)
{
    const char *regs = insn->row->regs;
    int64_t imm = insn->imm;

    switch (letter) {
    case 'd': put(text, "%s", isa_register_name(regs[0], insn->rd, names)); break;
    case 's': put(text, "%s", isa_register_name(regs[1], insn->rs1, names)); break;
    case 't': put(text, "%s", isa_register_name(regs[2], insn->rs2, names)); break;
    case 'r': put(text, "%s", isa_register_name(regs[3], insn->rs3, names)); break;
    case 'j': put(text, "%" PRId64, imm); break;
    case 'x': put(text, "0x%" PRIx64, (uint64_t)imm); break;
    case 'u': put(text, "0x%" PRIx64, (uint64_t)imm >> 12 & 0xfffff); break;
    case 'p': put(text, "0x%" PRIx64, pc + (uint64_t)imm); break;
    case 'c': put_csr(text, insn); break;
    case 'z': put(text, "%u", insn->rs1); break;
    case 'P': put_fence_set(text, fence_predecessors(imm)); break;
    case 'S': put_fence_set(text, fence_successors(imm)); break;
    default: put(text, "%c", letter); break;
    }
}

/* What follows the name where bits of the word order memory accesses. */
static const char *name_suffix(const struct insn *insn)
{
    static const char *const ordering[] = {"", ".rl", ".aq", ".aqrl"};

    if (insn->row->format == FORMAT_AMO || insn->row->format == FORMAT_LR)
        return ordering[insn->imm & (AMO_ACQUIRE | AMO_RELEASE)];
    return "";
}

/* fence.tso is a fence of another mode, with fixed sets; it has a name of its own and no operands.
 */
static bool is_fence_tso(const struct insn *insn)
{
    return insn->row->format == FORMAT_FENCE && insn->imm == (FENCE_MODE_TSO << 8 | 0x33);
}

static int disassemble(const struct insn *insn, uint64_t pc, enum isa_names names, char *start,
                       size_t size)
{
    struct text text = {.start = start, .size = size};
    const char *operands;

    if (!insn->row) {
        put(&text, ".%ubyte 0x%" PRIx32, insn->length, insn->word);
        return (int)text.length;
    }
    if (is_fence_tso(insn)) {
        put(&text, "fence.tso");
        return (int)text.length;
    }
    put(&text, "%s%s", insn->row->name, name_suffix(insn));
    operands = isa_formats[insn->row->format].operands;
    if (*operands != '\0')
        put(&text, " ");
    for (; *operands != '\0'; operands++)
        put_operand(&text, *operands, insn, pc, names);
    return (int)text.length;
}

int isa_disasm(const struct insn *insn, uint64_t pc, char *text, size_t size)
{
    return disassemble(insn, pc, NAMES_NUMERIC, text, size);
}

int isa_disasm_abi(const struct insn *insn, uint64_t pc, char *text, size_t size)
{
    return disassemble(insn, pc, NAMES_ABI, text, size);
}

/* How a meaning's `imm` is printed. */
static char imm_letter(const struct insn *insn)
{
    if (insn->row->kind == KIND_CSR_IMM)
        return 'z';
    if (insn->row->kind == KIND_LUI || insn->row->kind == KIND_AUIPC)
        return 'x'; /* the upper half of a number, which only shows in hexadecimal */
    return 'j';
}

/* The letter of the operand that a meaning calls by this name; 0 when it is just a word. */
static char operand_letter(const char *word, size_t length, const struct insn *insn)
{
    const struct {
        const char *name;
        char letter;
    } names[] = {{"rd", 'd'},
                 {"rs1", 's'},
                 {"rs2", 't'},
                 {"rs3", 'r'},
                 {"target", 'p'},
                 {"csr", 'c'},
                 {"imm", imm_letter(insn)}};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (length == strlen(names[i].name) && memcmp(word, names[i].name, length) == 0)
            return names[i].letter;
    }
    return 0;
}

int isa_describe(const struct insn *insn, uint64_t pc, char *text, size_t size)
{
    struct text out = {.start = text, .size = size};

    if (!insn->row) {
        put(&out, "no instruction: the guest traps");
        return (int)out.length;
    }
    for (const char *word = insn->row->meaning; *word != '\0';) {
        size_t length = 1;
        char letter;

        while (isalpha((unsigned char)*word) && isalnum((unsigned char)word[length]))
            length++;
        letter = operand_letter(word, length, insn);
        if (letter != 0)
            put_operand(&out, letter, insn, pc, NAMES_ABI);
        else
            put(&out, "%.*s", (int)length, word);
        word += length;
    }
    return (int)out.length;
}
