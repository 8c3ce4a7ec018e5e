/* disassemble.c: Capstone, loaded when it is needed; see disassemble.h. */
#include "kvm/disassemble.h"

#include <capstone/capstone.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#define TEXT_OF(number)  TEXT_OF_(number)
#define TEXT_OF_(number) #number
#define LIBRARY          "libcapstone.so." TEXT_OF(CS_API_MAJOR)

/* What is used of it, with the types that its header has. */
struct capstone {
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

static bool load(struct capstone *capstone)
{
    capstone->library = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL);
    if (capstone->library == NULL)
        return false;
    if (find(capstone->library, "cs_open", &capstone->open) &&
        find(capstone->library, "cs_option", &capstone->option) &&
        find(capstone->library, "cs_disasm", &capstone->disasm) &&
        find(capstone->library, "cs_free", &capstone->free) &&
        find(capstone->library, "cs_close", &capstone->close))
        return true;
    dlclose(capstone->library);
    return false;
}

bool disassemble(char *text, size_t text_size, const uint8_t *bytes, size_t size, uint64_t gva,
                 bool long_mode)
{
    struct capstone capstone;
    cs_insn *instruction = NULL;
    csh handle;

    if (!load(&capstone))
        return false;
    snprintf(text, text_size, "no instruction");
    if (capstone.open(CS_ARCH_X86, long_mode ? CS_MODE_64 : CS_MODE_32, &handle) == CS_ERR_OK) {
        capstone.option(handle, CS_OPT_SYNTAX, CS_OPT_SYNTAX_ATT);
        if (capstone.disasm(handle, bytes, size, gva, 1, &instruction) == 1) {
            snprintf(text, text_size, "%s %s", instruction->mnemonic, instruction->op_str);
            capstone.free(instruction, 1);
        }
        capstone.close(&handle);
    }
    dlclose(capstone.library);
    return true;
}
