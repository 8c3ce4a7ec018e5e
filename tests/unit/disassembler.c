/* disassembler.c: see disassembler.h. */
#include "tests/unit/disassembler.h"

#include <capstone/capstone.h>
#include <stdio.h>

size_t disassemble(const uint8_t *code, size_t bytes, char *text, size_t text_size)
{
    size_t size = 0;
    cs_insn *insn;
    csh handle;

    if (cs_open(CS_ARCH_X86, CS_MODE_64, &handle) != CS_ERR_OK)
        return 0;
    if (cs_disasm(handle, code, bytes, 0, 1, &insn) == 1) {
        snprintf(text, text_size, "%s%s%s", insn->mnemonic, insn->op_str[0] != '\0' ? " " : "",
                 insn->op_str);
        size = insn->size;
        cs_free(insn, 1);
    }
    cs_close(&handle);
    return size;
}
