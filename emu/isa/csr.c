/* csr.c: the names of the control and status registers. See csr.h. */
#include "emu/isa/csr.h"

#include <stdio.h>

/* A line of csr.def; a single register is an array of one whose name has no number. */
static const struct csr_line {
    unsigned number, count;
    const char *name;
    int first; /* -1: no number follows the name */
    const char *meaning;
} csr_lines[] = {
#define CSR(id, number, name, meaning)                     {number, 1, name, -1, meaning},
#define CSR_ARRAY(id, number, count, name, first, meaning) {number, count, name, first, meaning},
#include "emu/isa/csr.def"
#undef CSR
#undef CSR_ARRAY
};

static const struct csr_line *find(unsigned number)
{
    for (size_t i = 0; i < sizeof(csr_lines) / sizeof(csr_lines[0]); i++) {
        const struct csr_line *line = &csr_lines[i];

        if (number >= line->number && number < line->number + line->count)
            return line;
    }
    return NULL;
}

int isa_csr_name(unsigned number, char *text, size_t size)
{
    const struct csr_line *line = find(number);

    if (!line)
        return snprintf(text, size, "0x%x", number);
    if (line->first < 0)
        return snprintf(text, size, "%s", line->name);
    return snprintf(text, size, "%s%u", line->name, (unsigned)line->first + number - line->number);
}

const char *isa_csr_meaning(unsigned number)
{
    const struct csr_line *line = find(number);

    return line ? line->meaning : NULL;
}
