/*
 * shipped.h: what stands in the holes of headers in a tree without solutions (labs/dist).
 *
 * A hole in a .c file is nobody's but the student's of that lab: all others are linked with the
 * reference. A header is compiled into other labs' files, too, which need what is not written
 * there: they call it, in the reference's archive.
 */
#ifndef TRIVIUM_LABS_SHIPPED_H
#define TRIVIUM_LABS_SHIPPED_H

#include <stdint.h>

struct tlb;

/* alu_eval() of emu/isa/eval.h; op: enum isa_operator. */
uint64_t shipped_eval(unsigned op, unsigned width, uint64_t a, uint64_t b);

/* tlb_find() of emu/cpu/tlb.h; access: enum access. */
uint8_t *shipped_tlb_find(const struct tlb *tlb, unsigned access, uint64_t gva, uint64_t bytes);

#endif
