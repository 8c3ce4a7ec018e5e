/* decode.c: privileged instructions; see guest.h. */
#include "guest/monitor/guest.h"

enum { OPCODE_SYSTEM = 0x73, WORD_SRET = 0x10200073, WORD_WFI = 0x10500073 };

/*
 *      31      25 24   20 19   15 14    12 11   7 6      0
 *     |       csr        |  rs1  | funct3 |  rd  | SYSTEM |   csrrw 1, csrrs 2, csrrc 3
 *     |       csr        |  imm  | funct3 |  rd  | SYSTEM |   csrrwi 5, csrrsi 6, csrrci 7
 *     | 0001001 |  asid  |  gva  |   0    |  0   | SYSTEM |   sfence.vma
 */
bool guest_decode(uint32_t word, struct operation *operation)
{
    //@lab 7.1 find out which privileged instruction a word is
    unsigned funct3 = word >> 12 & 7, rd = word >> 7 & 31;

    *operation = (struct operation){.kind = EXIT_CSR};
    if ((word & 127) != OPCODE_SYSTEM || funct3 == 4)
        return false;
    if (funct3 == 0) {
        operation->kind = word == WORD_SRET ? EXIT_SRET : word == WORD_WFI ? EXIT_WFI : EXIT_FENCE;
        return operation->kind != EXIT_FENCE || (word >> 25 == 9 && rd == 0);
    }
    operation->csr = word >> 20;
    operation->action = funct3 & 3;
    operation->immediate = funct3 > 4;
    operation->rd = rd;
    operation->source = word >> 15 & 31;
    operation->writes = operation->action == 1 || operation->source != 0;
    return true;
    //| (void)word;
    //| (void)operation;
    //| lab_todo("7.1");
    //@end
}
