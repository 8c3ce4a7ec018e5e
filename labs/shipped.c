/* shipped.c: the functions of headers with holes, to be called; see shipped.h. */
#include "labs/shipped.h"

#include "emu/cpu/tlb.h"
#include "emu/isa/eval.h"

uint64_t shipped_eval(unsigned op, unsigned width, uint64_t a, uint64_t b)
{
    return alu_eval((enum isa_operator)op, width, a, b);
}

uint8_t *shipped_tlb_find(const struct tlb *tlb, unsigned access, uint64_t gva, uint64_t bytes)
{
    return tlb_find(tlb, (enum access)access, gva, bytes);
}
