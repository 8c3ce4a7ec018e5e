/* encode.c: from operands to a word. See encode.h. */
#include "emu/isa/encode.h"

#include "emu/isa/ruler.h"

#include <assert.h>

uint32_t isa_encode(const struct isa_row *row, unsigned rd, unsigned rs1, unsigned rs2, int64_t imm)
{
    struct insn insn = {.rd = (uint8_t)rd, .rs1 = (uint8_t)rs1, .rs2 = (uint8_t)rs2, .imm = imm};
    uint32_t word = row->match;
    struct ruler ruler;
    bool is_ruler = ruler_parse(isa_formats[row->format].ruler, &ruler);

    assert(is_ruler); /* mkisa checked it */
    if (rd > 31 || rs1 > 31 || rs2 > 31 || !ruler_insert(&ruler, &insn, &word))
        return 0;
    ruler_extract(&ruler, word, &insn); /* so that the constraint sees only operands of the row */
    return isa_allows(row->constraint, &insn) ? word : 0;
}
