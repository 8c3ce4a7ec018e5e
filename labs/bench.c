/* bench.c: see bench.h. */
#include "labs/bench.h"
#include "emu/isa/encode.h"

#include <stdlib.h>
#include <string.h>

static uint64_t no_time(void *owner)
{
    (void)owner;
    return 0;
}

struct bench *bench_new(unsigned pages)
{
    struct bench *bench = calloc(1, sizeof *bench);
    uint8_t *memory = calloc(pages, MEM_PAGE_SIZE), *perm = malloc(pages);

    if (bench == NULL || memory == NULL || perm == NULL)
        abort();
    memset(perm, MEM_MAPPED | MEM_READ | MEM_WRITE | MEM_EXEC, pages);
    bench->memory = memory;
    bench->machine.mem = (struct mem){.base = memory, .perm = perm, .span = pages * MEM_PAGE_SIZE};
    bench->machine.read_time = no_time;
    return bench;
}

void bench_put(struct bench *bench, enum isa_row_id row, unsigned rd, unsigned rs1, unsigned rs2,
               int64_t imm)
{
    uint32_t word = isa_encode(&isa_rows[row], rd, rs1, rs2, imm);

    memcpy(bench->memory + bench->end, &word, 4);
    bench->end += 4;
}
