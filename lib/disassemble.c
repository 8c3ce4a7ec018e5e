/* disassemble.c: Capstone, loaded when it is needed; see disassemble.h. */
#include "lib/disassemble.h"

#include <capstone/capstone.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/err.h"

#define TEXT_OF(number)  TEXT_OF_(number)
#define TEXT_OF_(number) #number
#define LIBRARY          "libcapstone.so." TEXT_OF(CS_API_MAJOR)

/* What is used of it, with the types that its header has. */
struct disassembler {
    csh handle;
    void *library;
    __typeof__(&cs_open) open;
    __typeof__(&cs_option) option;
    __typeof__(&cs_disasm) disasm;
    __typeof__(&cs_free) free;
    __typeof__(&cs_close) close;
};

/* C has no conversion from an object's address to a function's; POSIX says that they look alike. */
static bool find(void *library, const char *name, void *function)
{
    void *symbol = dlsym(library, name);

    memcpy(function, &symbol, sizeof symbol);
    return symbol != NULL;
}

static bool load(struct disassembler *disassembler)
{
    void *library = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL);

    disassembler->library = library;
    return library != NULL && find(library, "cs_open", &disassembler->open) &&
           find(library, "cs_option", &disassembler->option) &&
           find(library, "cs_disasm", &disassembler->disasm) &&
           find(library, "cs_free", &disassembler->free) &&
           find(library, "cs_close", &disassembler->close);
}

struct disassembler *disassembler_new(bool long_mode, enum disassemble_syntax syntax)
{
    struct disassembler *disassembler = calloc(1, sizeof *disassembler);

    if (disassembler == NULL)
        err_die_oom();
    if (!load(disassembler) || disassembler->open(CS_ARCH_X86, long_mode ? CS_MODE_64 : CS_MODE_32,
                                                  &disassembler->handle) != CS_ERR_OK) {
        if (disassembler->library != NULL)
            dlclose(disassembler->library);
        free(disassembler);
        return NULL;
    }
    disassembler->option(disassembler->handle, CS_OPT_SYNTAX,
                         syntax == SYNTAX_ATT ? CS_OPT_SYNTAX_ATT : CS_OPT_SYNTAX_INTEL);
    return disassembler;
}

void disassembler_free(struct disassembler *disassembler)
{
    if (disassembler == NULL)
        return;
    disassembler->close(&disassembler->handle);
    dlclose(disassembler->library);
    free(disassembler);
}

size_t disassemble(struct disassembler *disassembler, const uint8_t *bytes, size_t size,
                   uint64_t gva, char *text, size_t text_size)
{
    cs_insn *insn = NULL;
    size_t length;

    snprintf(text, text_size, "no instruction");
    if (disassembler->disasm(disassembler->handle, bytes, size, gva, 1, &insn) != 1)
        return 0;
    snprintf(text, text_size, "%s%s%s", insn->mnemonic, insn->op_str[0] != '\0' ? " " : "",
             insn->op_str);
    length = insn->size;
    disassembler->free(insn, 1);
    return length;
}
